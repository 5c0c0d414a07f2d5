package dev.bulkhead.app.cluster.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.app.certificate.KeyPairAndChain;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * The webhook configurations: a mutating and a validating one of the same name. The installer owns them; only the CA
 * bundle is filled in.
 */
public final class WebhookConfigurations implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(WebhookConfigurations.class);

    /** Both kinds, by name. */
    static final Map<String, Class<? extends HasMetadata>> KINDS = Map.of(
            "MutatingWebhookConfiguration", MutatingWebhookConfiguration.class,
            "ValidatingWebhookConfiguration", ValidatingWebhookConfiguration.class);

    private final KubernetesClient client;
    private final String name;
    private final WebhookWriter writer;
    private final SharedIndexInformer<MutatingWebhookConfiguration> mutating;
    private final SharedIndexInformer<ValidatingWebhookConfiguration> validating;

    /** Watches nothing before it is started. */
    public WebhookConfigurations(KubernetesClient client, String name, WebhookWriter writer) {
        this.client = client;
        this.name = name;
        this.writer = writer;
        this.mutating = client.admissionRegistration()
                .v1()
                .mutatingWebhookConfigurations()
                .withName(name)
                .runnableInformer(0)
                .exceptionHandler((started, failure) -> true);
        this.validating = client.admissionRegistration()
                .v1()
                .validatingWebhookConfigurations()
                .withName(name)
                .runnableInformer(0)
                .exceptionHandler((started, failure) -> true);
    }

    /** Starts watching the configurations. */
    public void start() {
        mutating.start();
        validating.start();
    }

    String name() {
        return name;
    }

    /** Whether the actual configurations are known. */
    boolean isKnown() {
        return mutating.hasSynced() && validating.hasSynced();
    }

    /** The actual configurations, as far as is known, the mutating one first. */
    List<HasMetadata> present() {
        return Stream.of(mutating, validating)
                .map(informer -> informer.getStore().getByKey(name))
                .flatMap(found -> Stream.ofNullable((HasMetadata) found))
                .toList();
    }

    Optional<HasMetadata> present(String kind) {
        return present().stream().filter(found -> found.getKind().equals(kind)).findFirst();
    }

    /** The writer of the configurations. */
    public WebhookWriter writer() {
        return writer;
    }

    ObjectNode tree(HasMetadata configuration) {
        return writer.tree(configuration);
    }

    /** Whether there is a configuration, and every webhook has exactly this CA bundle. */
    public boolean carries(String bundle) {
        String encoded = encoded(bundle);
        List<HasMetadata> present = present();
        return !present.isEmpty() && present.stream().map(this::tree).allMatch(tree -> isFilled(tree, encoded));
    }

    /** Whether there is a configuration, and the CA bundle of every webhook trusts this certificate. */
    public boolean trusts(KeyPairAndChain served, Instant now) {
        List<HasMetadata> present = present();
        return !present.isEmpty()
                && present.stream()
                        .map(this::tree)
                        .flatMap(tree -> tree.findValues("clientConfig").stream())
                        .allMatch(client -> served.isTrustedBy(
                                decoded(client.path("caBundle").asText()), now));
    }

    private static String decoded(String bundle) {
        try {
            return new String(Base64.getDecoder().decode(bundle), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    /** Whether a webhook has a CA bundle. */
    public boolean carriesAny() {
        return present().stream().map(this::tree).anyMatch(WebhookConfigurations::isFilled);
    }

    static boolean isFilled(JsonNode configuration) {
        for (JsonNode webhook : configuration.path("webhooks")) {
            if (webhook.at("/clientConfig/caBundle").asText().isEmpty()) {
                return false;
            }
        }
        return true;
    }

    private static boolean isFilled(JsonNode configuration, String encoded) {
        for (JsonNode webhook : configuration.path("webhooks")) {
            if (!encoded.equals(webhook.at("/clientConfig/caBundle").asText())) {
                return false;
            }
        }
        return true;
    }

    /**
     * Fills in the CA bundle where it differs. Each call changes one configuration, the mutating one first: validation
     * without mutation would reject what lacks hardening. Only the leader calls this.
     */
    public void fill(String bundle) {
        String encoded = encoded(bundle);
        for (HasMetadata configuration : present()) {
            ObjectNode edited = tree(configuration);
            if (!isFilled(edited, encoded)) {
                fill(edited, encoded);
                if (writer.update(configuration, edited)) {
                    LOG.infof("filled the CA bundle into %s %s", configuration.getKind(), name);
                    return;
                }
            }
        }
    }

    /**
     * Deletes one configuration per call, the validating one first for the same reason.
     *
     * @return whether there was one
     */
    public boolean withdraw() {
        List<HasMetadata> present = present();
        if (present.isEmpty()) {
            return false;
        }
        HasMetadata last = present.get(present.size() - 1);
        client.resource(last).delete();
        LOG.infof("deleted %s %s", last.getKind(), name);
        return true;
    }

    public static void fill(JsonNode configuration, String encoded) {
        for (JsonNode webhook : configuration.path("webhooks")) {
            ((ObjectNode) webhook).withObjectProperty("clientConfig").put("caBundle", encoded);
        }
    }

    static String encoded(String bundle) {
        return Base64.getEncoder().encodeToString(bundle.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        mutating.stop();
        validating.stop();
    }
}
