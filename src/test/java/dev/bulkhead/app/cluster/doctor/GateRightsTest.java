package dev.bulkhead.app.cluster.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What doctor asks for is what the chart grants. */
class GateRightsTest {
    /** Granted as well, but the webhook works without: it lists and watches, or gets and watches, these. */
    private static final Set<String> SPARE = Set.of(
            "get namespaces",
            "get leastprivilegepolicies.bulkhead.dev",
            "get exemptions.bulkhead.dev",
            "get runtimeclasses.node.k8s.io",
            "list mutatingwebhookconfigurations.admissionregistration.k8s.io bulkhead",
            "list validatingwebhookconfigurations.admissionregistration.k8s.io bulkhead",
            "patch leases.coordination.k8s.io bulkhead in bulkhead-system",
            "list configmaps bulkhead in bulkhead-system",
            "get configmaps bulkhead-images in bulkhead-system",
            "list secrets bulkhead-certificate in bulkhead-system");

    private static List<JsonNode> chart(String... settings) {
        return ChartRights.chart("bulkhead", settings);
    }

    private static Set<String> asked(List<JsonNode> chart) {
        return ChartRights.asked(
                GateRights.reviews(Place.of(ChartRights.HOME, ChartRights.deployment(chart), Optional.empty())));
    }

    private static void assertAskedAsGranted(String... settings) {
        List<JsonNode> chart = chart(settings);
        Set<String> granted = ChartRights.granted(chart);
        granted.removeAll(SPARE);

        assertThat(asked(chart)).isEqualTo(granted).hasSizeGreaterThan(20);
    }

    @Test
    void asksForWhatTheChartGrantsByDefault() {
        assertAskedAsGranted();
    }

    @Test
    void asksForNothingOfWhatIsSwitchedOff() {
        assertAskedAsGranted(
                "refusals.events=false",
                "scan.enabled=false",
                "console.enabled=false",
                "webhooks.repair=edits",
                "persistentVolumes.watch=false",
                "certificates.source=cert-manager");
    }

    @Test
    void asksForWhatIsSwitchedOn() {
        String[] settings = {
            "refusals.events=true",
            "scan.enabled=true",
            "webhooks.repair=all",
            "secondLayer.enabled=true",
            "secondLayer.policies=2",
            "webhooks.spareMutateCalls=true"
        };
        List<JsonNode> chart = chart(settings);
        assertAskedAsGranted(settings);

        assertThat(asked(chart))
                .contains(
                        "patch events",
                        "get cronjobs.batch",
                        "list mutatingwebhookconfigurations.admissionregistration.k8s.io",
                        "watch configmaps bulkhead-images in bulkhead-system",
                        "get clusterroles.rbac.authorization.k8s.io bulkhead",
                        "create validatingadmissionpolicies.admissionregistration.k8s.io"
                                + " bulkhead-second-layer-deny-2");
    }
}
