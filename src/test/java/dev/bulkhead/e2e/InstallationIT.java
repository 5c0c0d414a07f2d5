package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.InstallCommand;
import dev.bulkhead.e2e.Installed.Site;
import dev.bulkhead.e2e.Load.Failure;
import dev.bulkhead.e2e.Load.Tally;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first and the last minute of an installation, under a stream of pods. */
@Tag("load")
class InstallationIT {
    private static String validating(ControlPlane plane, String path) {
        return plane.get("validatingwebhookconfiguration", "bulkhead").at(path).asText();
    }

    @Test
    void nothingIsRejectedBeforeTheGateIsReadyOrAfterItsNamespaceIsDeleted() throws Exception {
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
            site.awaitReady();
            assertThat(plane.kubectl("-n", Replica.NAMESPACE, "get", "events").out())
                    .contains("WebhooksInForce")
                    .doesNotContain("WebhooksChanged");
            Tally before = assertNothingWasKeptOut(load);

            // What going back to an earlier revision may do: it takes effect again by itself.
            plane.kubectl(
                    "patch",
                    "validatingwebhookconfiguration",
                    "bulkhead",
                    "--type=json",
                    "-p",
                    "[{\"op\":\"remove\",\"path\":\"/webhooks/0/rules\"}]");
            ControlPlane.await(
                    "that it is called again",
                    () -> !validating(plane, "/webhooks/0/rules/0/resources/0").isEmpty());
            assertThat(wrongly(load)).as("" + load.failures()).isEmpty();

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
            long unevaluated = load.tally().wronglyAdmitted();
            ControlPlane.await("that pods come in", () -> load.tally().wronglyAdmitted() > unevaluated + 50);
            assertThat(wrongly(load)).as("" + load.failures()).isEmpty();
            assertThat(load.tally().wronglyDenied()).as("" + load.failures()).isEqualTo(before.wronglyDenied());
        } finally {
            stream.get().close();
        }
    }

    private static Tally assertNothingWasKeptOut(Load load) {
        assertThat(wrongly(load)).as("" + load.failures()).isEmpty();
        Tally before = load.tally();
        // Two pods are under way at any time, of which the API server may know one half of the registration before
        // the other: what was not hardened is then refused.
        assertThat(before.wronglyDenied()).as("" + load.failures()).isLessThanOrEqualTo(2);
        load.awaitMore(100);
        assertThat(load.tally().since(before).wronglyAdmitted())
                .as("" + load.failures())
                .isZero();
        return before;
    }

    /** Calls that nobody answered. Those that a busy machine answered too late are another matter. */
    private static List<Failure> wrongly(Load load) {
        return load.failures().stream()
                .filter(failure -> failure.what().contains("failed calling webhook"))
                .filter(failure -> !failure.what().contains("deadline exceeded")
                        && !failure.what().contains("Client.Timeout"))
                .toList();
    }

    /** Applying it again, in either of kubectl's ways, opens nothing for a moment. */
    @Test
    void appliedByKubectlItIsAsSafeAndAppliedAgainItStaysInForce() throws Exception {
        AtomicReference<Load> stream = new AtomicReference<>();
        String manifest = "{apiVersion: v1, kind: Namespace, metadata: {name: bulkhead-system}}\n---\n"
                + new Helm(Installed.CHART)
                        .template()
                        .withName("bulkhead")
                        .withNamespace(Replica.NAMESPACE)
                        .withKubeVersion("v1.37.0")
                        .set("service.port", 8443)
                        .set("log.json", false)
                        .call();
        try (Site site = new Site(Installed.programs(), plane -> {
            stream.set(new Load(plane, 2));
            ControlPlane.await("pods", () -> stream.get().tally().wronglyAdmitted() > 10);
            plane.apply(manifest);
        })) {
            ControlPlane plane = site.plane();
            Load load = stream.get();
            assertThat(validating(plane, "/webhooks/0/failurePolicy")).isEqualTo("Fail");
            Tally before = assertNothingWasKeptOut(load);

            plane.apply(manifest);
            load.awaitMore(50);
            plane.apply(manifest, "--server-side", "--force-conflicts");
            load.awaitMore(50);

            assertThat(load.tally().since(before).wronglyAdmitted())
                    .as("" + load.failures())
                    .isZero();
            assertThat(validating(plane, "/webhooks/0/failurePolicy")).isEqualTo("Fail");
            assertThat(validating(plane, "/webhooks/0/rules/0/resources/0")).isEqualTo("pods");
        } finally {
            stream.get().close();
        }
    }

    @Test
    void policiesComeWithTheChartFromTheFirstUpgradeOn(@TempDir Path directory) throws Exception {
        try (ControlPlane plane = ControlPlane.start(Installed.programs(), directory)) {
            assertThatThrownBy(() -> install(plane)
                            .set("policies[0].name", "everything")
                            .set("policies[0].spec.mode", "audit")
                            .call())
                    .hasMessageContaining("install without them first (with mode: audit");

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
