package dev.bulkhead.app.cluster.scan.preview;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.bulkhead.MovingClock;
import dev.bulkhead.Yaml;
import dev.bulkhead.app.cluster.scan.Inventory;
import dev.bulkhead.app.cluster.scan.Scan;
import dev.bulkhead.app.cluster.scan.ScanEvaluation;
import dev.bulkhead.app.cluster.scan.ScanView;
import dev.bulkhead.app.cluster.scan.ScannedKind;
import dev.bulkhead.app.cluster.scan.observation.ObservedPods;
import dev.bulkhead.app.cluster.scan.preview.PreviewQuery.Basis;
import dev.bulkhead.app.cluster.scan.preview.PreviewRefusedException.Reason;
import dev.bulkhead.app.cluster.watch.PolicySnapshot;
import dev.bulkhead.engine.evaluation.Evaluations;
import dev.bulkhead.engine.policy.Exemption;
import dev.bulkhead.engine.policy.Mode;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.preview.Evidence;
import dev.bulkhead.engine.preview.OwnerLabels;
import dev.bulkhead.engine.preview.Preview;
import dev.bulkhead.engine.preview.PreviewOutcome;
import dev.bulkhead.engine.preview.PreviewedWorkload;
import dev.bulkhead.engine.proposal.Proposal;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.Starts;
import dev.bulkhead.engine.workload.KubernetesKind;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PreviewsTest {
    private static final String UNKNOWN_IMAGE = "registry.example/acme/web:1";

    private final Inventory inventory = Inventory.unbounded();
    private final ObservedPods observed = ObservedPods.unbounded();
    private final MovingClock clock = new MovingClock(Evaluations.NOW);
    private final Map<String, Namespace> namespaces = new HashMap<>();
    private final Map<String, Map<String, Long>> written = new HashMap<>();
    private PolicySet installed = PolicySet.of(Profile.PRIVILEGED);
    private boolean ready = true;

    private final ScanView scan = new ScanView() {
        @Override
        public PolicySnapshot declarations() {
            return new PolicySnapshot(installed, List.of(), List.of());
        }

        @Override
        public List<Namespace> knownNamespaces() {
            return List.copyOf(namespaces.values());
        }

        @Override
        public ClusterCapabilities cluster() {
            return Evaluations.CLUSTER;
        }

        @Override
        public Optional<Scan.Snapshot> last() {
            return ready
                    ? Optional.of(new Scan.Snapshot(Evaluations.NOW, new ScanEvaluation.Result(List.of(), List.of())))
                    : Optional.empty();
        }

        @Override
        public Inventory inventory() {
            return inventory;
        }

        @Override
        public WorkloadKinds kinds() {
            return WorkloadKinds.builtIn();
        }

        @Override
        public ObservedPods observedPods() {
            return observed;
        }

        @Override
        public Map<String, Instant> lastUses() {
            return Map.of();
        }

        @Override
        public List<String> limits() {
            return List.of();
        }
    };

    private final Previews previews = new Previews(
            scan,
            new Previews.Settings(
                    () -> Set.of("kube-system"), OwnerLabels.DEFAULT, Duration.ofDays(365), "bulkhead-system"),
            () -> written,
            clock);

    private void deployment(String namespace, String name, String labels, String pod) {
        inventory.put(
                ScannedKind.of(KubernetesKind.DEPLOYMENT),
                Yaml.tree("""
                metadata: {name: %s, namespace: %s, uid: %s, labels: %s}
                spec: {template: {spec: %s}}
                """.formatted(name, namespace, namespace + "." + name, labels, pod))
                        .deepCopy());
    }

    private void pod(String uid, String namespace, String owner, String hardened, String spec, String status) {
        String yaml = """
                metadata:
                  name: %1$s
                  namespace: %2$s
                  uid: %1$s
                  annotations: {bulkhead.dev/hardened: "%4$s"}
                  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: %3$s, uid: %2$s.%3$s, controller: true}]
                spec: %5$s
                status: %6$s
                """.formatted(uid, namespace, owner, hardened, spec, status);
        observed.arrived(Yaml.tree(yaml).deepCopy());
        inventory.put(ScannedKind.of(KubernetesKind.POD), Yaml.tree(yaml).deepCopy());
    }

    private static String app(String image) {
        return "{containers: [{name: app, image: '" + image + "'}]}";
    }

    private static String running(int user, int restarts) {
        return "{containerStatuses: [{name: app, ready: true, restartCount: " + restarts + ", user: {linux: {uid: "
                + user + "}}}]}";
    }

    private Preview preview(Basis basis, String... names) throws PreviewRefusedException {
        return previews.of(new PreviewQuery(basis, names.length == 0 ? Optional.empty() : Optional.of(Set.of(names))));
    }

    private static PreviewedWorkload named(Preview preview, String name) {
        return preview.workloads().stream()
                .filter(workload -> workload.report().name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> sentences(PreviewedWorkload workload, Evidence.Kind kind) {
        return workload.evidence().stream()
                .filter(one -> one.kind() == kind)
                .map(Evidence::sentence)
                .toList();
    }

    @Test
    void countsWhatWouldPassBeHardenedAndDenied() throws PreviewRefusedException {
        deployment("shop", "web", "{team: front}", app("nginxinc/nginx-unprivileged"));
        deployment("shop", "mystery", "{}", app(UNKNOWN_IMAGE));
        deployment("infra", "agent", "{}", "{hostPID: true, containers: [{name: app, image: a}]}");
        deployment("kube-system", "proxy", "{}", "{hostNetwork: true, containers: [{name: app, image: a}]}");
        namespaces.put("infra", new Namespace("infra", Map.of("owner", "platform")));

        Preview preview = preview(new Basis.OfProfile(Profile.LEAST_PRIVILEGE));

        assertThat(List.of(PreviewOutcome.values()).stream().map(preview::count))
                .containsExactly(0L, 1L, 1L, 1L);
        assertThat(preview.excluded()).as("admission does not evaluate it").isEqualTo(1);
        assertThat(preview.workloads())
                .extracting(one -> one.report().name(), PreviewedWorkload::owner, PreviewedWorkload::outcome)
                .containsExactly(
                        tuple("agent", Optional.of("platform"), PreviewOutcome.DENIED),
                        tuple("mystery", Optional.empty(), PreviewOutcome.AT_RISK),
                        tuple("web", Optional.of("front"), PreviewOutcome.HARDENED));
        assertThat(sentences(named(preview, "mystery"), Evidence.Kind.NOTE)).isNotEmpty();
        assertThat(sentences(named(preview, "web"), Evidence.Kind.IMAGE))
                .anySatisfy(sentence -> assertThat(sentence).contains("user", "101"));

        assertThat(preview(new Basis.OfProfile(Profile.PRIVILEGED)).count(PreviewOutcome.PASSES))
                .isEqualTo(3);
    }

    @Test
    void onlyTheNamespacesThatAreAskedForArePreviewed() throws PreviewRefusedException {
        deployment("shop", "web", "{}", app("a"));
        deployment("bank", "web", "{}", app("a"));
        deployment("kube-system", "web", "{}", app("a"));
        Basis basis = new Basis.OfProfile(Profile.RESTRICTED);

        assertThat(preview(basis, "shop").workloads())
                .extracting(one -> one.report().namespace())
                .containsExactly("shop");
        assertThat(preview(basis, "shop").excluded()).isZero();
        Preview nowhere = previews.of(new PreviewQuery(basis, Optional.of(Set.of())));
        assertThat(nowhere.workloads()).isEmpty();
        assertThat(nowhere.excluded()).isZero();
    }

    @Test
    void ownPodsThatWereHardenedShowThatItStarts() throws PreviewRefusedException {
        String rules = "capabilities_restricted,readOnlyRootFilesystem,runAsNonRoot";
        deployment("shop", "web", "{}", app(UNKNOWN_IMAGE));
        pod("p1", "shop", "web", rules, app(UNKNOWN_IMAGE), running(1000, 0));

        PreviewedWorkload web = named(preview(new Basis.OfProfile(Profile.LEAST_PRIVILEGE)), "web");
        assertThat(web.report().starts()).isEqualTo(Starts.UNKNOWN);
        assertThat(web.outcome()).isEqualTo(PreviewOutcome.HARDENED);
        assertThat(sentences(web, Evidence.Kind.OWN_PODS))
                .singleElement()
                .satisfies(sentence ->
                        assertThat(sentence).contains("1 of its pods", "readOnlyRootFilesystem", "without a restart"));
        assertThat(sentences(web, Evidence.Kind.RUNNING_USER))
                .containsExactly("container \"app\" runs as user 1000 now");

        pod("p1", "shop", "web", rules, app(UNKNOWN_IMAGE + ".2"), running(1000, 0));
        assertThat(named(preview(new Basis.OfProfile(Profile.LEAST_PRIVILEGE), "shop"), "web")
                        .outcome())
                .as("another version of the image proves nothing")
                .isEqualTo(PreviewOutcome.AT_RISK);
    }

    @Test
    void podThatDoesNotStartAfterHardeningCountsAgainstTheSameImage() throws PreviewRefusedException {
        String nginx = "nginxinc/nginx-unprivileged";
        deployment("shop", "web", "{}", app(nginx));
        deployment("blog", "web", "{}", app(nginx));
        pod("p1", "blog", "web", "readOnlyRootFilesystem", app(nginx), """
                {containerStatuses: [{name: app, ready: false, restartCount: 4, state: {waiting: {reason: CrashLoopBackOff}},
                lastState: {terminated: {exitCode: 1,
                message: "mkdir /var/lib/web: Read-only file system"}}}]}
                """);

        Preview preview = preview(new Basis.OfProfile(Profile.LEAST_PRIVILEGE));

        PreviewedWorkload shop = preview.workloads().get(1);
        assertThat(shop.outcome()).isEqualTo(PreviewOutcome.AT_RISK);
        assertThat(shop.starts()).isEqualTo(Starts.UNKNOWN);
        assertThat(sentences(shop, Evidence.Kind.OTHER_PODS))
                .singleElement()
                .satisfies(sentence -> assertThat(sentence)
                        .contains("does not start in 1 of 1 other container", "its root file system is read-only"));
        PreviewedWorkload blog = preview.workloads().get(0);
        assertThat(blog.starts()).isEqualTo(Starts.NO);
        assertThat(sentences(blog, Evidence.Kind.OWN_PODS))
                .singleElement()
                .satisfies(sentence -> assertThat(sentence).contains("does not start", "/var/lib/web"));
        assertThat(sentences(blog, Evidence.Kind.OTHER_PODS))
                .as("it is its own pod")
                .isEmpty();
    }

    @Test
    void namespacesThatAreNotInViewAreNoEvidence() throws PreviewRefusedException {
        String nginx = "nginxinc/nginx-unprivileged";
        deployment("shop", "web", "{}", app(nginx));
        deployment("blog", "web", "{}", app(nginx));
        pod("p1", "blog", "web", "readOnlyRootFilesystem", app(nginx), running(101, 0));

        Basis basis = new Basis.OfProfile(Profile.LEAST_PRIVILEGE);
        assertThat(sentences(preview(basis, "shop", "blog").workloads().get(1), Evidence.Kind.OTHER_PODS))
                .hasSize(1);
        assertThat(sentences(preview(basis, "shop").workloads().get(0), Evidence.Kind.OTHER_PODS))
                .isEmpty();
    }

    @Test
    void whatAContainerHasWrittenToItsRootFileSystemIsADoubt() throws PreviewRefusedException {
        deployment("shop", "web", "{}", app("nginxinc/nginx-unprivileged"));
        pod("p1", "shop", "web", "", app("nginxinc/nginx-unprivileged"), running(101, 0));
        written.put("p1", Map.of("app", 3L << 20));

        PreviewedWorkload known = named(preview(new Basis.OfProfile(Profile.LEAST_PRIVILEGE)), "web");
        assertThat(sentences(known, Evidence.Kind.ROOT_FILE_SYSTEM))
                .containsExactly(
                        "container \"app\" has written 3 MiB to its root file system since it started, where its"
                                + " image is known to write");
        assertThat(known.outcome()).isEqualTo(PreviewOutcome.HARDENED);

        deployment("shop", "web", "{}", app(UNKNOWN_IMAGE));
        pod("p1", "shop", "web", "", app(UNKNOWN_IMAGE), running(101, 0));
        PreviewedWorkload unknown = named(preview(new Basis.OfProfile(Profile.LEAST_PRIVILEGE), "shop"), "web");
        assertThat(unknown.evidence())
                .filteredOn(one -> one.kind() == Evidence.Kind.ROOT_FILE_SYSTEM)
                .singleElement()
                .satisfies(one -> {
                    assertThat(one.starts()).isEqualTo(Starts.UNKNOWN);
                    assertThat(one.source()).isEqualTo("the kubelet of its node");
                });
        assertThat(sentences(
                        named(preview(new Basis.OfProfile(Profile.RESTRICTED)), "web"), Evidence.Kind.ROOT_FILE_SYSTEM))
                .as("that profile fills nothing in")
                .isEmpty();
    }

    @Test
    void labelsCountAsIfTheNamespacesCarriedThem() throws PreviewRefusedException {
        installed = PolicySet.of(Profile.BASELINE);
        deployment("shop", "web", "{}", app("a"));
        deployment("bank", "web", "{}", app("a"));

        assertThat(preview(new Basis.OfLabels(Map.of()), "shop").count(PreviewOutcome.PASSES))
                .isEqualTo(1);
        assertThat(preview(new Basis.OfLabels(Map.of(PolicySet.PROFILE_LABEL, "restricted")), "shop")
                        .count(PreviewOutcome.DENIED))
                .isEqualTo(1);

        Preview podSecurity =
                preview(new Basis.OfLabels(Map.of("pod-security.kubernetes.io/enforce", "restricted")), "shop");
        assertThat(podSecurity.count(PreviewOutcome.DENIED)).isEqualTo(1);
        assertThat(podSecurity.remarks())
                .singleElement()
                .satisfies(remark ->
                        assertThat(remark).startsWith("Pod Security Admission enforces these labels by itself"));

        installed = PolicySet.of(Profile.LEAST_PRIVILEGE);
        assertThat(preview(new Basis.OfLabels(Map.of("pod-security.kubernetes.io/enforce", "restricted")), "shop")
                        .count(PreviewOutcome.DENIED))
                .as("it is hardened first")
                .isZero();
    }

    @Test
    void policiesThatOnlyAuditArePreviewedAsIfTheyEnforced() throws PreviewRefusedException {
        installed = new PolicySet(List.of(Policy.builtIn(Profile.RESTRICTED, Mode.AUDIT)), List.of());
        deployment("shop", "web", "{}", app("a"));

        assertThat(preview(new Basis.OfLabels(Map.of())).count(PreviewOutcome.DENIED))
                .isZero();
        assertThat(preview(new Basis.Enforcing()).count(PreviewOutcome.DENIED)).isEqualTo(1);
    }

    @Test
    void policyDocumentsReplaceThePoliciesOrJoinThem() throws PreviewRefusedException {
        installed = PolicySet.of(Profile.RESTRICTED);
        deployment("shop", "web", "{}", app("a"));
        String policy = """
                apiVersion: bulkhead.dev/v1alpha1
                kind: LeastPrivilegePolicy
                metadata: {name: everything}
                spec: {profile: privileged, mode: audit}
                """;

        Preview instead = preview(new Basis.OfDocuments(policy, false));
        assertThat(instead.count(PreviewOutcome.PASSES)).isEqualTo(1);
        assertThat(instead.remarks()).containsExactly("as if their mode were enforce: everything");
        assertThat(preview(new Basis.OfDocuments(policy, true)).count(PreviewOutcome.DENIED))
                .isEqualTo(1);

        assertThatThrownBy(() -> preview(new Basis.OfDocuments("kind: Nothing", false)))
                .isInstanceOfSatisfying(PreviewRefusedException.class, refused -> {
                    assertThat(refused.reason()).isEqualTo(Reason.INVALID);
                    assertThat(refused).hasMessageContaining("policy");
                });
        assertThatThrownBy(() -> preview(new Basis.OfDocuments("#".repeat(300_000), false)))
                .hasMessage("it is larger than 256 KiB");
    }

    @Test
    void proposedExemptionsLetEverythingThrough() throws PreviewRefusedException {
        deployment("shop", "web", "{}", app("a"));
        PreviewQuery query = new PreviewQuery(new Basis.OfProfile(Profile.RESTRICTED), Optional.of(Set.of("shop")));
        assertThat(previews.of(query).count(PreviewOutcome.DENIED)).isEqualTo(1);

        List<Exemption> exemptions = previews.exemptions(query).stream()
                .flatMap(proposal -> proposal.exemptions().stream())
                .map(Proposal.Proposed::exemption)
                .toList();
        installed = installed.with(exemptions);

        assertThat(previews.of(query).count(PreviewOutcome.DENIED)).isZero();
        deployment("shop", "other", "{}", app("a"));
        clock.pass(Duration.ofSeconds(11));
        assertThat(previews.of(query).count(PreviewOutcome.DENIED)).isEqualTo(1);
    }

    @Test
    void anAnswerIsKeptUntilTheClusterHasChangedForAWhile() throws PreviewRefusedException {
        deployment("shop", "web", "{}", app("a"));
        Basis basis = new Basis.OfProfile(Profile.RESTRICTED);
        Preview first = preview(basis);
        assertThat(preview(basis)).isSameAs(first);

        deployment("shop", "api", "{}", app("a"));
        assertThat(preview(basis)).as("a few seconds old").isSameAs(first);
        clock.pass(Duration.ofSeconds(11));
        assertThat(preview(basis).workloads()).hasSize(2);

        installed = installed.with(List.of());
        assertThat(preview(basis)).as("other policies").isNotSameAs(first);
    }

    @Test
    void nothingIsAnsweredBeforeTheClusterWasRead() {
        ready = false;

        assertThatThrownBy(() -> preview(new Basis.Enforcing()))
                .isInstanceOfSatisfying(
                        PreviewRefusedException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(Reason.NOT_READY));
    }
}
