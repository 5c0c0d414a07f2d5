package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.Helm;
import dev.bulkhead.e2e.Installed.Site;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** From the chart's previous version to this one and back, under a stream of pods. */
@Tag("load")
class UpgradeIT {
    private static final Path PREVIOUS = Path.of("src", "test", "resources", "charts", "bulkhead-0.1.0.tgz");
    private static final String POLICY = """
            apiVersion: bulkhead.dev/v1alpha1
            kind: LeastPrivilegePolicy
            metadata: {name: everything}
            spec: {profile: least-privilege, mode: enforce}
            """;

    private static void upgrade(Site site, Path chart) {
        new Helm(chart)
                .upgrade()
                .withName("bulkhead")
                .withNamespace(Replica.NAMESPACE)
                .withKubeVersion(site.plane().version())
                .withKubeConfig(site.plane().kubeconfig())
                .resetThenReuseValues()
                .call();
    }

    /** As the Deployment does it: one more, which is to be ready before the first goes. */
    private static void rollOut(Site site, List<Replica> leaving) throws Exception {
        for (Replica old : List.copyOf(site.replicas())) {
            Replica fresh = site.another();
            site.replicas().add(fresh);
            ControlPlane.await("the new replica", fresh::isReady);
            site.replicas().remove(old);
            site.balance();
            old.terminate();
            leaving.add(old);
        }
    }

    private static String registered(Site site) {
        StringBuilder all = new StringBuilder();
        for (String kind : List.of("mutatingwebhookconfiguration", "validatingwebhookconfiguration")) {
            JsonNode found = site.plane().get(kind, "bulkhead");
            all.append(found.at("/metadata/uid").asText()).append(' ');
        }
        return all.toString();
    }

    @Test
    void theGateIsNeverOpenAndNoRequestFails() throws Exception {
        List<Replica> leaving = new ArrayList<>();
        try (Site site = new Site(Installed.programs(), PREVIOUS, Map.of("drainSeconds", 10))) {
            site.plane().apply(POLICY);
            String before = registered(site);
            assertThat(chart(site)).isEqualTo("bulkhead-0.1.0");
            try (Load load = new Load(site.plane(), 2)) {
                load.awaitMore(100);
                upgrade(site, Installed.CHART);
                load.awaitMore(100);
                rollOut(site, leaving);
                load.awaitMore(100);
                assertThat(chart(site)).isNotEqualTo("bulkhead-0.1.0");
                site.awaitReady();

                upgrade(site, PREVIOUS);
                rollOut(site, leaving);
                load.awaitMore(100);
                assertThat(chart(site)).isEqualTo("bulkhead-0.1.0");

                assertThat(load.tally().isClean()).as("" + load.failures()).isTrue();
            }
            // Changed where they are, never replaced by others.
            assertThat(registered(site)).isEqualTo(before);
            assertThat(site.plane()
                            .get("leastprivilegepolicy", "everything")
                            .at("/spec/mode")
                            .asText())
                    .isEqualTo("enforce");
        } finally {
            leaving.forEach(Replica::close);
        }
    }

    private static String chart(Site site) {
        return site.plane()
                .get("validatingwebhookconfiguration", "bulkhead")
                .at("/metadata/labels/helm.sh~1chart")
                .asText();
    }
}
