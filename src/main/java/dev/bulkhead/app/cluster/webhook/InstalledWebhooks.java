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
 * The registration as it was installed: who installed it wrote it down in a ConfigMap of its name, in the gate's own
 * namespace. While there is none, all that is expected is that there is a registration.
 */
public final class InstalledWebhooks implements AutoCloseable {
    private static final String KEY = "webhooks.yaml";

    /** On a configuration that is installed without its rules, which are filled in once the gate answers. */
    private static final String IN_FORCE = "bulkhead.dev/in-force";

    private final KubernetesClient client;
    private final String namespace;
    private final WebhookConfigurations registration;
    private final SharedIndexInformer<ConfigMap> writtenDown;
    private final Map<String, Compared> compared = new TreeMap<>();

    private record Compared(String expectedVersion, String version, List<String> differences) {}

    /** Watches nothing yet. */
    public InstalledWebhooks(KubernetesClient client, String namespace, WebhookConfigurations registration) {
        this.client = client;
        this.namespace = namespace;
        this.registration = registration;
        this.writtenDown = client.configMaps()
                .inNamespace(namespace)
                .withName(registration.name())
                .runnableInformer(0)
                .exceptionHandler((started, failure) -> true);
    }

    void start() {
        writtenDown.start();
    }

    private Optional<ConfigMap> writtenDown() {
        return Optional.ofNullable(writtenDown.getStore().getByKey(namespace + "/" + registration.name()));
    }

    /** The ConfigMap, as the owner of what is to go with it; empty while there is none, or none that stays. */
    public Optional<OwnerReference> owner() {
        return writtenDown()
                .filter(written -> written.getMetadata().getDeletionTimestamp() == null)
                .map(written -> new OwnerReferenceBuilder()
                        .withApiVersion("v1")
                        .withKind("ConfigMap")
                        .withName(written.getMetadata().getName())
                        .withUid(written.getMetadata().getUid())
                        .build());
    }

    private Map<String, ObjectNode> read(ConfigMap written) {
        String text = Optional.ofNullable(written.getData())
                .map(data -> data.get(KEY))
                .orElseThrow(() -> new IllegalArgumentException("it has no " + KEY));
        Map<String, ObjectNode> configurations = new TreeMap<>();
        for (HasMetadata item : items(text)) {
            if (!WebhookConfigurations.KINDS.containsKey(item.getKind())
                    || !registration.name().equals(item.getMetadata().getName())) {
                throw new IllegalArgumentException("it has a " + item.getKind() + " "
                        + item.getMetadata().getName() + ", expected are webhook configurations named "
                        + registration.name());
            }
            configurations.put(item.getKind(), registration.tree(item));
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
     * How what is there differs, each in a sentence's part; empty while that is not known. Waits for the API server.
     *
     * @param enforces whether a policy in force enforces
     * @throws KubernetesClientException when it does not answer
     */
    List<String> differences(boolean enforces) {
        if (!registration.isKnown() || !writtenDown.hasSynced()) {
            return List.of();
        }
        List<String> differences = new ArrayList<>();
        for (String kind : new TreeSet<>(WebhookConfigurations.KINDS.keySet())) {
            if (registration.present(kind).isEmpty()) {
                differences.add("the " + kind + " " + registration.name() + " is missing");
            }
        }
        Optional<ConfigMap> written = writtenDown();
        if (written.isPresent()) {
            String version = written.get().getMetadata().getResourceVersion();
            try {
                read(written.get())
                        .forEach((kind, expected) -> registration
                                .present(kind)
                                .filter(actual -> !isPending(actual))
                                .ifPresent(actual -> differences.addAll(differences(kind, version, expected, actual))));
            } catch (IllegalArgumentException e) {
                differences.add("ConfigMap " + registration.name() + " cannot be read: " + e.getMessage());
            }
        }
        if (enforces) {
            leftToTheGate(WebhookDiff.IGNORE)
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

    /** The API server itself fills in its defaults, in an update that it does not carry out. */
    private List<String> compare(String kind, ObjectNode expected, HasMetadata actual) {
        JsonNode there = registration.tree(actual);
        ObjectNode restored = WebhookDiff.restored(expected, registration.tree(actual));
        JsonNode wanted =
                registration.tree(client.resource(registration.writer().configuration(kind, restored))
                        .dryRun()
                        .update());
        return WebhookDiff.differences(wanted, there);
    }

    /**
     * Puts back what was installed; nothing when that is not written down (any more). Waits for the API server.
     *
     * @param bundle whom the webhooks are to trust, unless the installer said so
     * @param mayCreate whether what was deleted is put back as well
     * @return what was done
     * @throws KubernetesClientException when it does not answer or refuses
     */
    List<String> restore(Optional<String> bundle, boolean mayCreate) {
        List<String> done = new ArrayList<>();
        readAnew().forEach((kind, expected) -> {
            Optional<HasMetadata> actual = registration.present(kind);
            if (actual.isEmpty()) {
                if (mayCreate && install(kind, expected, bundle)) {
                    done.add("installed " + kind + " " + registration.name() + " again");
                }
            } else if (!isPending(actual.get())
                    && !compare(kind, expected, actual.get()).isEmpty()) {
                if (registration
                        .writer()
                        .update(actual.get(), WebhookDiff.restored(expected, registration.tree(actual.get())))) {
                    done.add("put " + kind + " " + registration.name() + " back");
                }
            }
        });
        return List.copyOf(done);
    }

    /** What is being uninstalled must not come back, so that the API server is asked. */
    Map<String, ObjectNode> readAnew() {
        ConfigMap written = client.configMaps()
                .inNamespace(namespace)
                .withName(registration.name())
                .get();
        return written == null || written.getMetadata().getDeletionTimestamp() != null ? Map.of() : read(written);
    }

    boolean isPending(HasMetadata configuration) {
        Map<String, String> annotations = configuration.getMetadata().getAnnotations();
        return annotations != null
                && annotations.containsKey(IN_FORCE)
                && WebhookDiff.hasAnyWithoutRules(registration.tree(configuration));
    }

    /** Whether something there was installed without its rules and has none yet. */
    boolean isPending() {
        return registration.present().stream().anyMatch(this::isPending);
    }

    /**
     * The webhooks whose failure policy was left to the gate and that have this one.
     *
     * @param failurePolicy {@code Fail} or {@code Ignore}
     */
    List<String> leftToTheGate(String failurePolicy) {
        List<String> found = new ArrayList<>();
        try {
            writtenDown()
                    .map(this::read)
                    .orElse(Map.of())
                    .forEach((kind, expected) -> registration
                            .present(kind)
                            .filter(actual -> !isPending(actual))
                            .ifPresent(actual -> found.addAll(
                                    WebhookDiff.leftToTheGate(expected, registration.tree(actual), failurePolicy))));
        } catch (IllegalArgumentException e) {
            // That is reported as a difference.
            return List.of();
        }
        return found;
    }

    /** Goes with the role of its name: whoever uninstalls takes that away, too. */
    private boolean install(String kind, ObjectNode expected, Optional<String> bundle) {
        bundle.filter(trusted -> !WebhookConfigurations.isFilled(expected))
                .ifPresent(trusted -> WebhookConfigurations.fill(expected, WebhookConfigurations.encoded(trusted)));
        HasMetadata configuration =
                registration.writer().configuration(kind, WebhookDiff.restored(expected, expected.deepCopy()));
        HasMetadata role =
                client.rbac().clusterRoles().withName(registration.name()).get();
        if (role == null || role.getMetadata().getDeletionTimestamp() != null) {
            return false;
        }
        configuration
                .getMetadata()
                .setOwnerReferences(List.of(new OwnerReferenceBuilder()
                        .withApiVersion(role.getApiVersion())
                        .withKind(role.getKind())
                        .withName(registration.name())
                        .withUid(role.getMetadata().getUid())
                        .build()));
        return registration.writer().create(configuration);
    }

    @Override
    public void close() {
        writtenDown.stop();
    }
}
