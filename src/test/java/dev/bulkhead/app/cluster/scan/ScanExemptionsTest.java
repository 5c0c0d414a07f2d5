package dev.bulkhead.app.cluster.scan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.Yaml;
import dev.bulkhead.engine.evaluation.Evaluations;
import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.policy.Exemption;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.proposal.ExemptionProposer;
import dev.bulkhead.engine.proposal.Proposal;
import dev.bulkhead.engine.proposal.Proposal.Proposed;
import dev.bulkhead.engine.workload.KubernetesKind;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is proposed from a scan has exactly what runs admitted, as it is. */
class ScanExemptionsTest {
    private static final PolicySet POLICIES = PolicySet.of(Profile.BASELINE);

    private final Inventory inventory = Inventory.unbounded();
    private final ScanEvaluation evaluation = new ScanEvaluation(WorkloadKinds.builtIn());

    private void put(KubernetesKind kind, String yaml) {
        inventory.put(ScannedKind.of(kind), Yaml.tree(yaml).deepCopy());
    }

    private void deployment(String name) {
        put(KubernetesKind.DEPLOYMENT, """
                metadata: {name: %1$s, namespace: shop, uid: %1$s}
                spec:
                  template:
                    spec:
                      hostPID: true
                      containers: [{name: app, image: a, ports: [{hostPort: 80}]}]
                """.formatted(name));
        put(KubernetesKind.REPLICA_SET, """
                metadata:
                  name: %1$s-5d4
                  namespace: shop
                  uid: %1$s-5d4
                  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: %1$s, uid: %1$s, controller: true}]
                spec: {template: {spec: {containers: [{name: app, image: a}]}}}
                """.formatted(name));
        pod("ReplicaSet", name + "-5d4");
    }

    /** A pod into which a container is injected. */
    private void pod(String kind, String owner) {
        put(KubernetesKind.POD, """
                metadata:
                  name: %1$s-x7k2p
                  namespace: shop
                  uid: p-%1$s
                  labels: {pod-template-hash: 5d4}
                  ownerReferences: [{apiVersion: apps/v1, kind: %2$s, name: %1$s, uid: %1$s, controller: true}]
                spec:
                  hostPID: true
                  containers:
                  - {name: app, image: a, ports: [{hostPort: 80}]}
                  - {name: proxy, image: p, securityContext: {capabilities: {add: [NET_ADMIN]}}}
                """.formatted(owner, kind));
    }

    private ScanEvaluation.Result scan(PolicySet policies) {
        evaluation.forget();
        return evaluation.evaluate(
                inventory, new WorkloadEvaluation(policies, Evaluations.CLUSTER, Evaluations.NOW), Namespace::named);
    }

    private List<Proposal> propose() {
        return new ExemptionProposer(
                        POLICIES,
                        Evaluations.CLUSTER,
                        Evaluations.NOW,
                        Evaluations.NOW.plus(Duration.ofDays(90)),
                        "bulkhead-system")
                .propose(evaluation.denied(inventory, scan(POLICIES), Namespace::named));
    }

    private static List<String> denied(ScanEvaluation.Result result) {
        return result.workloads().stream()
                .filter(workload -> workload.report().verdict() == Outcome.DENIED)
                .map(workload -> workload.id().kind() + " " + workload.id().name())
                .toList();
    }

    @Test
    void exemptionsAreForTheDeploymentAndWhatIsInjectedIntoItsPods() {
        deployment("web");

        List<Proposal> proposals = propose();
        List<Exemption> exemptions =
                proposals.get(0).exemptions().stream().map(Proposed::exemption).toList();

        assertThat(proposals).hasSize(1);
        assertThat(exemptions)
                .allSatisfy(exemption -> assertThat(exemption.match().workloads())
                        .containsExactly(new Exemption.Owner("Deployment", "web")));
        assertThat(exemptions)
                .extracting(Exemption::allow)
                .containsExactlyInAnyOrder(
                        Map.of("hostPorts", Set.of("80")),
                        Map.of("capabilities_baseline", Set.of("NET_ADMIN")),
                        Map.of("hostNamespaces", Set.of("hostPID")));
        assertThat(denied(scan(POLICIES.with(exemptions)))).isEmpty();

        deployment("other");
        assertThat(denied(scan(POLICIES.with(exemptions)))).containsExactly("Deployment other");
    }

    @Test
    void nothingIsProposedForPodsOfWhichNoExemptionKnowsWhoseTheyAre() {
        pod("Rollout", "web");
        pod("Node", "worker");

        assertThat(propose()).hasSize(2).allSatisfy(proposal -> {
            assertThat(proposal.exemptions()).isEmpty();
            assertThat(proposal.objection().orElseThrow()).startsWith("an exemption cannot be for workloads of kind ");
        });
    }

    @Test
    void whatIsAdmittedNeedsNoExemption() {
        put(KubernetesKind.POD, """
                metadata: {name: p, namespace: shop, uid: p}
                spec: {containers: [{name: app, image: a}]}
                """);

        assertThat(propose()).isEmpty();
    }
}
