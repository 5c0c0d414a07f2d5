package dev.bulkhead.engine.proposal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.bulkhead.Yaml;
import dev.bulkhead.engine.evaluation.Evaluations;
import dev.bulkhead.engine.policy.Exemption;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.proposal.Proposal.Denial;
import dev.bulkhead.engine.proposal.Proposal.Proposed;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ExemptionProposerTest {
    private static final String EXPORTER = """
            apiVersion: apps/v1
            kind: DaemonSet
            metadata: {name: node-exporter}
            spec:
              template:
                spec:
                  hostPID: true
                  hostNetwork: true
                  containers:
                  - name: exporter
                    image: a
                    ports: [{hostPort: 9100, containerPort: 9100}]
                    securityContext: {privileged: true}
                    volumeMounts: [{name: proc, mountPath: /host/proc}, {name: sys, mountPath: /host/sys}]
                  volumes:
                  - {name: proc, hostPath: {path: /proc}}
                  - {name: sys, hostPath: {path: /sys}}
            """;

    private static List<Proposal> propose(PolicySet policies, String... manifests) {
        return new ExemptionProposer(
                        policies,
                        Evaluations.CLUSTER,
                        Evaluations.NOW,
                        Evaluations.NOW.plus(Duration.ofDays(90)),
                        "bulkhead-system")
                .propose(Arrays.stream(manifests)
                        .map(ExemptionProposerTest::denied)
                        .toList());
    }

    private static DeniedWorkload denied(String manifest) {
        var object = Yaml.tree(manifest);
        Namespace namespace = Namespace.named("monitoring");
        return new DeniedWorkload(
                new DeniedWorkload.Id(
                        namespace.name(),
                        object.get("kind").asText(),
                        object.at("/metadata/name").asText()),
                List.of(with -> with.asManifest(
                        WorkloadKinds.builtIn().find(Yaml.tree(manifest)).orElseThrow(), namespace)));
    }

    private static Exemption only(List<Proposal> proposals) {
        assertThat(proposals).hasSize(1);
        assertThat(proposals.get(0).exemptions()).hasSize(1);
        return proposals.get(0).exemptions().get(0).exemption();
    }

    @Test
    void oneExemptionIsForAllFindingsOfADaemonSet() {
        List<Proposal> proposals = propose(PolicySet.of(Profile.BASELINE), EXPORTER);

        Exemption exemption = only(proposals);
        assertThat(exemption.name()).isEqualTo("bulkhead-system/monitoring.daemonset.node-exporter");
        assertThat(exemption.match())
                .isEqualTo(new Exemption.Match(
                        Set.of("monitoring"),
                        Set.of(new Exemption.Owner("DaemonSet", "node-exporter")),
                        Set.of("exporter")));
        assertThat(exemption.allow())
                .isEqualTo(Map.of(
                        "hostNamespaces", Set.of("hostPID", "hostNetwork"),
                        "hostPathVolumes", Set.of("/proc", "/sys"),
                        "hostPorts", Set.of("9100"),
                        "privileged", Set.of("true")));
        assertThat(proposals.get(0).exemptions().get(0).excuses())
                .containsExactlyInAnyOrderElementsOf(proposals.get(0).denials())
                .extracting(Denial::ruleId)
                .contains("hostNamespaces", "hostPathVolumes", "hostPorts", "privileged");
    }

    @Test
    void containersAreNotNamedWhereOnlyThePodIsConcerned() {
        Exemption exemption = only(propose(PolicySet.of(Profile.BASELINE), """
                apiVersion: v1
                kind: Pod
                metadata: {name: p}
                spec: {hostPID: true, containers: [{name: a, image: a}, {name: b, image: b}]}
                """));

        assertThat(exemption.match().containers()).isEmpty();
        assertThat(exemption.allow()).isEqualTo(Map.of("hostNamespaces", Set.of("hostPID")));
    }

    @Test
    void noContainerIsGrantedWhatAnotherOneNeeds() {
        List<Proposal> proposals = propose(PolicySet.of(Profile.BASELINE), """
                apiVersion: v1
                kind: Pod
                metadata: {name: p}
                spec:
                  containers:
                  - {name: a, image: a, securityContext: {privileged: true}}
                  - {name: b, image: b, ports: [{hostPort: 80}]}
                  - {name: c, image: c, securityContext: {privileged: true}}
                """);

        assertThat(proposals.get(0).exemptions())
                .extracting(
                        Proposed::name,
                        one -> one.exemption().match().containers(),
                        one -> one.exemption().allow())
                .containsExactlyInAnyOrder(
                        tuple("monitoring.pod.p.a.c", Set.of("a", "c"), Map.of("privileged", Set.of("true"))),
                        tuple("monitoring.pod.p.b", Set.of("b"), Map.of("hostPorts", Set.of("80"))));
    }

    @Test
    void onlyDenialsAreExempted() {
        assertThat(propose(PolicySet.of(Profile.LEAST_PRIVILEGE), """
                apiVersion: v1
                kind: Pod
                metadata: {name: p}
                spec: {containers: [{name: a, image: a}]}
                """)).isEmpty();
    }

    /** Two exemptions do not add up, and another name than the existing one's leaves that as it is. */
    @Test
    void coversWhatAnExistingExemptionCoversInPart() {
        String existing =
                "{apiVersion: bulkhead.dev/v1alpha1, kind: Exemption, metadata: {name: monitoring.daemonset.node-exporter,"
                        + " namespace: bulkhead-system}, spec: {reason: r, owner: o, expires: 2027-01-01T00:00:00Z,"
                        + " match: {namespaces: [monitoring]}, allow: [{rule: hostNamespaces, values: [hostPID]},"
                        + " {rule: privileged, values: ['true']}]}}";
        PolicySet policies = PolicySet.of(Profile.BASELINE)
                .with(Evaluations.policies(existing).exemptions());

        Exemption exemption = only(propose(policies, EXPORTER));

        assertThat(exemption.allow())
                .isEqualTo(Map.of(
                        "hostNamespaces", Set.of("hostPID", "hostNetwork"),
                        "hostPathVolumes", Set.of("/proc", "/sys"),
                        "hostPorts", Set.of("9100")));
        assertThat(exemption.name()).matches("bulkhead-system/monitoring\\.daemonset\\.node-exporter-[0-9a-f]{8}");
    }

    @Test
    void saysForWhatNoExemptionCanBe() {
        String unnamed = """
                apiVersion: v1
                kind: Pod
                metadata: {generateName: p-}
                spec: {hostPID: true, containers: [{name: a, image: a}]}
                """;
        PolicySet policies = PolicySet.of(Profile.BASELINE);

        Proposal proposal = propose(policies, unnamed).get(0);
        assertThat(proposal.exemptions()).isEmpty();
        assertThat(proposal.objection().orElseThrow()).contains("generateName");
        assertThat(proposal.denials()).extracting(Denial::ruleId).containsExactly("hostNamespaces");

        assertThat(propose(policies, unnamed.replace("generateName: p-", "name: P"))
                        .get(0)
                        .objection()
                        .orElseThrow())
                .startsWith("\"P\" is not the name of a workload");
        assertThat(propose(
                                policies,
                                unnamed.replace("generateName: p-", "name: p").replace("name: a", "name: A"))
                        .get(0)
                        .objection()
                        .orElseThrow())
                .startsWith("\"A\" is not the name of a container");
    }

    @Test
    void valueThatStandsForAllIsNotNamed() {
        Proposal proposal = propose(PolicySet.of(Profile.BASELINE), """
                        apiVersion: v1
                        kind: Pod
                        metadata: {name: p}
                        spec: {containers: [{name: a, image: a, securityContext: {capabilities: {add: ['*']}}}]}
                        """).get(0);

        assertThat(proposal.exemptions()).isEmpty();
        assertThat(proposal.objection().orElseThrow()).contains("it stands for every value");
    }

    @Test
    void namesAreTheSameInEachRunAndNeverUsedTwice() {
        String dotted = EXPORTER.replace("name: node-exporter", "name: p.a");
        String two = """
                apiVersion: v1
                kind: Pod
                metadata: {name: NAME}
                spec:
                  containers:
                  - {name: a, image: a, securityContext: {privileged: true}}
                  - {name: b, image: b, ports: [{hostPort: 80}]}
                """;
        PolicySet policies = PolicySet.of(Profile.BASELINE);
        String[] manifests = {
            two.replace("NAME", "p.a"),
            two.replace("NAME", "p"),
            dotted,
            two.replace("NAME", "l" + "o".repeat(248) + "ng"),
            two.replace("NAME", "l" + "o".repeat(247) + "ng")
        };

        List<String> names = names(propose(policies, manifests));

        assertThat(names)
                .doesNotHaveDuplicates()
                .hasSize(9)
                .allSatisfy(name -> assertThat(name)
                        .hasSizeLessThanOrEqualTo(253)
                        .matches("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"));
        assertThat(names(propose(policies, manifests))).isEqualTo(names);
    }

    private static List<String> names(List<Proposal> proposals) {
        return proposals.stream()
                .flatMap(proposal -> proposal.exemptions().stream())
                .map(Proposed::name)
                .toList();
    }

    @Test
    void endIsNinetyDaysAheadAtMost() {
        Instant now = Instant.parse("2026-11-24T12:00:00.5Z");

        assertThat(ExemptionProposer.expiry(now, Duration.ofDays(365))).isEqualTo("2027-02-22T00:00:00Z");
        assertThat(ExemptionProposer.expiry(now, Duration.ofDays(30))).isEqualTo("2026-12-24T00:00:00Z");
        assertThat(ExemptionProposer.expiry(now, Duration.ofHours(2))).isEqualTo("2026-11-24T14:00:00Z");
    }
}
