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
 * How the API server is told of the gate: one mutating and one validating webhook configuration of the same name. Who
 * installed them owns them; the bundle of authorities is filled in.
 */
public final class WebhookConfigurations implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(WebhookConfigurations.class);

    /** Both kinds, by the API server's name for them. */
    static final Map<String, Class<? extends HasMetadata>> KINDS = Map.of(
            "MutatingWebhookConfiguration", MutatingWebhookConfiguration.class,
            "ValidatingWebhookConfiguration", ValidatingWebhookConfiguration.class);

    private final KubernetesClient client;
    private final String name;
    private final WebhookWriter writer;
    private final SharedIndexInformer<MutatingWebhookConfiguration> mutating;
    private final SharedIndexInformer<ValidatingWebhookConfiguration> validating;

    /** Watches nothing yet. */
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

    /** Follows the configurations from now on. */
    public void start() {
        mutating.start();
        validating.start();
    }

    String name() {
        return name;
    }

    /** Whether it is known what is there. */
    boolean isKnown() {
        return mutating.hasSynced() && validating.hasSynced();
    }

    /** The configurations that are there, as far as is known, the mutating one first. */
    List<HasMetadata> present() {
        return Stream.of(mutating, validating)
                .map(informer -> informer.getStore().getByKey(name))
                .flatMap(found -> Stream.ofNullable((HasMetadata) found))
                .toList();
    }

    Optional<HasMetadata> present(String kind) {
        return present().stream().filter(found -> found.getKind().equals(kind)).findFirst();
    }

    /** What replaces and creates the configurations. */
    public WebhookWriter writer() {
        return writer;
    }

    ObjectNode tree(HasMetadata configuration) {
        return writer.tree(configuration);
    }

    /** Whether something is there and every webhook in it trusts exactly that bundle. */
    public boolean carries(String bundle) {
        String encoded = encoded(bundle);
        List<HasMetadata> present = present();
        return !present.isEmpty() && present.stream().map(this::tree).allMatch(tree -> isFilled(tree, encoded));
    }

    /** Whether something is there and every webhook in it would trust a server that proves its name so. */
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

    /** Whether a webhook there trusts somebody. */
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
     * Fills the bundle in where it is another, into one configuration a call: first into the mutating one, since who
     * validates while nobody can harden refuses what lacks hardening. The leader's to call.
     */
    public void fill(String bundle) {
        String encoded = encoded(bundle);
        for (HasMetadata configuration : present()) {
            ObjectNode edited = tree(configuration);
            if (!isFilled(edited, encoded)) {
                fill(edited, encoded);
                if (writer.update(configuration, edited)) {
                    LOG.infof("filled the bundle of authorities into %s %s", configuration.getKind(), name);
                    return;
                }
            }
        }
    }

    /**
     * Deletes a configuration a call, the validating one first, for the same reason.
     *
     * @return whether one was there
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
