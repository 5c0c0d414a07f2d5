package dev.bulkhead.app.cluster.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.Yaml;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OtherWebhooksTest {
    private static final String WEBHOOK = "rules: [{apiGroups: [''], operations: [CREATE], resources: [pods]}]";

    private static Optional<String> later(String name, String webhook) {
        return OtherWebhooks.later(
                List.of(configuration("bulkhead", WEBHOOK), configuration(name, webhook)),
                "bulkhead",
                Set.of("pod-identity-webhook"));
    }

    private static MutatingWebhookConfiguration configuration(String name, String webhook) {
        return new KubernetesSerialization()
                .convertValue(
                        Yaml.tree("{apiVersion: admissionregistration.k8s.io/v1, kind: MutatingWebhookConfiguration,"
                                + " metadata: {name: " + name + "}, webhooks: [{name: w, " + webhook + "}]}"),
                        MutatingWebhookConfiguration.class);
    }

    @Test
    void webhooksComeInTheOrderOfTheirConfigurationsNames() {
        assertThat(later("istio-sidecar-injector", WEBHOOK)).contains("istio-sidecar-injector/w");
        assertThat(later("aws-load-balancer", WEBHOOK)).isEmpty();
    }

    @Test
    void aWebhookThatMayBeCalledAgainMayComeLater() {
        assertThat(later("aws-load-balancer", "reinvocationPolicy: IfNeeded, " + WEBHOOK))
                .contains("aws-load-balancer/w");
    }

    @Test
    void aHarmlessOneDoesNotCount() {
        assertThat(later("pod-identity-webhook", WEBHOOK)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rules: [{apiGroups: ['*'], operations: ['*'], resources: ['*']}]",
                "rules: [{apiGroups: ['', apps], operations: [CREATE], resources: ['*/*']}]"
            })
    void wildcardsIncludePods(String webhook) {
        assertThat(later("zz", webhook)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rules: [{apiGroups: [apps], operations: ['*'], resources: ['*']}]",
                "rules: [{apiGroups: [''], operations: [UPDATE], resources: [pods]}]",
                "rules: [{apiGroups: [''], operations: [CREATE], resources: [pods/eviction]}]",
                "rules: []"
            })
    void whatIsNotForNewPodsDoesNotCount(String webhook) {
        assertThat(later("zz", webhook)).isEmpty();
    }
}
