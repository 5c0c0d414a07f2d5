package dev.bulkhead.engine.evaluation;

import static dev.bulkhead.engine.evaluation.Evaluations.evaluate;
import static dev.bulkhead.engine.evaluation.Evaluations.leadingTo;
import static dev.bulkhead.engine.evaluation.Evaluations.policies;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.rule.Action;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExemptionTest {
    private static final String POLICY =
            "{apiVersion: bulkhead.dev/v1alpha1, kind: LeastPrivilegePolicy, metadata: {name: p}, spec: {profile: baseline}}";

    private static final String HOST_POD = """
            apiVersion: v1
            kind: Pod
            metadata: {name: p}
            spec:
              hostPID: true
              hostNetwork: true
              containers:
              - name: exporter
                volumeMounts: [{name: proc, mountPath: /host/proc}]
              volumes:
              - name: proc
                hostPath: {path: /proc}
            """;

    private static String exemption(String name, String match, String allow) {
        return "{apiVersion: bulkhead.dev/v1alpha1, kind: Exemption, metadata: {name: " + name
                + ", namespace: bulkhead-system}, spec: {reason: r, owner: o, expires: '2027-03-31T00:00:00Z', match: {namespaces: [driftwood]"
                + match + "}, allow: [" + allow + "]}}";
    }

    @Test
    void excusesExactlyTheValuesItNames() {
        PolicySet policies = policies(POLICY, exemption("pid", "", "{rule: hostNamespaces, values: [hostPID]}"));

        Verdict verdict = evaluate(HOST_POD, policies);

        assertThat(leadingTo(Action.DENY, verdict))
                .containsExactly("hostNamespaces=hostNetwork", "hostPathVolumes=/proc");
        assertThat(verdict.exemptions()).containsExactly("bulkhead-system/pid");
    }

    @Test
    void admitsWhatOneExemptionCoversWhole() {
        PolicySet policies = policies(
                POLICY,
                exemption(
                        "all",
                        "",
                        "{rule: hostNamespaces, values: [hostPID, hostNetwork]}, {rule: hostPathVolumes, values: [/proc]}"));

        assertThat(evaluate(HOST_POD, policies).outcome()).isEqualTo(Verdict.Outcome.PASSED);
    }

    @Test
    void twoExemptionsDoNotCombine() {
        PolicySet policies = policies(
                POLICY,
                exemption(
                        "pid",
                        "",
                        "{rule: hostNamespaces, values: [hostPID]}, {rule: hostPathVolumes, values: [/proc]}"),
                exemption("net", "", "{rule: hostNamespaces, values: [hostNetwork]}"));

        Verdict verdict = evaluate(HOST_POD, policies);

        assertThat(verdict.outcome()).isEqualTo(Verdict.Outcome.DENIED);
        assertThat(leadingTo(Action.DENY, verdict)).hasSize(1);
    }

    @Test
    void starExemptsTheWholeRule() {
        PolicySet policies = policies(
                POLICY,
                exemption("star", "", "{rule: hostNamespaces, values: ['*']}, {rule: hostPathVolumes, values: ['*']}"));

        assertThat(evaluate(HOST_POD, policies).outcome()).isEqualTo(Verdict.Outcome.PASSED);
    }

    @Test
    void excusesNothingFromItsExpiryOn() {
        PolicySet policies = policies(
                POLICY,
                exemption("star", "", "{rule: hostNamespaces, values: ['*']}, {rule: hostPathVolumes, values: ['*']}"));
        Instant expiry = Instant.parse("2027-03-31T00:00:00Z");
        Namespace driftwood = Namespace.named("driftwood");

        assertThat(evaluate(HOST_POD, policies, driftwood, expiry.minusMillis(1), Optional.empty())
                        .outcome())
                .isEqualTo(Verdict.Outcome.PASSED);
        assertThat(evaluate(HOST_POD, policies, driftwood, expiry, Optional.empty())
                        .outcome())
                .isEqualTo(Verdict.Outcome.DENIED);
    }

    @Test
    void excusesNothingInOtherNamespaces() {
        PolicySet policies = policies(POLICY, exemption("star", "", "{rule: hostNamespaces, values: ['*']}"));

        Verdict verdict = evaluate(HOST_POD, policies, Namespace.named("elsewhere"), Evaluations.NOW, Optional.empty());

        assertThat(verdict.exemptions()).isEmpty();
    }

    @Test
    void namesTheContainersThatItIsFor() {
        String pod = """
                apiVersion: v1
                kind: Pod
                metadata: {name: p}
                spec:
                  containers:
                  - {name: exporter, securityContext: {privileged: true}}
                  - {name: web, securityContext: {privileged: true}}
                """;
        PolicySet policies =
                policies(POLICY, exemption("e", ", containers: [exporter]", "{rule: privileged, values: ['true']}"));

        Verdict verdict = evaluate(pod, policies);

        assertThat(verdict.leadingTo(Action.DENY))
                .singleElement()
                .satisfies(
                        evaluated -> assertThat(evaluated.finding().message()).contains("\"web\""));
    }

    @Test
    void volumeIsExcusedOnlyWhereNoOtherContainerMountsIt() {
        String shared = HOST_POD.replace(
                "  volumes:", "  - name: web\n    volumeMounts: [{name: proc, mountPath: /p}]\n  volumes:");
        PolicySet policies = policies(
                POLICY, exemption("e", ", containers: [exporter]", "{rule: hostPathVolumes, values: [/proc]}"));

        assertThat(leadingTo(Action.DENY, evaluate(HOST_POD, policies))).doesNotContain("hostPathVolumes=/proc");
        assertThat(leadingTo(Action.DENY, evaluate(shared, policies))).contains("hostPathVolumes=/proc");
    }

    @Test
    void podOfAnExemptedControllerCountsOnlyWhenTheControllerAsks() {
        String owned = HOST_POD.replace(
                "metadata: {name: p}",
                "metadata: {name: p-x7k2p, ownerReferences: [{apiVersion: apps/v1, kind: DaemonSet, name: node-exporter, controller: true, uid: u}]}");
        PolicySet policies = policies(
                POLICY,
                exemption(
                        "e",
                        ", workloads: [{kind: DaemonSet, name: node-exporter}]",
                        "{rule: hostNamespaces, values: ['*']}, {rule: hostPathVolumes, values: ['*']}"));
        Namespace driftwood = Namespace.named("driftwood");

        assertThat(evaluate(
                                owned,
                                policies,
                                driftwood,
                                Evaluations.NOW,
                                Optional.of("system:serviceaccount:kube-system:daemon-set-controller"))
                        .outcome())
                .isEqualTo(Verdict.Outcome.PASSED);
        assertThat(evaluate(owned, policies, driftwood, Evaluations.NOW, Optional.of("mallory"))
                        .outcome())
                .isEqualTo(Verdict.Outcome.DENIED);
    }

    @Test
    void podOfADeploymentGoesByItsName() {
        String owned = HOST_POD.replace(
                "metadata: {name: p}",
                "metadata: {name: web-6d4cf56db6-abcde, labels: {pod-template-hash: 6d4cf56db6}, ownerReferences: [{kind: ReplicaSet, name: web-6d4cf56db6, controller: true}]}");
        PolicySet policies = policies(
                POLICY,
                exemption(
                        "e",
                        ", workloads: [{kind: Deployment, name: web}]",
                        "{rule: hostNamespaces, values: ['*']}, {rule: hostPathVolumes, values: ['*']}"));

        assertThat(evaluate(
                                owned,
                                policies,
                                Namespace.named("driftwood"),
                                Evaluations.NOW,
                                Optional.of("system:serviceaccount:kube-system:replicaset-controller"))
                        .outcome())
                .isEqualTo(Verdict.Outcome.PASSED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{generateName: p}", "{generateName: p, name: p7x2q}", "{generateName: p, name: ''}"})
    void generateNameIsNeverExempt(String metadata) {
        PolicySet policies = policies(
                POLICY,
                exemption(
                        "e",
                        ", workloads: [{kind: Pod, name: p}]",
                        "{rule: hostNamespaces, values: ['*']}, {rule: hostPathVolumes, values: ['*']}"));

        assertThat(evaluate(HOST_POD, policies).outcome()).isEqualTo(Verdict.Outcome.PASSED);
        assertThat(evaluate(HOST_POD.replace("{name: p}", metadata), policies).outcome())
                .isEqualTo(Verdict.Outcome.DENIED);
    }

    @Test
    void hardeningLeavesExcusedContainersAsTheyAre() {
        String pod =
                "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: legacy}, {name: web}]}}";
        String policy =
                "{apiVersion: bulkhead.dev/v1alpha1, kind: LeastPrivilegePolicy, metadata: {name: p}, spec: {}}";
        PolicySet policies = policies(
                policy,
                exemption(
                        "e",
                        ", containers: [legacy]",
                        "{rule: runAsNonRoot, values: ['false']}, {rule: readOnlyRootFilesystem, values: ['false']}"));

        var hardened = evaluate(pod, policies).patch().applyTo(dev.bulkhead.Yaml.tree(pod));

        assertThat(hardened.at("/spec/securityContext/runAsNonRoot").isMissingNode())
                .isTrue();
        assertThat(hardened.at("/spec/containers/0/securityContext/runAsNonRoot")
                        .isMissingNode())
                .isTrue();
        assertThat(hardened.at("/spec/containers/0/securityContext/readOnlyRootFilesystem")
                        .isMissingNode())
                .isTrue();
        assertThat(hardened.at("/spec/containers/1/securityContext/runAsNonRoot")
                        .booleanValue())
                .isTrue();
        assertThat(hardened.at("/spec/containers/1/securityContext/readOnlyRootFilesystem")
                        .booleanValue())
                .isTrue();
    }
}
