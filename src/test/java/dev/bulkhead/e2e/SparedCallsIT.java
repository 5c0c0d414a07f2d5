package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.marcnuri.helm.Helm;
import dev.bulkhead.Yaml;
import dev.bulkhead.e2e.Installed.Site;
import dev.bulkhead.e2e.Processes.Run;
import dev.bulkhead.engine.export.MutateCondition;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** The API server spares the calls of {@code /mutate} of which nothing would come, and no others. */
@TestMethodOrder(OrderAnnotation.class)
class SparedCallsIT {
    /** All that least-privilege fills in, as people write it. */
    static final String COMPLETE = """
            apiVersion: v1
            kind: Pod
            metadata: {name: complete, labels: {app: web}}
            spec:
              automountServiceAccountToken: false
              securityContext: {runAsNonRoot: true, runAsUser: 10001, seccompProfile: {type: RuntimeDefault}}
              containers:
                - name: web
                  image: registry.example/web:1
                  securityContext:
                    {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
            """;

    private static final String CARELESS = """
            {apiVersion: v1, kind: Pod, metadata: {name: careless},
             spec: {containers: [{name: web, image: registry.example/web:1}]}}
            """;

    private static final String INJECTOR = """
            apiVersion: admissionregistration.k8s.io/v1
            kind: MutatingWebhookConfiguration
            metadata: {name: zz-sidecars}
            webhooks:
              - name: sidecars.example.com
                failurePolicy: Ignore
                clientConfig: {url: "https://127.0.0.1:9/inject"}
                rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
                objectSelector: {matchLabels: {sidecars: wanted}}
                sideEffects: None
                admissionReviewVersions: [v1]
            """;

    private static final Pattern ERRORS =
            Pattern.compile("(?m)^apiserver_admission_match_condition_evaluation_errors_total\\{.*\\} ([0-9]+)$");

    private static Site site;
    private static ControlPlane plane;

    @BeforeAll
    static void install() throws Exception {
        site = new Site(Installed.programs(), Map.of("webhooks.spareMutateCalls", true));
        plane = site.plane();
        plane.apply("{apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: {name: gvisor}, handler: runsc}");
        plane.apply(
                "{apiVersion: v1, kind: Namespace, metadata: {name: sandboxed, labels: {bulkhead.dev/profile: sandboxed}}}");
        ControlPlane.await(
                "its account",
                () -> plane.kubectl("-n", "sandboxed", "get", "serviceaccount", "default")
                                .exitCode()
                        == 0);
        awaitCondition(true);
    }

    @AfterAll
    static void end() throws Exception {
        if (site != null) {
            site.close();
        }
    }

    private static JsonNode webhook() {
        for (JsonNode webhook :
                plane.get("mutatingwebhookconfiguration", "bulkhead").path("webhooks")) {
            if (webhook.path("name").asText().equals("mutate.bulkhead.dev")) {
                return webhook;
            }
        }
        throw new AssertionError("there is no webhook mutate.bulkhead.dev");
    }

    private static boolean hasCondition() {
        return webhook().path("matchConditions").findValuesAsText("name").contains(MutateCondition.NAME);
    }

    /** Until the API server goes by it, too. */
    private static void awaitCondition(boolean wanted) {
        ControlPlane.await("the condition: " + wanted, () -> hasCondition() == wanted);
        ControlPlane.await(
                "that complete pods are " + (wanted ? "spared" : "called for"),
                () -> calls(COMPLETE, "default") == (wanted ? 0 : 1));
    }

    private static double mutations() {
        double sum = 0;
        for (Replica replica : site.replicas()) {
            for (String line : replica.metrics().lines().toList()) {
                if (line.startsWith("bulkhead_admission_requests_total{") && line.contains("path=\"mutate\"")) {
                    sum += Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
                }
            }
        }
        return sum;
    }

    private static Run create(String pod, String namespace) {
        return plane.kubectlWith(pod, "-n", namespace, "create", "--dry-run=server", "-o", "json", "-f", "-");
    }

    /** How often the gate is called for a pod that is admitted. */
    private static int calls(String pod, String namespace) {
        double before = mutations();
        Run run = create(pod, namespace);
        assertThat(run.exitCode()).as(run.err()).isZero();
        return (int) (mutations() - before);
    }

    private static long errors() {
        Matcher matcher =
                ERRORS.matcher(plane.kubectl("get", "--raw", "/metrics").out());
        long errors = 0;
        while (matcher.find()) {
            errors += Long.parseLong(matcher.group(1));
        }
        return errors;
    }

    @Test
    @Order(1)
    void onlyWhatIsCompleteIsSpared() {
        assertThat(calls(COMPLETE, "default")).isZero();
        assertThat(calls(CARELESS, "default")).isEqualTo(1);
        assertThat(calls(COMPLETE.replace("runAsUser: 10001, ", ""), "default")).isEqualTo(1);
        assertThat(create(CARELESS, "default").out()).contains("bulkhead.dev/hardened");
        // What is denied is denied, called for or not.
        assertThat(create(COMPLETE.replace("spec:", "spec:\n  hostPID: true"), "default")
                        .err())
                .contains("Bulkhead refuses Pod");
        assertThat(errors()).isZero();
    }

    /** The label asks for more than any policy does, which the condition does not know. */
    @Test
    @Order(1)
    void aNamespaceWithALabelIsAlwaysCalledFor() {
        assertThat(calls(COMPLETE, "sandboxed")).isEqualTo(1);
        assertThat(create(COMPLETE, "sandboxed").out()).contains("\"runtimeClassName\": \"gvisor\"");
    }

    /** What costs most to look into: the condition must neither fail nor cost more than the API server grants. */
    @Test
    @Order(1)
    void theLargestPodsAreLookedIntoOrCalledFor() {
        ObjectNode complete = (ObjectNode) Yaml.tree(COMPLETE);
        JsonNode container = complete.at("/spec/containers/0");
        ObjectNode many = complete.deepCopy();
        for (int i = 0; i < 1_500; i++) {
            ((ObjectNode) many.get("spec"))
                    .withArrayProperty("containers")
                    .add(((ObjectNode) container.deepCopy()).put("name", "c" + i));
        }
        assertThat(calls(many.toString(), "default")).isEqualTo(1);

        ObjectNode large = complete.deepCopy();
        for (int i = 0; i < 48; i++) {
            ObjectNode another = ((ObjectNode) container.deepCopy()).put("name", "c" + i);
            another.withArrayProperty("command").add("x".repeat(25_000));
            ((ObjectNode) large.get("spec")).withArrayProperty("containers").add(another);
        }
        assertThat(calls(large.toString(), "default")).isZero();

        ObjectNode capabilities = complete.deepCopy();
        ObjectNode drops = (ObjectNode) capabilities.at("/spec/containers/0/securityContext/capabilities");
        for (int i = 0; i < 100_000; i++) {
            drops.withArrayProperty("drop").add("A" + i);
        }
        assertThat(calls(capabilities.toString(), "default")).isEqualTo(1);

        ObjectNode image = complete.deepCopy();
        ((ObjectNode) image.at("/spec/containers/0")).put("image", "registry.example/" + "a/".repeat(400_000) + "a");
        double before = mutations();
        create(image.toString(), "default");
        assertThat(mutations()).isEqualTo(before + 1);
        assertThat(errors()).isZero();
    }

    /** What no pod should be, and other webhooks may make of it. */
    @Test
    @Order(1)
    void oddPodsAreCalledForAndFailNoCondition() {
        for (String spec : List.of("{}", "{containers: []}", "{containers: null}", "{containers: [{}]}")) {
            double before = mutations();
            Run run = plane.kubectlWith(
                    "{apiVersion: v1, kind: Pod, metadata: {name: odd}, spec: " + spec + "}",
                    "-n",
                    "default",
                    "create",
                    "--validate=false",
                    "--dry-run=server",
                    "-f",
                    "-");
            assertThat(run.exitCode()).as(spec).isNotZero();
            assertThat(mutations()).as(spec + ": " + run.err()).isGreaterThanOrEqualTo(before);
        }
        assertThat(errors()).isZero();
    }

    @Test
    @Order(2)
    void theConditionFollowsThePolicies() {
        plane.apply("""
                apiVersion: bulkhead.dev/v1alpha1
                kind: LeastPrivilegePolicy
                metadata: {name: everything}
                spec: {profile: least-privilege, rules: {userNamespace: {action: harden}}}
                """);
        ControlPlane.await(
                "a wider condition",
                () -> webhook().path("matchConditions").toString().contains("hostUsers"));
        ControlPlane.await(
                "that user namespaces are filled in",
                () -> create(COMPLETE, "default").out().contains("\"hostUsers\": false"));
        assertThat(calls(COMPLETE.replace("spec:", "spec:\n  hostUsers: false"), "default"))
                .isZero();

        plane.kubectl("delete", "leastprivilegepolicy", "everything");
        awaitCondition(true);
        ControlPlane.await(
                "the narrower condition",
                () -> !webhook().path("matchConditions").toString().contains("hostUsers"));
    }

    /** A webhook that a condition skipped would not be called again after the injector. */
    @Test
    @Order(3)
    void nothingIsSparedBesideAWebhookThatComesLater() {
        plane.apply(INJECTOR);
        awaitCondition(false);
        assertThat(plane.kubectl("-n", Replica.NAMESPACE, "get", "events", "-o", "wide")
                        .out())
                .contains("zz-sidecars/sidecars.example.com may change pods after Bulkhead");

        plane.kubectl("delete", "mutatingwebhookconfiguration", "zz-sidecars");
        awaitCondition(true);
    }

    @Test
    @Order(4)
    void aForeignEditIsPutBack() {
        JsonNode before = webhook().path("matchConditions");
        ObjectNode edited = (ObjectNode) plane.get("mutatingwebhookconfiguration", "bulkhead");
        edited.path("webhooks")
                .forEach(webhook -> webhook.path("matchConditions")
                        .forEach(condition -> ((ObjectNode) condition).put("expression", "false")));
        assertThat(plane.kubectlWith(edited.toString(), "replace", "-f", "-").err())
                .isEmpty();
        ControlPlane.await(
                "that it is put back", () -> webhook().path("matchConditions").equals(before));
        ControlPlane.await(
                "that it is as installed",
                () -> site.replicas().stream()
                        .allMatch(replica -> replica.metrics().contains("bulkhead_webhook_in_sync 1.0")));
    }

    /** An attacker with the server's account can keep pods from being hardened, which are then denied, but no more. */
    @Test
    @Order(4)
    void theAccountMayWriteNoOtherCondition() {
        for (String webhook : List.of("mutate.bulkhead.dev", "mutate-mode.bulkhead.dev")) {
            ObjectNode edited = (ObjectNode) plane.get("mutatingwebhookconfiguration", "bulkhead");
            for (JsonNode one : edited.path("webhooks")) {
                if (one.path("name").asText().equals(webhook)) {
                    ((ObjectNode) one)
                            .withArrayProperty("matchConditions")
                            .addObject()
                            .put("name", webhook.startsWith("mutate.") ? "another" : MutateCondition.NAME)
                            .put("expression", "false");
                }
            }
            assertThat(write(edited).err()).as(webhook).contains("may write only the CA bundle");
        }
        assertThat(write((ObjectNode) plane.get("mutatingwebhookconfiguration", "bulkhead"))
                        .exitCode())
                .isZero();
    }

    private static Run write(ObjectNode configuration) {
        return plane.kubectlWith(
                configuration.toString(),
                "replace",
                "--dry-run=server",
                "--as=system:serviceaccount:bulkhead-system:bulkhead",
                "-f",
                "-");
    }

    /** Helm does not know the condition, and removes none. */
    @Test
    @Order(5)
    void anUpgradeKeepsTheConditionAndSwitchingItOffRemovesIt() throws Exception {
        upgrade(true);
        assertThat(hasCondition()).isTrue();

        upgrade(false);
        for (Replica old : List.copyOf(site.replicas())) {
            Replica fresh = site.another();
            site.replicas().add(fresh);
            ControlPlane.await("the new replica", fresh::isReady);
            site.replicas().remove(old);
            site.balance();
            old.close();
        }
        awaitCondition(false);
        assertThat(plane.get("mutatingwebhookconfiguration", "bulkhead").path("webhooks"))
                .hasSize(1);
        assertThat(calls(COMPLETE, "sandboxed")).isEqualTo(1);
    }

    private static void upgrade(boolean spare) {
        new Helm(Installed.CHART)
                .upgrade()
                .withName("bulkhead")
                .withNamespace(Replica.NAMESPACE)
                .withKubeVersion(plane.version())
                .withKubeConfig(plane.kubeconfig())
                .set("webhooks.spareMutateCalls", spare)
                .resetThenReuseValues()
                .call();
    }
}
