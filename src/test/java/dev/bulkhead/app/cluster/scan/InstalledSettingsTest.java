package dev.bulkhead.app.cluster.scan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.Yaml;
import dev.bulkhead.engine.policy.DefaultPolicy;
import dev.bulkhead.engine.policy.Mode;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.workload.CustomKind;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class InstalledSettingsTest {
    private static JsonNode deployment(String environment) {
        return Yaml.tree("{spec: {template: {spec: {containers: [{env: [" + environment + "]}]}}}}");
    }

    @Test
    void readsWhatTheChartSets() {
        InstalledSettings settings = InstalledSettings.of(deployment("""
                        {name: BULKHEAD_POLICY_PROFILE, value: baseline},
                        {name: BULKHEAD_POLICY_MODE, value: audit},
                        {name: BULKHEAD_POLICY_DEFAULT_POLICY, value: none},
                        {name: BULKHEAD_EXEMPTIONS_NAMESPACES, value: "platform,security"},
                        {name: BULKHEAD_CLUSTER_IMAGES, value: gate-images},
                        {name: BULKHEAD_WORKLOADS_KINDS, value: "argoproj.io/Rollout=/spec/template"},
                        {name: BULKHEAD_CLUSTER_WEBHOOK_CONFIGURATION, value: gate}"""), "gate-system");

        assertThat(settings.builtIn().profile().toString()).isEqualTo("baseline");
        assertThat(settings.builtIn().mode()).isEqualTo(Mode.AUDIT);
        assertThat(settings.defaultPolicy()).isEqualTo(DefaultPolicy.NONE);
        assertThat(settings.exemptionNamespaces()).containsExactlyInAnyOrder("platform", "security");
        assertThat(settings.images()).isEqualTo("gate-images");
        assertThat(settings.webhookConfiguration()).isEqualTo("gate");
        assertThat(settings.kinds(WorkloadKinds.builtIn()).contains("argoproj.io/v1", "Rollout"))
                .isTrue();
    }

    @Test
    void kindDeclaredOnTheCommandLineComesBeforeThatOfTheInstallation() {
        InstalledSettings settings = InstalledSettings.of(
                deployment("{name: BULKHEAD_WORKLOADS_KINDS, value: \"a.example/A=/spec/template,b.example/B=/spec\"}"),
                "bulkhead-system");
        WorkloadKinds declared = WorkloadKinds.builtIn().with(List.of("a.example/A=/spec/pod"));

        assertThat(settings.kinds(declared).customKinds())
                .extracting(CustomKind::toString)
                .containsExactly("a.example/A=/spec/pod", "b.example/B=/spec");
    }

    @Test
    void whatIsNotSetIsTheChartsDefault() {
        assertThat(InstalledSettings.of(deployment(""), "bulkhead-system"))
                .isEqualTo(InstalledSettings.defaults("bulkhead-system"))
                .satisfies(settings -> {
                    assertThat(settings.builtIn().profile()).isEqualTo(Profile.LEAST_PRIVILEGE);
                    assertThat(settings.excludedNamespaces()).isEqualTo(Set.of("kube-system", "bulkhead-system"));
                    assertThat(settings.images()).isEqualTo("bulkhead-images");
                });
    }

    @Test
    void knowsTheNamespacesThatTheInstalledWebhookConfigurationExcludes() {
        JsonNode configuration = Yaml.tree("""
                webhooks:
                - namespaceSelector:
                    matchExpressions:
                    - {key: kubernetes.io/metadata.name, operator: NotIn, values: [kube-system, gate-system, legacy]}
                    - {key: tier, operator: In, values: [web]}
                """);

        assertThat(InstalledSettings.defaults("gate-system")
                        .withWebhooks(configuration)
                        .excludedNamespaces())
                .isEqualTo(Set.of("kube-system", "gate-system", "legacy"));
    }
}
