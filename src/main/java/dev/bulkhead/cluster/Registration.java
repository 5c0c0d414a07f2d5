package dev.bulkhead.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.WebhookClientConfig;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * How the API server is told of the gate: one mutating and one validating webhook configuration of the same name. Who
 * installed them owns them; only the bundle of authorities is filled in.
 */
public final class Registration implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Registration.class);

    private final KubernetesClient client;
    private final String name;
    private final SharedIndexInformer<MutatingWebhookConfiguration> mutating;
    private final SharedIndexInformer<ValidatingWebhookConfiguration> validating;

    /** Watches nothing yet. */
    public Registration(KubernetesClient client, String name) {
        this.client = client;
        this.name = name;
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

    private Optional<MutatingWebhookConfiguration> mutatingNow() {
        return Optional.ofNullable(mutating.getStore().getByKey(name));
    }

    private Optional<ValidatingWebhookConfiguration> validatingNow() {
        return Optional.ofNullable(validating.getStore().getByKey(name));
    }

    /** Whether both configurations are there and every webhook in them trusts exactly that bundle. */
    public boolean carries(String bundle) {
        String encoded = encoded(bundle);
        return mutatingNow().isPresent()
                && validatingNow().isPresent()
                && clientConfigs().allMatch(config -> encoded.equals(config.getCaBundle()));
    }

    /** Whether the API server is told of the gate at all, as far as is known. */
    boolean isMissing() {
        return (mutating.hasSynced() && mutatingNow().isEmpty())
                || (validating.hasSynced() && validatingNow().isEmpty());
    }

    private Stream<WebhookClientConfig> clientConfigs() {
        return Stream.concat(
                mutatingNow().stream()
                        .flatMap(configuration -> configuration.getWebhooks().stream())
                        .map(webhook -> webhook.getClientConfig()),
                validatingNow().stream()
                        .flatMap(configuration -> configuration.getWebhooks().stream())
                        .map(webhook -> webhook.getClientConfig()));
    }

    /** Fills the bundle in where it is another. The leader's to call. */
    void fill(String bundle) {
        String encoded = encoded(bundle);
        mutatingNow().ifPresent(configuration -> {
            MutatingWebhookConfiguration edited =
                    client.getKubernetesSerialization().clone(configuration);
            if (fill(
                    edited.getWebhooks().stream()
                            .map(webhook -> webhook.getClientConfig())
                            .toList(),
                    encoded)) {
                update(edited);
            }
        });
        validatingNow().ifPresent(configuration -> {
            ValidatingWebhookConfiguration edited =
                    client.getKubernetesSerialization().clone(configuration);
            if (fill(
                    edited.getWebhooks().stream()
                            .map(webhook -> webhook.getClientConfig())
                            .toList(),
                    encoded)) {
                update(edited);
            }
        });
    }

    private static boolean fill(List<WebhookClientConfig> configs, String encoded) {
        boolean changed = false;
        for (WebhookClientConfig config : configs) {
            if (!Objects.equals(config.getCaBundle(), encoded)) {
                config.setCaBundle(encoded);
                changed = true;
            }
        }
        return changed;
    }

    private void update(HasMetadata edited) {
        client.resource(edited)
                .lockResourceVersion(edited.getMetadata().getResourceVersion())
                .update();
        LOG.infof("filled the bundle of authorities into %s %s", edited.getKind(), name);
    }

    private static String encoded(String bundle) {
        return Base64.getEncoder().encodeToString(bundle.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        mutating.stop();
        validating.stop();
    }
}
