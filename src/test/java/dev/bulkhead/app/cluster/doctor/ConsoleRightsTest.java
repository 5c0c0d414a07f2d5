package dev.bulkhead.app.cluster.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What doctor asks for is what the chart grants to the console's process. */
class ConsoleRightsTest {
    /** Granted as well, but it lists and watches these. */
    private static final Set<String> SPARE = Set.of(
            "get namespaces",
            "get leastprivilegepolicies.bulkhead.dev",
            "get exemptions.bulkhead.dev",
            "get runtimeclasses.node.k8s.io");

    private static Set<String> asked(List<JsonNode> chart) {
        ConsolePlace console = ConsolePlace.of(ChartRights.deployment(chart).orElseThrow());
        Place gate = Place.of(ChartRights.HOME, Optional.empty(), Optional.empty());
        return ChartRights.asked(ConsoleRights.reviews(gate, console));
    }

    private static Set<String> assertAskedAsGranted(String... settings) {
        List<JsonNode> chart = ChartRights.chart("bulkhead-console", settings);
        Set<String> granted = ChartRights.granted(chart);
        granted.removeAll(SPARE);

        assertThat(asked(chart)).isEqualTo(granted).hasSizeGreaterThan(30);
        return granted;
    }

    @Test
    void asksForWhatTheChartGrantsByDefault() {
        assertAskedAsGranted();
    }

    @Test
    void asksForNothingOfWhatIsSwitchedOff() {
        assertAskedAsGranted(
                "console.enabled=false",
                "reports.enabled=false",
                "scan.startFailures=false",
                "persistentVolumes.watch=false");
    }

    @Test
    void asksForWhatIsSwitchedOn() {
        assertThat(assertAskedAsGranted(
                        "reports.api=openreports",
                        "scan.nodeStats.enabled=true",
                        "scan.registries.enabled=true",
                        "scan.registries.pullSecrets=true",
                        "scan.serviceAccount.name=reader"))
                .contains(
                        "create serviceaccounts/token bulkhead-node-stats in bulkhead-system",
                        "get secrets",
                        "delete reports.openreports.io")
                .doesNotContain("delete policyreports.wgpolicyk8s.io");
        assertAskedAsGranted("scan.registries.pullSecrets=true");
        assertAskedAsGranted("reports.api=wgpolicyk8s");
    }
}
