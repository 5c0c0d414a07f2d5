package dev.bulkhead.app.cluster.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The webhook configurations as they were installed: the installer stores them in a ConfigMap of the same name in
 * Bulkhead's own namespace. Without that ConfigMap, the configurations are only expected to exist.
 */
public final class InstalledWebhooks implements AutoCloseable {
    private static final String KEY = "webhooks.yaml";

    /** Annotation of a configuration that is installed without its rules, which are filled in once Bulkhead answers. */
    private static final String IN_FORCE = "bulkhead.dev/in-force";

    private final KubernetesClient client;
    private final String namespace;
    private final WebhookConfigurations webhooks;
    private final boolean withCondition;
    private final SharedIndexInformer<ConfigMap> stored;
    private final Map<String, Compared> compared = new TreeMap<>();

    private record Compared(String expectedVersion, String version, List<String> differences) {}

    /**
     * Watches nothing before it is started.
     *
     * @param withCondition whether a condition that is made of the policies belongs to the mutating webhook
     */
    public InstalledWebhooks(
            KubernetesClient client, String namespace, WebhookConfigurations webhooks, boolean withCondition) {
        this.client = client;
        this.namespace = namespace;
        this.webhooks = webhooks;
        this.withCondition = withCondition;
        this.stored = client.configMaps()
                .inNamespace(namespace)
                .withName(webhooks.name())
                .runnableInformer(0)
                .exceptionHandler((started, failure) -> true);
    }

    void start() {
        stored.start();
    }

    private Optional<ConfigMap> stored() {
        return Optional.ofNullable(stored.getStore().getByKey(namespace + "/" + webhooks.name()));
    }

    /** The ConfigMap as an owner of other objects; empty if there is none, or it is being deleted. */
    public Optional<OwnerReference> owner() {
        return stored().filter(written -> written.getMetadata().getDeletionTimestamp() == null)
                .map(written -> new OwnerReferenceBuilder()
                        .withApiVersion("v1")
                        .withKind("ConfigMap")
                        .withName(written.getMetadata().getName())
                        .withUid(written.getMetadata().getUid())
                        .build());
    }

    /** The workloads that the webhook is installed for; empty while that is not known, or cannot be read. */
    public Optional<WorkloadScope> scope() {
        try {
            return stored().map(this::read)
                    .map(configurations -> configurations.get("ValidatingWebhookConfiguration"))
                    .flatMap(WorkloadScope::of);
        } catch (IllegalArgumentException e) {
            // This is reported as a difference.
            return Optional.empty();
        }
    }

    private Map<String, ObjectNode> read(ConfigMap written) {
        String text = Optional.ofNullable(written.getData())
                .map(data -> data.get(KEY))
                .orElseThrow(() -> new IllegalArgumentException("it has no " + KEY));
        Map<String, ObjectNode> configurations = new TreeMap<>();
        for (HasMetadata item : items(text)) {
            if (!WebhookConfigurations.KINDS.containsKey(item.getKind())
                    || !webhooks.name().equals(item.getMetadata().getName())) {
                throw new IllegalArgumentException("it has a " + item.getKind() + " "
                        + item.getMetadata().getName() + ", expected are webhook configurations named "
                        + webhooks.name());
            }
            configurations.put(item.getKind(), webhooks.tree(item));
        }
        return configurations;
    }

    private List<HasMetadata> items(String text) {
        try {
            return client.load(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)))
                    .items();
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(KEY + " is no list of webhook configurations", e);
        }
    }

    /**
     * The differences between the actual and the installed configurations, each a phrase; empty while these are not
     * known. Waits for the API server.
     *
     * @param enforces whether a policy in force enforces
     * @throws KubernetesClientException when the API server does not answer
     */
    List<String> differences(boolean enforces) {
        if (!webhooks.isKnown() || !stored.hasSynced()) {
            return List.of();
        }
        List<String> differences = new ArrayList<>();
        for (String kind : new TreeSet<>(WebhookConfigurations.KINDS.keySet())) {
            if (webhooks.present(kind).isEmpty()) {
                differences.add("the " + kind + " " + webhooks.name() + " is missing");
            }
        }
        Optional<ConfigMap> written = stored();
        if (written.isPresent()) {
            String version = written.get().getMetadata().getResourceVersion();
            try {
                read(written.get())
                        .forEach((kind, expected) -> webhooks.present(kind)
                                .filter(actual -> !isPending(actual))
                                .ifPresent(actual -> differences.addAll(differences(kind, version, expected, actual))));
            } catch (IllegalArgumentException e) {
                differences.add("ConfigMap " + webhooks.name() + " cannot be read: " + e.getMessage());
            }
        }
        if (enforces) {
            leftToBulkhead(WebhookDiff.IGNORE)
                    .forEach(webhook -> differences.add(
                            "webhook " + webhook + ": failurePolicy is Ignore although a policy enforces"));
        }
        return List.copyOf(differences);
    }

    private List<String> differences(String kind, String expectedVersion, ObjectNode expected, HasMetadata actual) {
        String version = actual.getMetadata().getResourceVersion();
        Compared before = compared.get(kind);
        if (before == null
                || !before.version().equals(version)
                || !before.expectedVersion().equals(expectedVersion)) {
            before = new Compared(expectedVersion, version, compare(kind, expected, actual));
            compared.put(kind, before);
        }
        return before.differences();
    }

    private ObjectNode restored(ObjectNode expected, ObjectNode there) {
        return WebhookDiff.restored(expected, there, withCondition);
    }

    /** A dry-run update has the API server fill in its defaults. */
    private List<String> compare(String kind, ObjectNode expected, HasMetadata actual) {
        JsonNode there = webhooks.tree(actual);
        ObjectNode restored = restored(expected, webhooks.tree(actual));
        JsonNode wanted = webhooks.tree(client.resource(webhooks.writer().configuration(kind, restored))
                .dryRun()
                .update());
        return WebhookDiff.differences(wanted, there);
    }

    /**
     * Restores what was installed, if the ConfigMap still exists. Waits for the API server.
     *
     * @param bundle the CA bundle of the webhooks, unless the installer set one
     * @param mayCreate whether deleted configurations are restored too
     * @return what was done
     * @throws KubernetesClientException when the API server does not answer or refuses
     */
    List<String> restore(Optional<String> bundle, boolean mayCreate) {
        List<String> done = new ArrayList<>();
        readCurrent().forEach((kind, expected) -> {
            Optional<HasMetadata> actual = webhooks.present(kind);
            if (actual.isEmpty()) {
                if (mayCreate && install(kind, expected, bundle)) {
                    done.add("installed " + kind + " " + webhooks.name() + " again");
                }
            } else if (!isPending(actual.get())
                    && !compare(kind, expected, actual.get()).isEmpty()) {
                if (webhooks.writer().update(actual.get(), restored(expected, webhooks.tree(actual.get())))) {
                    done.add("put " + kind + " " + webhooks.name() + " back");
                }
            }
        });
        return List.copyOf(done);
    }

    /** Asks the API server, because what is being uninstalled must not be restored. */
    Map<String, ObjectNode> readCurrent() {
        ConfigMap written = client.configMaps()
                .inNamespace(namespace)
                .withName(webhooks.name())
                .get();
        return written == null || written.getMetadata().getDeletionTimestamp() != null ? Map.of() : read(written);
    }

    boolean isPending(HasMetadata configuration) {
        Map<String, String> annotations = configuration.getMetadata().getAnnotations();
        return annotations != null
                && annotations.containsKey(IN_FORCE)
                && WebhookDiff.hasAnyWithoutRules(webhooks.tree(configuration));
    }

    /** Whether a configuration was installed without its rules and still has none. */
    boolean isPending() {
        return webhooks.present().stream().anyMatch(this::isPending);
    }

    /**
     * The webhooks whose failure policy was left to Bulkhead and is this one.
     *
     * @param failurePolicy {@code Fail} or {@code Ignore}
     */
    List<String> leftToBulkhead(String failurePolicy) {
        List<String> found = new ArrayList<>();
        try {
            stored().map(this::read)
                    .orElse(Map.of())
                    .forEach((kind, expected) -> webhooks.present(kind)
                            .filter(actual -> !isPending(actual))
                            .ifPresent(actual -> found.addAll(
                                    WebhookDiff.leftToBulkhead(expected, webhooks.tree(actual), failurePolicy))));
        } catch (IllegalArgumentException e) {
            // This is reported as a difference.
            return List.of();
        }
        return found;
    }

    /** Created with the ClusterRole of the same name as owner, which an uninstallation deletes too. */
    private boolean install(String kind, ObjectNode expected, Optional<String> bundle) {
        bundle.filter(trusted -> !WebhookConfigurations.isFilled(expected))
                .ifPresent(trusted -> WebhookConfigurations.fill(expected, WebhookConfigurations.encoded(trusted)));
        HasMetadata configuration = webhooks.writer().configuration(kind, restored(expected, expected.deepCopy()));
        HasMetadata role =
                client.rbac().clusterRoles().withName(webhooks.name()).get();
        if (role == null || role.getMetadata().getDeletionTimestamp() != null) {
            return false;
        }
        configuration
                .getMetadata()
                .setOwnerReferences(List.of(new OwnerReferenceBuilder()
                        .withApiVersion(role.getApiVersion())
                        .withKind(role.getKind())
                        .withName(webhooks.name())
                        .withUid(role.getMetadata().getUid())
                        .build()));
        return webhooks.writer().create(configuration);
    }

    @Override
    public void close() {
        stored.stop();
    }
}
