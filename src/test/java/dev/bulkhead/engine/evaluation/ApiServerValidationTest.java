package dev.bulkhead.engine.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.Yaml;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import io.fabric8.zjsonpatch.JsonPatch;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The combinations that the API server refuses; hardening must not make one. */
class ApiServerValidationTest {
    private static String pod(String spec) {
        return "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {" + spec + "}}";
    }

    private static Verdict evaluate(String pod, Profile profile) {
        return Evaluations.evaluate(pod, PolicySet.of(profile));
    }

    private static JsonNode hardened(String pod, Profile profile) {
        return JsonPatch.apply(evaluate(pod, profile).patch().toJson(), Yaml.tree(pod));
    }

    private static JsonNode container(JsonNode pod) {
        return pod.at("/spec/containers/0/securityContext");
    }

    /** The finding stays, is denied, and says why nothing was filled in. */
    private static void assertLeft(String pod, Profile profile, String rule, String reason) {
        assertThat(evaluate(pod, profile).leadingTo(Action.DENY)).anySatisfy(evaluated -> {
            assertThat(evaluated.finding().rule().id()).isEqualTo(rule);
            assertThat(evaluated.notHardenedReason())
                    .hasValueSatisfying(
                            notHardenedReason -> assertThat(notHardenedReason).contains(reason));
        });
    }

    @Test
    void noFalseAllowPrivilegeEscalationInAPrivilegedContainer() {
        String pod = pod("containers: [{name: a, securityContext: {privileged: true}}]");

        assertThat(container(hardened(pod, Profile.LEAST_PRIVILEGE)).has("allowPrivilegeEscalation"))
                .isFalse();
        assertLeft(pod, Profile.LEAST_PRIVILEGE, "allowPrivilegeEscalation", "privileged");
    }

    @Test
    void noFalseAllowPrivilegeEscalationBesideCapSysAdmin() {
        String refused = pod("containers: [{name: a, securityContext: {capabilities: {add: [CAP_SYS_ADMIN]}}}]");
        String accepted = pod("containers: [{name: a, securityContext: {capabilities: {add: [SYS_ADMIN]}}}]");

        assertThat(container(hardened(refused, Profile.LEAST_PRIVILEGE)).has("allowPrivilegeEscalation"))
                .isFalse();
        assertLeft(refused, Profile.LEAST_PRIVILEGE, "allowPrivilegeEscalation", "CAP_SYS_ADMIN");
        assertThat(container(hardened(accepted, Profile.LEAST_PRIVILEGE))
                        .path("allowPrivilegeEscalation")
                        .isBoolean())
                .isTrue();
    }

    @Test
    void neverFillsInProcMount() {
        JsonNode pod = hardened(pod("containers: [{name: a}]"), Profile.SANDBOXED);

        assertThat(container(pod).has("procMount")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"hostNetwork: true", "hostPID: true", "hostIPC: true"})
    void noUserNamespaceBesideAHostNamespace(String host) {
        String pod = pod(host + ", runtimeClassName: crun, containers: [{name: a}]");

        assertThat(hardened(pod, Profile.SANDBOXED).at("/spec/hostUsers").isMissingNode())
                .isTrue();
        assertThat(evaluate(pod, Profile.SANDBOXED).leadingTo(Action.DENY))
                .anyMatch(evaluated -> evaluated.finding().rule().id().equals("userNamespace")
                        && evaluated.notHardenedReason().isPresent());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "containers: [{name: a, volumeDevices: [{name: v, devicePath: /dev/x}]}]",
                "containers: [{name: a}], volumes: [{name: v, nfs: {server: s, path: /}}]"
            })
    void noUserNamespaceWhereVolumesDoNotWorkInIt(String spec) {
        assertThat(hardened(pod("runtimeClassName: crun, " + spec), Profile.SANDBOXED)
                        .at("/spec/hostUsers")
                        .isMissingNode())
                .isTrue();
    }

    @Test
    void nothingButRunAsNonRootOnWindows() {
        String pod = pod("os: {name: windows}, containers: [{name: a}]");
        JsonNode hardened = hardened(pod, Profile.SANDBOXED);

        assertThat(ApiServerRules.brokenBy(hardened)).isEmpty();
        assertThat(hardened.at("/spec/securityContext").toString()).isEqualTo("{\"runAsNonRoot\":true}");
        assertThat(hardened.at("/spec/containers/0").toString()).isEqualTo("{\"name\":\"a\"}");
    }

    @Test
    void hostProcessPodsAreLeftAlone() {
        String pod = pod(
                "os: {name: windows}, hostNetwork: true, "
                        + "securityContext: {runAsNonRoot: false, windowsOptions: {hostProcess: true}}, containers: [{name: a}]");

        assertThat(hardened(pod, Profile.LEAST_PRIVILEGE)
                        .at("/spec/containers/0")
                        .has("securityContext"))
                .isTrue();
        assertThat(ApiServerRules.brokenBy(hardened(pod, Profile.LEAST_PRIVILEGE)))
                .isEmpty();
    }

    @Test
    void portsStayAsTheyAre() {
        String pod = pod("hostNetwork: true, containers: [{name: a, ports: [{containerPort: 80, hostPort: 80}]}]");

        assertThat(hardened(pod, Profile.SANDBOXED).at("/spec/containers/0/ports"))
                .isEqualTo(Yaml.tree(pod).at("/spec/containers/0/ports"));
    }

    @Test
    void neverFillsInSharedProcessNamespaceOrSysctls() {
        JsonNode pod = hardened(pod("hostPID: true, hostNetwork: true, containers: [{name: a}]"), Profile.SANDBOXED);

        assertThat(pod.at("/spec/shareProcessNamespace").isMissingNode()).isTrue();
        assertThat(pod.at("/spec/securityContext/sysctls").isMissingNode()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "runtime/default | {\"type\":\"RuntimeDefault\"}",
                "docker/default | {\"type\":\"RuntimeDefault\"}",
                "localhost/my.json | {\"type\":\"Localhost\",\"localhostProfile\":\"my.json\"}"
            })
    void seccompFieldSaysWhatTheAnnotationSays(String annotation, String profile) {
        String pod = "{apiVersion: v1, kind: Pod, metadata: {name: p, annotations: "
                + "{seccomp.security.alpha.kubernetes.io/pod: " + annotation + "}}, spec: {containers: [{name: a}]}}";

        assertThat(hardened(pod, Profile.LEAST_PRIVILEGE)
                        .at("/spec/securityContext/seccompProfile")
                        .toString())
                .isEqualTo(profile);
    }

    @Test
    void seccompAnnotationOfOneContainerIsItsOwn() {
        String pod = "{apiVersion: v1, kind: Pod, metadata: {name: p, annotations: "
                + "{container.seccomp.security.alpha.kubernetes.io/a: localhost/a.json}}, "
                + "spec: {containers: [{name: a}, {name: b}]}}";
        JsonNode hardened = hardened(pod, Profile.LEAST_PRIVILEGE);

        assertThat(hardened.at("/spec/containers/0/securityContext/seccompProfile/localhostProfile")
                        .asText())
                .isEqualTo("a.json");
        assertThat(hardened.at("/spec/containers/1/securityContext/seccompProfile/type")
                        .asText())
                .isEqualTo("RuntimeDefault");
        assertThat(hardened.at("/spec/securityContext/seccompProfile").isMissingNode())
                .isTrue();
    }

    @Test
    void seccompAnnotationThatIsNotAllowedIsLeftAndDenied() {
        String pod = "{apiVersion: v1, kind: Pod, metadata: {name: p, annotations: "
                + "{seccomp.security.alpha.kubernetes.io/pod: unconfined}}, spec: {containers: [{name: a}]}}";

        assertThat(ApiServerRules.brokenBy(hardened(pod, Profile.LEAST_PRIVILEGE)))
                .isEmpty();
        assertLeft(pod, Profile.LEAST_PRIVILEGE, "seccompProfile_restricted", "annotation");
    }

    @Test
    void scratchAvoidsNamesAndPathsThatExist() {
        String pod =
                "{apiVersion: v1, kind: Pod, metadata: {name: p, annotations: {bulkhead.dev/scratch: '/run,/var/cache/nginx'}}, "
                        + "spec: {containers: [{name: a, volumeMounts: [{name: bulkhead-scratch-0, mountPath: /tmp/}, {name: x, mountPath: /var/cache}]}], "
                        + "volumes: [{name: bulkhead-scratch-0, emptyDir: {}}, {name: x, configMap: {name: c}}]}}";
        JsonNode hardened = hardened(pod, Profile.LEAST_PRIVILEGE);

        assertThat(ApiServerRules.brokenBy(hardened)).isEmpty();
        assertThat(hardened.at("/spec/containers/0/volumeMounts")).hasSize(3);
        assertThat(hardened.at("/spec/containers/0/volumeMounts/2/mountPath").asText())
                .isEqualTo("/run");
        assertThat(hardened.at("/spec/volumes")).hasSize(3);
    }

    @Test
    void sandboxIsOneThatTheClusterHas() {
        String pod = pod("containers: [{name: a}]");

        assertThat(sandboxOn(pod, Optional.of(Set.of("kata", "runc")))).isEqualTo("kata");
        assertThat(sandboxOn(pod, Optional.of(Set.of("runc")))).isEmpty();
        assertThat(sandboxOn(pod, Optional.empty())).isEqualTo("gvisor");
    }

    private static String sandboxOn(String pod, Optional<Set<String>> classes) {
        ClusterCapabilities cluster = new ClusterCapabilities(ClusterCapabilities.NEWEST_MINOR, classes);
        return new WorkloadEvaluation(PolicySet.of(Profile.SANDBOXED), cluster, Evaluations.NOW)
                .asItArrives(Evaluations.workload(pod), Namespace.named("n"), Optional.empty())
                .verdict()
                .patch()
                .applyTo(Yaml.tree(pod))
                .at("/spec/runtimeClassName")
                .asText();
    }

    @Test
    void userOfTheNamespaceIsAlwaysTheSameAndWithinItsRange() {
        PolicySet policies = Evaluations.policies(
                "{apiVersion: bulkhead.dev/v1alpha1, kind: LeastPrivilegePolicy, metadata: {name: p}, spec: {user: {perNamespace: {first: 100000, last: 100099}}}}");
        String pod = pod("containers: [{name: a}]");

        JsonNode once = Evaluations.evaluate(pod, policies).patch().applyTo(Yaml.tree(pod));
        JsonNode again = Evaluations.evaluate(pod, policies).patch().applyTo(Yaml.tree(pod));

        assertThat(once).isEqualTo(again);
        assertThat(once.at("/spec/securityContext/runAsUser").longValue()).isBetween(100_000L, 100_099L);
    }

    @Test
    void imageUserDoesNotMatterWhereThePolicySetsOne() {
        PolicySet policies = Evaluations.policies(
                "{apiVersion: bulkhead.dev/v1alpha1, kind: LeastPrivilegePolicy, metadata: {name: p}, spec: {user: {id: 10001}}}");
        String pod = pod("containers: [{name: a}]");

        assertThat(Evaluations.evaluate(pod, policies).notes())
                .noneSatisfy(note -> assertThat(note.message()).contains("numeric user"));
        assertThat(evaluate(pod, Profile.LEAST_PRIVILEGE).notes())
                .anySatisfy(note -> assertThat(note.message()).contains("numeric user"));
    }
}
