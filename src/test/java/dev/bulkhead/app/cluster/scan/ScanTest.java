package dev.bulkhead.app.cluster.scan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.MovingClock;
import dev.bulkhead.Yaml;
import dev.bulkhead.app.cluster.scan.access.AccessInventory;
import dev.bulkhead.app.cluster.scan.access.AccessKind;
import dev.bulkhead.app.cluster.scan.observation.PodSummary;
import dev.bulkhead.app.cluster.watch.ClusterState;
import dev.bulkhead.app.cluster.watch.PolicySnapshot;
import dev.bulkhead.app.server.LogListener;
import dev.bulkhead.engine.evaluation.Evaluations;
import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.engine.image.ImageKnowledge;
import dev.bulkhead.engine.image.ImageUser;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.NamespaceLookup;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.reach.Escape;
import dev.bulkhead.engine.reach.Neighbours;
import dev.bulkhead.engine.reach.Reach;
import dev.bulkhead.engine.reach.Reached;
import dev.bulkhead.engine.report.ReportedFinding;
import dev.bulkhead.engine.report.ReportedWorkload;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.KubernetesKind;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ScanTest {
    private static final String DEPLOYMENT = """
            metadata: {name: web, namespace: shop, uid: d}
            spec: {template: {spec: {containers: [{name: web, image: nginxinc/nginx-unprivileged}]}}}
            """;

    private static final String POD = """
            metadata:
              name: web-1-abc
              namespace: shop
              uid: p
              ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: d, controller: true}]
            spec:
              containers:
              - {name: web, image: nginxinc/nginx-unprivileged}
              - {name: proxy, image: nginxinc/nginx-unprivileged, securityContext: {privileged: true}}
            """;

    private final Inventory inventory = Inventory.unbounded();
    private final MovingClock clock = new MovingClock(Evaluations.NOW);
    private PolicySet policies = PolicySet.of(Profile.LEAST_PRIVILEGE);
    private PolicySnapshot snapshot = new PolicySnapshot(policies, List.of(), List.of());
    private ClusterCapabilities cluster = Evaluations.CLUSTER;
    private Map<String, Namespace> namespaces = Map.of("shop", Namespace.named("shop"));

    private final AccessInventory access = AccessInventory.bounded();

    private final Scan scan = new Scan(
            inventory,
            new ClusterState() {
                @Override
                public PolicySnapshot declarations() {
                    return snapshot;
                }

                @Override
                public List<Namespace> knownNamespaces() {
                    return List.copyOf(namespaces.values());
                }

                @Override
                public ClusterCapabilities cluster() {
                    return cluster;
                }
            },
            (NamespaceLookup) (name, mayAsk) -> Optional.ofNullable(namespaces.get(name)),
            WorkloadKinds.builtIn(),
            access::table,
            Set.of("kube-system", "tools"),
            clock);

    private void put(KubernetesKind kind, String yaml) {
        inventory.put(ScannedKind.of(kind), Yaml.tree(yaml).deepCopy());
    }

    private void inForce(PolicySet after) {
        policies = after;
        snapshot = new PolicySnapshot(after, List.of(), List.of());
    }

    private ScannedWorkload only() {
        scan.run();
        List<ScannedWorkload> workloads = scan.last().orElseThrow().workloads();
        assertThat(workloads).hasSize(1);
        return workloads.get(0);
    }

    @Test
    void deploymentIsReportedUnderItsOwnNameWithPathsIntoIt() {
        put(KubernetesKind.DEPLOYMENT, DEPLOYMENT);

        ReportedWorkload report = only().report();

        assertThat(report.kind() + " " + report.namespace() + "/" + report.name())
                .isEqualTo("Deployment shop/web");
        assertThat(report.verdict()).isEqualTo(Outcome.HARDENED);
        assertThat(report.findings())
                .extracting(ReportedFinding::path)
                .allMatch(path -> path.startsWith("/spec/template/"));
    }

    @Test
    void containerThatIsInjectedIntoPodsIsReportedWithTheirDeployment() {
        put(KubernetesKind.DEPLOYMENT, DEPLOYMENT);
        put(KubernetesKind.POD, POD);

        ScannedWorkload workload = only();

        assertThat(workload.id().kind()).isEqualTo("Deployment");
        assertThat(workload.pods()).isEqualTo(1);
        assertThat(workload.report().verdict()).isEqualTo(Outcome.DENIED);
        assertThat(workload.report().leadingTo(Action.DENY))
                .extracting(finding -> finding.container().orElse(""))
                .containsOnly("proxy");
        assertThat(workload.report().findings().stream()
                        .filter(finding -> finding.container().orElse("").equals("web"))
                        .filter(finding -> finding.rule().id().equals("runAsNonRoot")))
                .as("what both have is reported once")
                .hasSize(1);
    }

    @Test
    void whatHasNotChangedIsNotEvaluatedAgain() {
        put(KubernetesKind.DEPLOYMENT, DEPLOYMENT);
        ScannedWorkload before = only();
        put(
                KubernetesKind.DEPLOYMENT,
                DEPLOYMENT.replace("name: web", "name: other").replace("uid: d", "uid: e"));
        scan.run();

        assertThat(scan.last().orElseThrow().workloads())
                .hasSize(2)
                .anySatisfy(workload -> assertThat(workload).isSameAs(before));
    }

    @Test
    void howPodsAreIsFollowedWithoutAnotherEvaluation() {
        put(KubernetesKind.DEPLOYMENT, DEPLOYMENT);
        put(KubernetesKind.POD, POD);
        ScannedWorkload before = only();

        put(KubernetesKind.POD, POD + """
                status: {phase: Running, containerStatuses: [
                  {name: web, restartCount: 3, state: {waiting: {reason: CrashLoopBackOff}}}]}
                """);
        ScannedWorkload after = only();

        assertThat(before.podStates()).isEqualTo(new PodSummary(0, 0, 1, 0, 0, 0));
        assertThat(after.podStates()).isEqualTo(new PodSummary(0, 0, 0, 1, 3, 0));
        assertThat(after.report()).isSameAs(before.report());
    }

    @Test
    void labelsAreThoseOfWhatAPersonEdits() {
        put(KubernetesKind.POD, POD.replace("uid: p", "uid: p\n  labels: {team: pods}"));
        assertThat(only().labels()).as("the owner is not known").containsOnly(Map.entry("team", "pods"));

        put(KubernetesKind.DEPLOYMENT, DEPLOYMENT.replace("uid: d", "uid: d, labels: {team: web}"));
        assertThat(only().labels()).containsOnly(Map.entry("team", "web"));
    }

    @Test
    void aPolicyThatChangesHasEverythingEvaluatedAgain() {
        put(KubernetesKind.DEPLOYMENT, DEPLOYMENT);
        assertThat(only().report().verdict()).isEqualTo(Outcome.HARDENED);

        inForce(PolicySet.of(Profile.parse("restricted").orElseThrow()));
        assertThat(only().report().verdict()).isEqualTo(Outcome.DENIED);
    }

    @Test
    void labelsOfANamespaceThatChangeHaveEverythingEvaluatedAgain() {
        put(KubernetesKind.DEPLOYMENT, DEPLOYMENT);
        inForce(Evaluations.policies("""
                apiVersion: bulkhead.dev/v1alpha1
                kind: LeastPrivilegePolicy
                metadata: {name: strict}
                spec: {match: {namespaceSelector: {matchLabels: {tier: strict}}}, profile: restricted}
                """));
        assertThat(only().report().verdict()).isEqualTo(Outcome.PASSED);

        namespaces = Map.of("shop", new Namespace("shop", Map.of("tier", "strict")));
        assertThat(only().report().verdict()).isEqualTo(Outcome.DENIED);
    }

    @Test
    void anExemptionThatExpiresHasItsWorkloadDenied() {
        put(KubernetesKind.DEPLOYMENT, DEPLOYMENT.replace("image:", "securityContext: {privileged: true}, image:"));
        inForce(Evaluations.policies("""
                apiVersion: bulkhead.dev/v1alpha1
                kind: LeastPrivilegePolicy
                metadata: {name: all}
                spec: {profile: baseline}
                """, """
                apiVersion: bulkhead.dev/v1alpha1
                kind: Exemption
                metadata: {name: web, namespace: bulkhead-system}
                spec:
                  reason: it needs the device
                  owner: shop
                  expires: 2026-11-24T13:00:00Z
                  match: {namespaces: [shop], workloads: [{kind: Deployment, name: web}]}
                  allow: [{rule: privileged, values: ["true"]}]
                """));
        assertThat(only().report().verdict()).isEqualTo(Outcome.PASSED);

        clock.pass(Duration.ofHours(2));
        assertThat(only().report().verdict()).isEqualTo(Outcome.DENIED);
    }

    @Test
    void workloadsThatAreGoneAreNotReported() {
        put(KubernetesKind.DEPLOYMENT, DEPLOYMENT);
        only();
        inventory.remove("d");
        scan.run();

        assertThat(scan.last().orElseThrow().workloads()).isEmpty();
    }

    @Test
    void aControllerThatHoldsNoPodIsNoWorkload() {
        put(KubernetesKind.REPLICATION_CONTROLLER, "{metadata: {name: empty, namespace: shop, uid: e}, spec: {}}");
        put(KubernetesKind.DEPLOYMENT, DEPLOYMENT);

        assertThat(only().id().name()).isEqualTo("web");
    }

    @Test
    void nothingIsFoundBeforeTheFirstScan() {
        assertThat(scan.last()).isEmpty();
    }

    @Test
    void whatIsLearntOfImagesIsAppliedToEverythingTwiceAMinuteAtMost() {
        put(KubernetesKind.DEPLOYMENT, DEPLOYMENT.replace("nginxinc/nginx-unprivileged", "acme/web"));
        assertThat(only().report().verdict()).isEqualTo(Outcome.HARDENED);

        cluster = new ClusterCapabilities(
                cluster.minor(),
                cluster.runtimeClasses(),
                cluster.claims(),
                image -> Optional.of(ImageKnowledge.ofUser(new ImageUser.Root(), "a test")));
        clock.pass(Duration.ofSeconds(10));
        assertThat(only().report().verdict()).isEqualTo(Outcome.HARDENED);
        clock.pass(Duration.ofSeconds(25));
        assertThat(only().report().verdict()).isEqualTo(Outcome.DENIED);
    }

    /** A pod with a token, on a node. */
    private void podWithToken(String name, String node) {
        put(KubernetesKind.POD, """
                metadata: {name: %1$s, namespace: shop, uid: %1$s}
                spec:
                  nodeName: %2$s
                  serviceAccountName: %1$s
                  containers:
                  - name: a
                    image: a
                    volumeMounts: [{name: t, mountPath: /var/run/secrets/kubernetes.io/serviceaccount}]
                  volumes: [{name: t, projected: {sources: [{serviceAccountToken: {path: token}}]}}]
                """.formatted(name, node));
    }

    private void bind(String account, String role) {
        access.put(AccessKind.CLUSTER_ROLE, Yaml.tree("""
                metadata: {name: %s, uid: role}
                rules: [{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}]
                """.formatted(role)));
        access.put(AccessKind.CLUSTER_ROLE_BINDING, Yaml.tree("""
                metadata: {name: b, uid: binding}
                roleRef: {kind: ClusterRole, name: %s}
                subjects: [{kind: ServiceAccount, namespace: shop, name: %s}]
                """.formatted(role, account)));
    }

    private ScannedWorkload workload(String name) {
        return scan.last().orElseThrow().workloads().stream()
                .filter(one -> one.id().name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void findsWhatATokenReachesWheneverRolesChange() {
        podWithToken("web", "n1");
        scan.run();
        assertThat(workload("web").reach().escape()).isEmpty();

        bind("web", "everything");
        scan.run();
        assertThat(workload("web").reach().escape().orElseThrow().to()).isEqualTo(Escape.Target.CLUSTER);
        assertThat(scan.last().orElseThrow().escapes(Escape.Target.CLUSTER)).isEqualTo(1);

        access.remove("binding");
        scan.run();
        assertThat(workload("web").reach().escape()).isEmpty();
    }

    @Test
    void privilegedPodsAreAdmittedInExcludedNamespaces() {
        namespaces = Map.of("shop", Namespace.named("shop"), "tools", Namespace.named("tools"));
        podWithToken("web", "n1");
        access.put(AccessKind.CLUSTER_ROLE, Yaml.tree("""
                metadata: {name: maker, uid: role}
                rules: [{apiGroups: [""], resources: [pods], verbs: [create]}]
                """));
        String binding = """
                metadata: {name: b, namespace: %1$s, uid: %1$s}
                roleRef: {kind: ClusterRole, name: maker}
                subjects: [{kind: ServiceAccount, namespace: shop, name: web}]
                """;
        access.put(AccessKind.ROLE_BINDING, Yaml.tree(binding.formatted("shop")));
        scan.run();
        assertThat(workload("web").reach().escape()).isEmpty();

        access.put(AccessKind.ROLE_BINDING, Yaml.tree(binding.formatted("tools")));
        scan.run();
        assertThat(workload("web").reach().escape().orElseThrow().steps().get(0))
                .isEqualTo("creates a privileged pod in namespace tools, which nothing there denies");
    }

    @Test
    void aRolloutThatChangesTheAccountHasTwo() {
        bind("powerful", "everything");
        put(KubernetesKind.DEPLOYMENT, DEPLOYMENT);
        for (String account : List.of("harmless", "powerful")) {
            put(KubernetesKind.POD, """
                    metadata:
                      name: web-%1$s
                      namespace: shop
                      uid: %1$s
                      ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: d, controller: true}]
                    spec:
                      serviceAccountName: %1$s
                      containers:
                      - name: a
                        image: a
                        volumeMounts: [{name: t, mountPath: /var/run/secrets/kubernetes.io/serviceaccount}]
                      volumes: [{name: t, projected: {sources: [{serviceAccountToken: {path: token}}]}}]
                    """.formatted(account));
        }

        Reach reach = only().reach();

        assertThat(reach.items().stream()
                        .filter(item -> item.kind() == Reached.Kind.API_TOKEN)
                        .map(Reached::value))
                .containsExactlyInAnyOrder("shop/harmless", "shop/powerful");
        assertThat(reach.escapeTo(Escape.Target.CLUSTER)).isPresent();
    }

    @Test
    void aNamespaceWithHugeRolesHidesTheRightsOfItsOwnAccountsOnly() {
        bind("web", "everything");
        podWithToken("web", "n1");
        scan.run();
        assertThat(workload("web").reach().rightsKnown()).isTrue();

        try (LogListener log = LogListener.to(AccessInventory.class.getName())) {
            huge("other");
            scan.run();
            assertThat(workload("web").reach().escape()).isPresent();
            assertThat(workload("web").reach().rightsKnown()).isTrue();

            huge("shop");
            scan.run();
            assertThat(workload("web").reach().rightsKnown()).isFalse();
            assertThat(log.messages())
                    .hasSize(2)
                    .first()
                    .asString()
                    .contains("roles and bindings of namespace other do not fit into memory");
        }
    }

    /** Roles of some 6 MiB. */
    private void huge(String namespace) {
        String verbs = "[" + "get,".repeat(10_000) + "get]";
        for (int i = 0; i < 10; i++) {
            access.put(AccessKind.ROLE, Yaml.tree("""
                    metadata: {name: r%1$d, namespace: %2$s, uid: %2$s-%1$d}
                    rules: [{apiGroups: [''], resources: [pods], verbs: %3$s}]
                    """.formatted(i, namespace, verbs)));
        }
    }

    @Test
    void countsWhoSharesANode() {
        podWithToken("web", "n1");
        podWithToken("db", "n1");
        podWithToken("mail", "n2");
        scan.run();

        assertThat(workload("web").neighbours()).contains(new Neighbours(1, 1, 1, true));
        assertThat(workload("mail").neighbours()).contains(new Neighbours(1, 0, 0, true));

        podWithToken("mail", "n1");
        scan.run();
        assertThat(workload("web").neighbours()).contains(new Neighbours(1, 2, 1, true));
    }

    @Test
    void listsTheWorstFirst() {
        podWithToken("web", "n1");
        podWithToken("db", "n1");
        bind("db", "everything");
        scan.run();

        assertThat(scan.last().orElseThrow().worst(10))
                .extracting(one -> one.id().name())
                .containsExactly("db", "web");
        assertThat(scan.last().orElseThrow().worst(1)).hasSize(1);
    }
}
