package dev.bulkhead.app.admission;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.Yaml;
import dev.bulkhead.app.admission.AdmissionService.Path;
import dev.bulkhead.engine.evaluation.Evaluations;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an update is warned about: what it changes, and what its pods will be denied for; not what will be filled in. */
class UpdatesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final PolicySet DEFAULT = PolicySet.of(Profile.LEAST_PRIVILEGE);

    private static final String PLAIN = "{containers: [{name: web, image: 'web:1'}]}";
    private static final String PRIVILEGED =
            "{containers: [{name: web, image: 'web:1', securityContext: {privileged: true}}]}";
    private static final String HARDENED = """
            {securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}},
             containers: [{name: web, image: 'web:1', securityContext: {allowPrivilegeEscalation: false,
               readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}}]}
            """;

    private final AdmissionReviewHandler reviews = new AdmissionReviewHandler(
            new WorkloadAdmission(
                    WorkloadKinds.builtIn(),
                    ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR),
                    Clock.fixed(Evaluations.NOW, ZoneOffset.UTC)),
            DecisionListener.SILENT);

    private static ObjectNode object(String kind, String spec) {
        ObjectNode object = JSON.createObjectNode()
                .put("apiVersion", kind.equals("Deployment") ? "apps/v1" : "v1")
                .put("kind", kind);
        object.putObject("metadata").put("name", "web").put("namespace", "driftwood");
        if (kind.equals("Deployment")) {
            object.putObject("spec").putObject("template").set("spec", Yaml.tree(spec));
        } else {
            object.set("spec", Yaml.tree(spec));
        }
        return object;
    }

    private static ObjectNode review(JsonNode before, JsonNode after) {
        ObjectNode review =
                JSON.createObjectNode().put("apiVersion", "admission.k8s.io/v1").put("kind", "AdmissionReview");
        ObjectNode request = review.putObject("request").put("uid", "u").put("operation", "UPDATE");
        request.putObject("kind")
                .put("group", after.get("kind").asText().equals("Pod") ? "" : "apps")
                .put("version", "v1")
                .put("kind", after.get("kind").asText());
        request.put("namespace", "driftwood").put("name", "web");
        request.set("object", after);
        request.set("oldObject", before);
        return review;
    }

    private static ObjectNode debug(String spec, String container) {
        ObjectNode after = object("Pod", spec);
        ((ObjectNode) after.get("spec")).putArray("ephemeralContainers").add(Yaml.tree(container));
        ObjectNode review = review(object("Pod", spec), after);
        ((ObjectNode) review.get("request")).put("subResource", "ephemeralcontainers");
        return review;
    }

    private JsonNode ask(Path path, JsonNode review, PolicySet policies) {
        try {
            return JSON.readTree(
                            reviews.answer(path, review.toString().getBytes(StandardCharsets.UTF_8), () -> policies)
                                    .body())
                    .path("response");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JsonNode validate(JsonNode review) {
        return ask(Path.VALIDATE, review, DEFAULT);
    }

    private static boolean allowed(JsonNode response) {
        return response.path("allowed").booleanValue();
    }

    private static List<String> warnings(JsonNode response) {
        List<String> warnings = new ArrayList<>();
        response.path("warnings").forEach(warning -> warnings.add(warning.asText()));
        return warnings;
    }

    @Test
    void deploymentIsNotWarnedAboutWhatHardeningFixes() {
        ObjectNode labelled = object("Deployment", PLAIN);
        ((ObjectNode) labelled.get("metadata")).putObject("labels").put("a", "b");
        ObjectNode restarted = object("Deployment", PLAIN);
        ((ObjectNode) restarted.at("/spec/template"))
                .putObject("metadata")
                .putObject("annotations")
                .put("kubectl.kubernetes.io/restartedAt", "2026-11-26T20:00:00Z");
        ObjectNode anotherImage = object("Deployment", PLAIN.replace("web:1", "web:2"));
        ObjectNode scaled = object("Deployment", PLAIN);
        ((ObjectNode) scaled.get("spec")).put("replicas", 7);

        for (ObjectNode after : List.of(labelled, restarted, scaled)) {
            JsonNode response = validate(review(object("Deployment", PLAIN), after));
            assertThat(allowed(response)).isTrue();
            assertThat(warnings(response)).isEmpty();
        }
        JsonNode response = validate(review(object("Deployment", PLAIN), anotherImage));
        assertThat(allowed(response)).isTrue();
        assertThat(warnings(response))
                .hasSize(2)
                .anyMatch(warning -> warning.contains("image web:2 names a numeric user"))
                .anyMatch(warning -> warning.contains("why, and how to fix it"));
    }

    @Test
    void deploymentIsWarnedFirstThatNewPodsWillBeDenied() {
        ObjectNode after = object("Deployment", PRIVILEGED.replace("web:1", "web:2"));

        JsonNode response = validate(review(object("Deployment", PRIVILEGED), after));

        assertThat(allowed(response)).isTrue();
        assertThat(warnings(response).get(0))
                .startsWith("bulkhead: its new pods will be refused: privileged: container \"web\"");
    }

    @Test
    void deploymentThatViolatesAPodSecurityLevelIsWarned() {
        ObjectNode after = object("Deployment", PRIVILEGED.replace("web:1", "web:2"));

        JsonNode response =
                ask(Path.VALIDATE, review(object("Deployment", PRIVILEGED), after), PolicySet.of(Profile.RESTRICTED));

        assertThat(allowed(response)).isTrue();
        assertThat(warnings(response).get(0)).startsWith("bulkhead: its new pods will be refused: ");
    }

    @Test
    void changeThatMakesHardeningImpossibleIsDeniedAtApply() {
        // What used to be filled in no longer can be, because of the change.
        ObjectNode after = object("Deployment", PLAIN.replace("'web:1'", "'web:1', securityContext: {runAsUser: 0}"));

        JsonNode response = validate(review(object("Deployment", PLAIN), after));

        assertThat(allowed(response)).isFalse();
        assertThat(response.at("/status/message").asText()).contains("runAsNonRoot", "runAsUser");
    }

    @Test
    void runningPodFromBeforeAdoptionGetsADebugContainerThatBringsNothingUnsafe() {
        String container = "{name: debug, image: x, securityContext: {runAsNonRoot: true, runAsUser: 1000,"
                + " allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]},"
                + " seccompProfile: {type: RuntimeDefault}}}";

        for (String pod : List.of(PLAIN, PRIVILEGED)) {
            assertThat(allowed(validate(debug(pod, container)))).isTrue();
            assertThat(allowed(ask(Path.VALIDATE, debug(pod, container), PolicySet.of(Profile.RESTRICTED))))
                    .as("Pod Security evaluates the whole pod")
                    .isFalse();
        }
    }

    @Test
    void debugContainerIsDeniedForItsOwnFindingsWithTheFix() {
        JsonNode response = validate(
                debug(PRIVILEGED, "{name: debug, image: x, securityContext: {capabilities: {add: [SYS_PTRACE]}}}"));

        assertThat(allowed(response)).isFalse();
        assertThat(response.at("/status/message").asText())
                .contains("SYS_PTRACE", "kubectl debug", "--profile=restricted")
                .doesNotContain("- privileged");
    }

    @Test
    void debugContainerMustNotInheritAnExemptValue() {
        PolicySet policies = Evaluations.policies(
                "{kind: LeastPrivilegePolicy, apiVersion: bulkhead.dev/v1alpha1,"
                        + " metadata: {name: all}, spec: {profile: least-privilege}}",
                """
                apiVersion: bulkhead.dev/v1alpha1
                kind: Exemption
                metadata: {name: exporter, namespace: bulkhead-system}
                spec:
                  reason: reads
                  owner: team
                  expires: 2027-01-01T00:00:00Z
                  match: {namespaces: [driftwood], containers: [web]}
                  allow: [{rule: runAsUser, values: ['0']}, {rule: runAsNonRoot, values: ['false']}]
                """);
        String pod = HARDENED.replace("runAsNonRoot: true", "runAsNonRoot: false, runAsUser: 0");
        String own = "securityContext: {runAsNonRoot: true, allowPrivilegeEscalation: false,"
                + " readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}";

        JsonNode inherits = ask(Path.VALIDATE, debug(pod, "{name: debug, image: x, " + own + "}}"), policies);
        JsonNode sets =
                ask(Path.VALIDATE, debug(pod, "{name: debug, image: x, " + own + ", runAsUser: 1000}}"), policies);

        assertThat(allowed(inherits)).isFalse();
        assertThat(inherits.at("/status/message").asText()).contains("runAsUser=0");
        assertThat(allowed(sets)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{runAsNonRoot: true}", "{}"})
    void debugContainerThatTheKubeletMayNotStartIsWarnedAbout(String securityContext) {
        JsonNode response = ask(
                Path.MUTATE,
                debug(HARDENED, "{name: debug, image: tools, securityContext: " + securityContext + "}"),
                DEFAULT);

        assertThat(warnings(response))
                .anySatisfy(warning -> assertThat(warning)
                        .contains("container \"debug\"", "numeric user")
                        .hasSizeLessThanOrEqualTo(256));
    }

    @Test
    void debugContainerWithAUserIsNotWarnedAbout() {
        JsonNode response = ask(
                Path.MUTATE,
                debug(HARDENED, "{name: debug, image: x, securityContext: {runAsNonRoot: true, runAsUser: 7}}"),
                DEFAULT);

        assertThat(warnings(response)).isEmpty();
    }

    private static final String AGENT_EXEMPTION = """
            apiVersion: bulkhead.dev/v1alpha1
            kind: Exemption
            metadata: {name: agent, namespace: bulkhead-system}
            spec:
              reason: reads
              owner: team
              expires: 2027-01-01T00:00:00Z
              match: {namespaces: [driftwood], workloads: [{kind: DaemonSet, name: agent}], containers: [web]}
              allow:
                - {rule: hostPathVolumes, values: ['*']}
                - {rule: runtimeSocket, values: ['*']}
                - {rule: hostNamespaces, values: ['*']}
                - {rule: privileged, values: ['*']}
                - {rule: allowPrivilegeEscalation, values: ['*']}
            """;

    private static final String SOCKET = """
            {securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}},
             volumes: [{name: run, hostPath: {path: /run/containerd/containerd.sock}}],
             containers: [{name: web, image: 'web:1', securityContext: {allowPrivilegeEscalation: false,
               readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}},
               volumeMounts: [{name: run, mountPath: /run/c.sock, readOnly: true, recursiveReadOnly: Enabled}]}]}
            """;

    private static final String HARMLESS = "name: debug, image: x, securityContext: {allowPrivilegeEscalation: false,"
            + " readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}";

    private static PolicySet policiesWith(String exemption) {
        return Evaluations.policies(
                "{kind: LeastPrivilegePolicy, apiVersion: bulkhead.dev/v1alpha1,"
                        + " metadata: {name: all}, spec: {profile: least-privilege}}",
                exemption);
    }

    private static ObjectNode owned(ObjectNode review) {
        for (String state : List.of("object", "oldObject")) {
            ((ObjectNode) review.at("/request/" + state + "/metadata"))
                    .putArray("ownerReferences")
                    .add(Yaml.tree("{apiVersion: apps/v1, kind: DaemonSet, name: agent, controller: true}"));
        }
        return review;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void debugContainerMustNotMountUnsafeVolumesOfARunningPod(boolean exempt) {
        String mounts = ", volumeMounts: [{name: run, mountPath: /c.sock, readOnly: true, recursiveReadOnly: Enabled}]";
        PolicySet policies = exempt ? policiesWith(AGENT_EXEMPTION) : DEFAULT;

        JsonNode mounting = ask(Path.VALIDATE, owned(debug(SOCKET, "{" + HARMLESS + mounts + "}")), policies);
        JsonNode apart = ask(Path.VALIDATE, owned(debug(SOCKET, "{" + HARMLESS + "}")), policies);

        assertThat(allowed(mounting)).isFalse();
        assertThat(mounting.at("/status/message").asText()).contains("runtimeSocket", "containerd.sock");
        assertThat(allowed(apart)).isTrue();
    }

    @Test
    void debugContainerInAPodFromBeforeAdoptionMustNotInheritWhatItCouldSetItself() {
        String pod = HARDENED.replace("runAsNonRoot: true", "runAsNonRoot: true, appArmorProfile: {type: Unconfined}");
        String own = HARMLESS.replace("capabilities:", "appArmorProfile: {type: RuntimeDefault}, capabilities:");

        assertThat(allowed(validate(debug(pod, "{" + HARMLESS + "}")))).isFalse();
        assertThat(allowed(validate(debug(pod, "{" + own + "}")))).isTrue();
    }

    @Test
    void debugContainerSharesTheNamespacesOfAPodFromBeforeAdoptionButNotOfAnExemptOne() {
        String pod = HARDENED.replace("{securityContext: {run", "{hostPID: true, securityContext: {run");
        ObjectNode debug = owned(debug(pod, "{" + HARMLESS + "}"));

        assertThat(allowed(ask(Path.VALIDATE, debug, DEFAULT))).isTrue();
        assertThat(allowed(ask(Path.VALIDATE, debug, policiesWith(AGENT_EXEMPTION))))
                .isFalse();
    }

    @Test
    void anotherImageInAnExemptPodIsDenied() {
        ObjectNode change =
                owned(review(object("Pod", PRIVILEGED), object("Pod", PRIVILEGED.replace("web:1", "evil:1"))));

        assertThat(allowed(ask(Path.VALIDATE, change, policiesWith(AGENT_EXEMPTION))))
                .isFalse();
        assertThat(allowed(validate(change))).as("a pod from before adoption").isTrue();
    }

    @Test
    void runtimeAnnotationAddedToARunningPodIsEvaluated() {
        ObjectNode before = object("Pod", HARDENED);
        ObjectNode weakened = object("Pod", HARDENED);
        ((ObjectNode) weakened.get("metadata"))
                .putObject("annotations")
                .put("io.katacontainers.config.hypervisor.kernel_params", "agent.debug_console");
        ObjectNode labelled = weakened.deepCopy();
        ((ObjectNode) labelled.at("/metadata/annotations")).put("example.com/note", "x");
        PolicySet sandboxed = PolicySet.of(Profile.SANDBOXED);

        JsonNode added = ask(Path.VALIDATE, review(before, weakened), sandboxed);
        JsonNode kept = ask(Path.VALIDATE, review(weakened, labelled), sandboxed);
        JsonNode removed = ask(Path.VALIDATE, review(weakened, before), sandboxed);
        JsonNode warned = validate(review(before, weakened));

        assertThat(allowed(added)).isFalse();
        assertThat(added.at("/status/message").asText())
                .contains("runtimeAnnotations")
                .doesNotContain("hostUsers");
        assertThat(allowed(kept)).isTrue();
        assertThat(allowed(removed)).isTrue();
        assertThat(allowed(warned)).isTrue();
        assertThat(warnings(warned))
                .satisfiesExactly(
                        finding -> assertThat(finding).contains("runtimeAnnotations: "),
                        page -> assertThat(page).endsWith("/runtimeAnnotations.md"));
    }

    @Test
    void labelOfARunningPodIsNeverBlocked() {
        ObjectNode after = object("Pod", PRIVILEGED);
        ((ObjectNode) after.get("metadata")).putObject("annotations").put("example.com/a", "b");

        JsonNode response = validate(review(object("Pod", PRIVILEGED), after));

        assertThat(allowed(response)).isTrue();
        assertThat(warnings(response)).isEmpty();
    }

    @Test
    void aUserNamespaceThatIsNotFilledInExcusesNothingInARunningPod() {
        PolicySet policies = Evaluations.policies(
                "{kind: LeastPrivilegePolicy, apiVersion: bulkhead.dev/v1alpha1, metadata: {name: all}, spec: {profile:"
                        + " privileged, rules: {userNamespace: {action: harden}, runAsNonRoot: {action: warn}}}}");
        JsonNode review = debug(PLAIN, "{name: dbg, image: 'dbg:1', securityContext: {runAsNonRoot: false}}");

        JsonNode response = ask(Path.VALIDATE, review, policies);

        assertThat(response.at("/auditAnnotations/violations").asText()).contains("runAsNonRoot", "dbg");
    }

    @Test
    void malformedDeploymentWithAVolumeWithoutASourceCanBeScaled() {
        String malformed = "{volumes: [{name: v}], containers: [{name: a, image: i, securityContext: x}]}";
        ObjectNode scaled = object("Deployment", malformed);
        ((ObjectNode) scaled.get("spec")).put("replicas", 7);

        assertThat(allowed(validate(review(object("Deployment", malformed), scaled))))
                .isTrue();
    }

    @Test
    void fieldsThatNoRuleReadsMayHaveAnyType() {
        PolicySet policies = Evaluations.policies(
                "{kind: LeastPrivilegePolicy, apiVersion: bulkhead.dev/v1alpha1, metadata: {name: all},"
                        + " spec: {profile: privileged, rules: {secretsInEnv: {action: deny}}}}");
        String templated = "{hostNetwork: 'yes', containers: [{name: a, image: i}]}";
        JsonNode review = review(object("Deployment", PLAIN), object("Deployment", templated));

        assertThat(allowed(ask(Path.VALIDATE, review, policies))).isTrue();
    }
}
