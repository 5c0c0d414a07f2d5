package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.InstallCommand;
import dev.bulkhead.e2e.Installed.Site;
import dev.bulkhead.e2e.Load.Tally;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
            // The Service may come to lead to a replica between the two calls for one pod, of which two are under way:
            // what was not hardened is then refused.
            assertThat(before.wronglyDenied()).as("" + load.failures()).isLessThanOrEqualTo(2);
            load.awaitMore(100);
            assertThat(load.tally().since(before).isClean())
                    .as("" + load.failures())
                    .isTrue();

            // What going back to the first revision does.
            plane.kubectl(
                    "patch",
                    "validatingwebhookconfiguration",
                    "bulkhead",
                    "--type=json",
                    "-p",
                    "[{\"op\":\"add\",\"path\":\"/metadata/annotations\",\"value\":{\"bulkhead.dev/in-force\":\"when-ready\"}},"
                            + "{\"op\":\"replace\",\"path\":\"/webhooks/0/failurePolicy\",\"value\":\"Ignore\"}]");
            ControlPlane.await(
                    "that it is in force again",
                    () -> validating(plane, "/webhooks/0/failurePolicy").equals("Fail"));
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
            assertThat(load.tally().wronglyDenied()).as("" + load.failures()).isEqualTo(before.wronglyDenied());
        } finally {
            stream.get().close();
        }
    }

    @Test
    void policiesComeWithTheChartFromTheFirstUpgradeOn(@TempDir Path directory) throws Exception {
        try (ControlPlane plane = ControlPlane.start(Installed.programs(), directory, "127.199.0.0/16")) {
            assertThatThrownBy(() -> install(plane)
                            .set("policies[0].name", "everything")
                            .set("policies[0].spec.mode", "audit")
                            .call())
                    .hasMessageContaining("install without them first, with mode: audit");

            install(plane).set("mode", "audit").call();
            assertThat(plane.get("-n", Replica.NAMESPACE, "deployment", "bulkhead")
                            .at("/spec/template/spec/containers/0/env")
                            .toString())
                    .contains("{\"name\":\"BULKHEAD_POLICY_MODE\",\"value\":\"audit\"}");

            new Helm(Installed.CHART)
                    .upgrade()
                    .withName("bulkhead")
                    .withNamespace(Replica.NAMESPACE)
                    .withKubeConfig(plane.kubeconfig())
                    .resetThenReuseValues()
                    .set("policies[0].name", "everything")
                    .set("policies[0].spec.mode", "warn")
                    .call();
            assertThat(plane.get("leastprivilegepolicy", "everything")
                            .at("/spec/mode")
                            .asText())
                    .isEqualTo("warn");
        }
    }

    private static InstallCommand install(ControlPlane plane) {
        return new Helm(Installed.CHART)
                .install()
                .withName("bulkhead")
                .withNamespace(Replica.NAMESPACE)
                .createNamespace()
                .withKubeConfig(plane.kubeconfig());
    }
}
