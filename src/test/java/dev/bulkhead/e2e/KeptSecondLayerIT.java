package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.Helm;
import dev.bulkhead.e2e.Installed.Site;
import dev.bulkhead.e2e.Processes.Run;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** The second layer as the chart installs it: the leader keeps it in step, and it holds while no replica runs. */
@TestMethodOrder(OrderAnnotation.class)
class KeptSecondLayerIT {
    private static final String GATE = "--as=system:serviceaccount:bulkhead-system:bulkhead";
    private static final String POLICY = """
            apiVersion: bulkhead.dev/v1alpha1
            kind: LeastPrivilegePolicy
            metadata: {name: tenants}
            spec: {profile: %s, namespaceLabels: ignore, match: {namespaceSelector: {matchLabels: {tier: tenant}}}}
            """;
    private static final String PRIVILEGED = """
            apiVersion: v1
            kind: Pod
            metadata: {name: careless, namespace: %s}
            spec: {containers: [{name: app, image: "nginxinc/nginx-unprivileged", securityContext: {privileged: true}}]}
            """;
    private static final String CAREFUL = """
            apiVersion: v1
            kind: Pod
            metadata: {name: careful, namespace: default}
            spec:
              securityContext: {runAsUser: 101}
              containers:
              - {name: app, image: "nginxinc/nginx-unprivileged", securityContext: {readOnlyRootFilesystem: true}}
            """;
    private static final String SLOT = "bulkhead-second-layer-";

    private static Site site;
    private static ControlPlane plane;

    @BeforeAll
    static void install() throws IOException {
        site = new Site(Installed.programs(), Map.of("secondLayer.enabled", true, "failurePolicy", "Ignore"));
        plane = site.plane();
    }

    @AfterAll
    static void end() throws IOException {
        if (site != null) {
            site.close();
        }
    }

    /** The names of the exports by the names of their slots. */
    private static String exports() {
        return plane.kubectl(
                        "get",
                        "validatingadmissionpolicies,mutatingadmissionpolicies",
                        "-l",
                        "bulkhead.dev/second-layer=bulkhead",
                        "-o",
                        "jsonpath={range .items[*]}{.metadata.name}={.metadata.annotations.bulkhead\\.dev/second-layer-export}"
                                + "{'\\n'}{end}")
                .out();
    }

    private static Run create(String yaml) {
        return plane.kubectlWith(yaml, "create", "--dry-run=server", "-o", "yaml", "-f", "-");
    }

    private static boolean isDeniedByPolicy(String yaml) {
        return create(yaml).err().contains("ValidatingAdmissionPolicy '" + SLOT);
    }

    private static String events() {
        return plane.kubectl("-n", Replica.NAMESPACE, "get", "events").out();
    }

    private static Run doctor() {
        return Processes.run(
                Map.of("KUBECONFIG", plane.kubeconfig().toString()),
                "",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                Path.of("target", "quarkus-app", "quarkus-run.jar").toString(),
                "doctor");
    }

    private static String saidOfIt() {
        return doctor().out()
                .lines()
                .dropWhile(line -> !line.contains("second-layer"))
                .limit(3)
                .reduce("", (before, line) -> before + line + "\n");
    }

    private static void awaitInSync() {
        ControlPlane.await(
                "that the leader is content",
                () -> site.replicas().stream()
                        .anyMatch(replica -> replica.metrics().contains("bulkhead_second_layer_in_sync 1.0")));
    }

    @Test
    @Order(1)
    void thePoliciesAppearAndDecide() {
        awaitInSync();

        assertThat(exports().lines())
                .containsExactlyInAnyOrder(
                        SLOT + "deny-1=bulkhead-built-in-deny",
                        SLOT + "deny-2=bulkhead-built-in-levels-deny",
                        SLOT + "warn-1=bulkhead-built-in-warn",
                        SLOT + "audit-1=bulkhead-built-in-audit",
                        SLOT + "harden=bulkhead-harden");
        ControlPlane.await("that it decides", () -> isDeniedByPolicy(PRIVILEGED.formatted("default")));
        assertThat(create(PRIVILEGED.formatted("default")).err())
                .contains("denied request: policy built-in: privileged: container \"app\" (true): set");
        assertThat(create(PRIVILEGED.formatted("kube-system")).exitCode()).isZero();
        assertThat(create(PRIVILEGED.formatted(Replica.NAMESPACE)).exitCode()).isZero();
        assertThat(saidOfIt()).contains("its 5 policies say what is in force");
    }

    @Test
    @Order(2)
    void theApiServerFindsNothingWrongWithThem() {
        ControlPlane.await(
                "type checking",
                () -> policies().stream()
                        .allMatch(policy ->
                                policy.at("/status/observedGeneration").asInt() > 0));
        assertThat(policies())
                .hasSize(4)
                .allSatisfy(policy -> assertThat(policy.at("/status/typeChecking/expressionWarnings")
                                .toString())
                        .isEmpty());
        // What the API server stores is what was written: nothing is written again and again.
        List<String> versions = versions();
        ControlPlane.await("some passes", Duration.ofSeconds(20), new Passing(Duration.ofSeconds(8)));
        assertThat(versions()).isEqualTo(versions);
    }

    private static final class Passing implements ControlPlane.Condition {
        private final long end;

        Passing(Duration time) {
            this.end = System.nanoTime() + time.toNanos();
        }

        @Override
        public boolean holds() {
            return System.nanoTime() > end;
        }
    }

    private static List<JsonNode> policies() {
        return plane.get("validatingadmissionpolicies", "-l", "bulkhead.dev/second-layer=bulkhead")
                .path("items")
                .valueStream()
                .toList();
    }

    private static List<String> versions() {
        return policies().stream()
                .map(policy -> policy.at("/metadata/resourceVersion").asText())
                .toList();
    }

    @Test
    @Order(3)
    void theyFollowThePolicies() {
        plane.apply(POLICY.formatted("restricted"));
        ControlPlane.await("the policy", () -> exports().contains("=bulkhead-tenants-levels-deny\n"));
        plane.apply(POLICY.formatted("privileged"));
        ControlPlane.await("that it forbids nothing", () -> !exports().contains("tenants-levels-deny"));
        plane.kubectl("delete", "leastprivilegepolicy", "tenants");
        // The built-in policy says where no other one matches.
        ControlPlane.await(
                "that no policy knows it", () -> !policies().toString().contains("'tier'"));
        awaitInSync();
    }

    @Test
    @Order(4)
    void whatSomebodyChangesOrDeletesIsRestored() {
        plane.kubectl(
                "patch",
                "validatingadmissionpolicy",
                SLOT + "deny-1",
                "--type=json",
                "-p",
                "[{\"op\":\"add\",\"path\":\"/spec/matchConditions/-\",\"value\":{\"name\":\"never\",\"expression\":\"false\"}}]");
        ControlPlane.await(
                "that it is restored",
                () -> !plane.get("validatingadmissionpolicy", SLOT + "deny-1")
                        .toString()
                        .contains("never"));
        plane.kubectl("delete", "validatingadmissionpolicy", SLOT + "warn-1");
        ControlPlane.await("that it is there again", () -> exports().contains(SLOT + "warn-1="));
        plane.kubectl("label", "mutatingadmissionpolicy", SLOT + "harden", "bulkhead.dev/second-layer-");
        ControlPlane.await("that it is marked again", () -> exports().contains(SLOT + "harden="));

        ControlPlane.await(
                "the events",
                () -> events().contains("\"kubectl-patch\" has changed ValidatingAdmissionPolicy " + SLOT
                                + "deny-1 (policy built-in); it was restored")
                        && events().contains("somebody has deleted ValidatingAdmissionPolicy " + SLOT
                                + "warn-1 (policy built-in); it was restored"));
        awaitInSync();
        ControlPlane.await("that it decides", () -> isDeniedByPolicy(PRIVILEGED.formatted("default")));
    }

    /** An attacker with the account can do no more with these policies than with the answers of the webhook. */
    @Test
    @Order(5)
    void theAccountReachesNothingButWorkloads() {
        String everything = """
                apiVersion: admissionregistration.k8s.io/v1
                kind: ValidatingAdmissionPolicy
                metadata: {name: %s}
                spec:
                  failurePolicy: Fail
                  matchConstraints:
                    resourceRules: [{apiGroups: ["*"], apiVersions: ["*"], operations: ["*"], resources: ["*"]}]
                  validations: [{expression: "false", message: taken over}]
                """;
        String[] command = {GATE, "apply", "--server-side", "-f", "-"};
        assertThat(plane.kubectlWith(everything.formatted("other"), command).err())
                .contains("cannot patch resource");
        assertThat(plane.kubectlWith(everything.formatted("bulkhead-own-rights"), command)
                        .err())
                .contains("cannot patch resource");
        String anywhere = """
                apiVersion: admissionregistration.k8s.io/v1
                kind: ValidatingAdmissionPolicyBinding
                metadata: {name: bulkhead-second-layer-deny-8}
                spec: {policyName: bulkhead-second-layer-deny-8, validationActions: [Deny]}
                """;
        assertThat(plane.kubectlWith(anywhere, command).err()).contains("cannot patch resource");
        assertThat(plane.kubectl(GATE, "delete", "validatingadmissionpolicybinding", SLOT + "deny-8")
                        .err())
                .contains("cannot delete resource");

        site.replicas().forEach(Replica::pause);
        try {
            Run taken = plane.kubectlWith(everything.formatted(SLOT + "deny-8"), command);
            assertThat(taken.exitCode()).as(taken.err()).isZero();
            ControlPlane.await(
                    "that it decides about pods", () -> create(CAREFUL).err().contains("taken over"));
            assertThat(plane.kubectl("-n", "default", "create", "configmap", "any", "--dry-run=server")
                            .exitCode())
                    .isZero();
            assertThat(plane.kubectl("create", "namespace", "any", "--dry-run=server")
                            .exitCode())
                    .isZero();
            assertThat(create(PRIVILEGED.formatted("kube-system")).exitCode()).isZero();
        } finally {
            site.replicas().forEach(Replica::resume);
        }
        plane.kubectl("label", "validatingadmissionpolicy", SLOT + "deny-8", "bulkhead.dev/second-layer=bulkhead");
        ControlPlane.await("that the leader deletes it", () -> !exports().contains(SLOT + "deny-8"));
        ControlPlane.await(
                "that it decides no more", () -> !create(CAREFUL).err().contains("taken over"));
    }

    @Test
    @Order(6)
    void itHoldsWhileNoReplicaRuns() throws IOException {
        awaitInSync();
        List<Replica> before = List.copyOf(site.replicas());
        site.replicas().clear();
        before.forEach(Replica::close);

        Run careless = create(PRIVILEGED.formatted("default"));
        Run careful = create(CAREFUL);

        assertThat(careless.err()).contains("policy built-in: privileged: container \"app\" (true)");
        assertThat(careful.exitCode()).as(careful.err()).isZero();
        assertThat(careful.out()).contains("allowPrivilegeEscalation: false", "runAsNonRoot: true", "- ALL");
        assertThat(create(PRIVILEGED.formatted(Replica.NAMESPACE)).exitCode()).isZero();

        site.replicas().add(site.another());
        site.replicas().add(site.another());
        site.awaitReady();
        awaitInSync();
    }

    /** The command of docs/second-layer.md. */
    @Test
    @Order(7)
    void deletedBindingsSwitchItOffUntilTheNextUpgrade() {
        plane.kubectl(
                "delete",
                "validatingadmissionpolicybindings,mutatingadmissionpolicybindings",
                "-l",
                "bulkhead.dev/second-layer");

        ControlPlane.await("that nothing is left", () -> exports().isEmpty());
        ControlPlane.await("an event", () -> events().contains("SecondLayerNotInStep"));
        assertThat(site.replicas().stream().map(Replica::metrics))
                .anyMatch(metrics -> metrics.contains("bulkhead_second_layer_in_sync 0.0"));
        assertThat(saidOfIt()).contains("bulkhead-built-in-deny (policy built-in) is not in the second layer");

        upgrade(true);
        ControlPlane.await("that it is back", () -> exports().contains("=bulkhead-built-in-deny"));
        awaitInSync();
    }

    private static void upgrade(boolean enabled) {
        new Helm(Installed.CHART)
                .upgrade()
                .withName("bulkhead")
                .withNamespace(Replica.NAMESPACE)
                .withKubeVersion(plane.version())
                .withKubeConfig(plane.kubeconfig())
                .set("service.port", 8443)
                .set("log.json", false)
                .set("failurePolicy", "Ignore")
                .set("secondLayer.enabled", enabled)
                .call();
    }

    /** The replicas still run as before: without rights, and without bindings. */
    @Test
    @Order(8)
    void switchedOffNothingIsLeft() {
        upgrade(false);

        ControlPlane.await("that nothing is left", () -> exports().isEmpty());
        assertThat(plane.kubectl(
                                "get",
                                "validatingadmissionpolicybindings,mutatingadmissionpolicybindings",
                                "-l",
                                "bulkhead.dev/second-layer",
                                "-o",
                                "name")
                        .out())
                .isEmpty();
        ControlPlane.await("that it decides nothing", () -> !isDeniedByPolicy(PRIVILEGED.formatted("default")));
    }

    @Test
    @Order(9)
    void uninstalledNothingIsLeft() {
        upgrade(true);
        ControlPlane.await("that it is back", () -> exports().contains("=bulkhead-built-in-deny"));

        Helm.uninstall("bulkhead")
                .withNamespace(Replica.NAMESPACE)
                .withKubeConfig(plane.kubeconfig())
                .call();

        ControlPlane.await("that nothing is left", () -> exports().isEmpty());
        assertThat(plane.kubectl(
                                "get",
                                "validatingadmissionpolicies,validatingadmissionpolicybindings,"
                                        + "mutatingadmissionpolicies,mutatingadmissionpolicybindings",
                                "-o",
                                "name")
                        .out())
                .doesNotContain("bulkhead");
    }
}
