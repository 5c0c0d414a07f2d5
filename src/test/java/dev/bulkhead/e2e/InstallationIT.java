package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.e2e.Installed.Site;
import dev.bulkhead.e2e.Load.Tally;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The first and the last minute of an installation, under a stream of pods. */
class InstallationIT {
    private static String validating(ControlPlane plane, String path) {
        return plane.get("validatingwebhookconfiguration", "bulkhead").at(path).asText();
    }

    @Test
    void nothingIsKeptOutUntilTheGateAnswersNorWhenItsNamespaceIsDeleted() throws Exception {
        AtomicReference<Load> stream = new AtomicReference<>();
        try (Site site = new Site(Installed.programs(), Installed.CHART, Map.of(), plane -> {
            stream.set(new Load(plane, 2));
            ControlPlane.await("pods", () -> stream.get().tally().wronglyAdmitted() > 10);
        })) {
            ControlPlane plane = site.plane();
            Load load = stream.get();
            ControlPlane.await(
                    "that it is in force",
                    () -> validating(plane, "/webhooks/0/failurePolicy").equals("Fail"));
            assertThat(validating(plane, "/metadata/annotations")).doesNotContain("bulkhead.dev/in-force");
            site.awaitReady();
            assertThat(plane.kubectl("-n", Replica.NAMESPACE, "get", "events").out())
                    .contains("RegistrationInForce")
                    .doesNotContain("RegistrationChanged");

            Tally before = load.tally();
            assertThat(before.failed()).as("" + load.failures()).isZero();
            assertThat(before.wronglyDenied()).as("" + load.failures()).isZero();
            load.awaitMore(100);
            assertThat(load.tally().since(before).isClean())
                    .as("" + load.failures())
                    .isTrue();

            plane.kubectl("delete", "namespace", Replica.NAMESPACE, "--wait=false");
            ControlPlane.await(
                    "that no registration is left",
                    () -> plane.kubectl(
                                    "get",
                                    "validatingwebhookconfigurations,mutatingwebhookconfigurations",
                                    "-o",
                                    "name")
                            .out()
                            .isEmpty());
            long unjudged = load.tally().wronglyAdmitted();
            ControlPlane.await("that pods come in", () -> load.tally().wronglyAdmitted() > unjudged + 50);
            assertThat(load.tally().failed()).as("" + load.failures()).isZero();
            assertThat(load.tally().wronglyDenied()).as("" + load.failures()).isZero();
        } finally {
            stream.get().close();
        }
    }
}
