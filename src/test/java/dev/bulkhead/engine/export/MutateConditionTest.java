package dev.bulkhead.engine.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.Yaml;
import dev.bulkhead.engine.evaluation.Evaluations;
import dev.bulkhead.engine.evaluation.RandomPods;
import dev.bulkhead.engine.evaluation.RandomPolicies;
import dev.bulkhead.engine.evaluation.Verdict;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.image.ImageKnowledge;
import dev.bulkhead.engine.image.ImageKnowledge.Fact;
import dev.bulkhead.engine.image.ImageLookup;
import dev.bulkhead.engine.image.ImageUser;
import dev.bulkhead.engine.image.ImageUser.UserId;
import dev.bulkhead.engine.image.KnownImages;
import dev.bulkhead.engine.policy.Mode;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.ClaimLookup;
import dev.bulkhead.engine.workload.Workload;
import dev.bulkhead.engine.workload.WorkloadKinds;
import dev.cel.runtime.CelRuntime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;

/** What the condition spares: only calls of which nothing would come, and the calls for pods that are complete. */
class MutateConditionTest {
    private static final int PODS = 25;

    private static final AtomicInteger SPARED = new AtomicInteger();
    private static final AtomicInteger NEEDED = new AtomicInteger();

    private static final List<String> IMAGES = List.of(
            "registry.example/app:1",
            "nginx",
            "docker.io/library/caddy:2",
            "caddy",
            "registry.k8s.io/ingress-nginx/controller:v1",
            "coredns/coredns",
            "postgres:17",
            "");

    /** Knows the user of every image, so that one is filled in wherever hardening may. */
    private static final ImageLookup ALL_OBSERVED = image -> Optional.of(new ImageKnowledge(
            Optional.of(new Fact<>(new ImageUser.Observed(new UserId(4711, Optional.of(4712L))), "seen")),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()));

    private static final List<Map<String, String>> NAMESPACES = List.of(
            Map.of(),
            Map.of("tier", "tenant"),
            Map.of("pod-security.kubernetes.io/enforce", "restricted"),
            Map.of("pod-security.kubernetes.io/enforce", "baseline", "pod-security.kubernetes.io/warn", "restricted"));

    private static final String COMPLETE = """
            apiVersion: v1
            kind: Pod
            metadata: {name: web, labels: {app: web}}
            spec:
              automountServiceAccountToken: false
              securityContext: {runAsNonRoot: true, runAsUser: 10001, seccompProfile: {type: RuntimeDefault}}
              initContainers:
                - name: prepare
                  image: registry.example/prepare:1
                  securityContext: &complete
                    {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
              containers:
                - {name: web, image: registry.example/web:1, securityContext: *complete}
            """;

    @Property(tries = 60)
    void whatIsSparedWouldComeToNothing(@ForAll long seed) {
        Random random = new Random(seed);
        List<String> documents = documents(random);
        PolicySet policies = policies(random, documents);
        ClusterCapabilities cluster = cluster(random);
        CelRuntime.Program condition =
                CelPolicy.program(MutateCondition.of(policies, cluster).expression());
        WorkloadEvaluation engine = new WorkloadEvaluation(policies, cluster, Evaluations.NOW);
        for (int i = 0; i < PODS; i++) {
            Namespace namespace = new Namespace("driftwood", NAMESPACES.get(random.nextInt(NAMESPACES.size())));
            ObjectNode pod = pod(random, engine, namespace);
            Optional<String> user = Optional.of(
                    random.nextBoolean() ? "jane" : "system:serviceaccount:kube-system:replicaset-controller");
            boolean called = isCalled(condition, Request.arriving(pod, namespace, user.get()));
            (called ? NEEDED : SPARED).incrementAndGet();
            if (!called) {
                Verdict verdict =
                        engine.asItArrives(workload(pod), namespace, user).verdict();
                assertThat(verdict.edits())
                        .as("%s with %s in %s", pod, documents, namespace)
                        .isEmpty();
                assertThat(verdict.notes())
                        .as("%s with %s in %s", pod, documents, namespace)
                        .isEmpty();
            }
        }
    }

    /** Both answers have to be frequent for the property to mean something. */
    @AfterContainer
    static void bothAnswersOccur() {
        if (SPARED.get() + NEEDED.get() > 1_000) {
            assertThat(SPARED.get()).isGreaterThan(100);
            assertThat(NEEDED.get()).isGreaterThan(100);
        }
    }

    @Property(tries = 30)
    void debugContainersAreNeverSpared(@ForAll long seed) {
        Random random = new Random(seed);
        PolicySet policies = policies(random, documents(random));
        MutateCondition condition = MutateCondition.of(policies, cluster(random));
        ObjectNode before = RandomPods.pod(seed, random.nextInt(20));
        Request request = Request.updating(
                before, RandomPods.pod(seed, 21), Namespace.named("driftwood"), "jane", Evaluations.NOW);

        assertThat(isCalled(CelPolicy.program(condition.expression()), request))
                .isEqualTo(!condition.rules().isEmpty());
    }

    private static List<String> documents(Random random) {
        List<String> documents = new ArrayList<>();
        for (String document : RandomPolicies.policies(random.nextLong())) {
            String made = document;
            if (document.contains("LeastPrivilegePolicy")) {
                List<String> more = new ArrayList<>();
                if (random.nextInt(3) == 0) {
                    more.add("match: {workloadSelector: {matchExpressions: [{key: app, operator: "
                            + (random.nextBoolean() ? "In, values: [web, db]" : "DoesNotExist") + "}]}}");
                }
                if (random.nextInt(4) == 0) {
                    more.add("podSecurityLabels: true");
                }
                if (random.nextInt(4) == 0) {
                    more.add("images: [{match: '*', user: 33, group: 34" + (random.nextBoolean() ? ", fsGroup: 35" : "")
                            + "}]");
                }
                more.add("namespaceLabels: "
                        + List.of("tighten", "any", "ignore").get(random.nextInt(3)));
                made = document.replace("spec: {", "spec: {" + String.join(", ", more) + ", ");
            }
            documents.add(made);
        }
        return documents;
    }

    private static PolicySet policies(Random random, List<String> documents) {
        PolicySet read = Evaluations.policies(documents.toArray(String[]::new));
        return new PolicySet(
                read.policies(),
                random.nextBoolean()
                        ? Optional.of(
                                Policy.builtIn(random.nextBoolean() ? Profile.LEAST_PRIVILEGE : Profile.SANDBOXED))
                        : Optional.empty(),
                read.exemptions());
    }

    private static ClusterCapabilities cluster(Random random) {
        return new ClusterCapabilities(
                30 + random.nextInt(8),
                List.of(Optional.<Set<String>>empty(), Optional.<Set<String>>of(Set.of()), Optional.of(Set.of("kata")))
                        .get(random.nextInt(3)),
                ClaimLookup.NONE,
                List.of(KnownImages.LOOKUP, ImageLookup.NONE, ALL_OBSERVED).get(random.nextInt(3)));
    }

    /** A pod of any make, as it was written or as an earlier call completed it, perhaps without one of its fields. */
    private static ObjectNode pod(Random random, WorkloadEvaluation engine, Namespace namespace) {
        ObjectNode pod = RandomPods.pod(random.nextLong(), random.nextInt(10));
        ObjectNode spec = (ObjectNode) pod.get("spec");
        for (String list : List.of("initContainers", "containers")) {
            spec.path(list)
                    .forEach(container ->
                            ((ObjectNode) container).put("image", IMAGES.get(random.nextInt(IMAGES.size()))));
        }
        if (random.nextInt(3) > 0) {
            ((ObjectNode) pod.get("metadata")).putObject("labels").put("app", random.nextBoolean() ? "web" : "other");
        }
        if (random.nextInt(8) > 0) {
            spec.remove("ephemeralContainers");
        }
        if (random.nextInt(4) > 0) {
            spec.withObjectProperty("securityContext").put("runAsUser", 1000);
        }
        if (random.nextInt(4) > 0) {
            spec.put("automountServiceAccountToken", false).put("hostUsers", false);
        }
        if (random.nextInt(5) > 0) {
            spec.remove("hostNetwork");
            Verdict verdict = engine.asItArrives(workload(pod), namespace, Optional.of("jane"))
                    .verdict();
            pod = (ObjectNode) verdict.patch().applyTo(pod);
        }
        return random.nextInt(3) == 0 ? withoutOneField(random, pod) : pod;
    }

    private static ObjectNode withoutOneField(Random random, ObjectNode pod) {
        ObjectNode copy = pod.deepCopy();
        List<ObjectNode> contexts = new ArrayList<>();
        copy.findParents("securityContext").forEach(parent -> {
            contexts.add((ObjectNode) parent);
            if (parent.get("securityContext") instanceof ObjectNode context) {
                contexts.add(context);
                context.forEach(member -> {
                    if (member instanceof ObjectNode object) {
                        contexts.add(object);
                    }
                });
            }
        });
        if (!contexts.isEmpty()) {
            ObjectNode at = contexts.get(random.nextInt(contexts.size()));
            List<String> names = new ArrayList<>();
            at.fieldNames().forEachRemaining(names::add);
            names.removeAll(List.of("containers", "name", "image"));
            if (!names.isEmpty()) {
                at.remove(names.get(random.nextInt(names.size())));
            }
        }
        return copy;
    }

    @Example
    void aCompletePodIsSpared() {
        for (PolicySet policies : List.of(
                PolicySet.of(Profile.LEAST_PRIVILEGE),
                Evaluations.policies(policy("least-privilege", "user: {id: 10001}")),
                Evaluations.policies(policy("restricted", "rules: {runAsNonRoot: {action: harden}}")))) {
            CelRuntime.Program condition = CelPolicy.program(
                    MutateCondition.of(policies, Evaluations.CLUSTER).expression());

            assertThat(isCalled(condition, creating(COMPLETE))).isFalse();
        }
    }

    /** Each makes the complete pod one that has to be seen. */
    @Example
    void whatLacksAnythingOrIsUnusualIsCalled() {
        CelRuntime.Program condition =
                CelPolicy.program(MutateCondition.of(PolicySet.of(Profile.LEAST_PRIVILEGE), Evaluations.CLUSTER)
                        .expression());
        for (Map.Entry<String, String> change : List.of(
                Map.entry("runAsNonRoot: true, ", ""),
                Map.entry("runAsNonRoot: true", "runAsNonRoot: false"),
                Map.entry("runAsUser: 10001, ", ""),
                Map.entry("type: RuntimeDefault", "type: Unconfined"),
                Map.entry(", seccompProfile: {type: RuntimeDefault}", ""),
                Map.entry("allowPrivilegeEscalation: false, ", ""),
                Map.entry("readOnlyRootFilesystem: true, ", ""),
                Map.entry("drop: [ALL]", "drop: [NET_RAW]"),
                Map.entry(", capabilities: {drop: [ALL]}", ""),
                Map.entry(", securityContext: *complete", ""),
                Map.entry("registry.example/prepare:1", "docker.io/library/caddy:2"),
                Map.entry("spec:", "spec:\n  hostNetwork: true"),
                Map.entry("spec:", "spec:\n  os: {name: windows}"),
                Map.entry("spec:", "spec:\n  ephemeralContainers: [{name: debug}]"))) {
            assertThat(COMPLETE).contains(change.getKey());
            assertThat(isCalled(
                            condition,
                            creating(COMPLETE.replaceFirst(
                                    Pattern.quote(change.getKey()), Matcher.quoteReplacement(change.getValue())))))
                    .as("%s", change)
                    .isTrue();
        }
    }

    /** A condition that fails skips the webhook. */
    @Example
    void aPodWithoutAnythingIsCalled() {
        CelRuntime.Program condition =
                CelPolicy.program(MutateCondition.of(PolicySet.of(Profile.SANDBOXED), Evaluations.CLUSTER)
                        .expression());
        for (String spec : List.of("{}", "{containers: []}", "{containers: [{}]}", "{initContainers: [{}]}")) {
            assertThat(isCalled(condition, creating("{apiVersion: v1, kind: Pod, metadata: {}, spec: " + spec + "}")))
                    .as(spec)
                    .isTrue();
        }
    }

    @Example
    void manyContainersAreNotLookedInto() {
        ObjectNode pod = (ObjectNode) Yaml.tree(COMPLETE);
        CelRuntime.Program condition =
                CelPolicy.program(MutateCondition.of(PolicySet.of(Profile.LEAST_PRIVILEGE), Evaluations.CLUSTER)
                        .expression());
        JsonNode container = pod.at("/spec/containers/0");
        while (pod.at("/spec/containers").size() < MutateCondition.MOST_CONTAINERS - 1) {
            ((ObjectNode) pod.get("spec")).withArrayProperty("containers").add(container);
        }
        assertThat(isCalled(condition, Request.arriving(pod, Namespace.named("driftwood"), "jane")))
                .isFalse();

        ((ObjectNode) pod.get("spec")).withArrayProperty("containers").add(container);
        assertThat(isCalled(condition, Request.arriving(pod, Namespace.named("driftwood"), "jane")))
                .isTrue();
    }

    @Example
    void nothingIsCalledWhereNothingIsFilledIn() {
        for (PolicySet policies : List.of(
                PolicySet.of(Profile.RESTRICTED),
                new PolicySet(List.of(Policy.builtIn(Profile.SANDBOXED, Mode.WARN)), List.of()))) {
            MutateCondition condition = MutateCondition.of(policies, Evaluations.CLUSTER);

            assertThat(condition.rules()).isEmpty();
            assertThat(condition.expression()).isEqualTo("false");
        }
    }

    @Example
    void aPolicyForSomePodsAsksNothingOfOthers() {
        CelRuntime.Program condition = CelPolicy.program(MutateCondition.of(
                        Evaluations.policies(
                                policy("sandboxed", "match: {workloadSelector: {matchLabels: {app: web}}}"),
                                policy("least-privilege", "namespaceLabels: tighten")
                                        .replace("name: p", "name: q")),
                        Evaluations.CLUSTER)
                .expression());

        assertThat(isCalled(condition, creating(COMPLETE))).isTrue();
        assertThat(isCalled(condition, creating(COMPLETE.replace("app: web", "app: db"))))
                .isFalse();
        assertThat(isCalled(
                        condition,
                        creating(COMPLETE.replace("spec:", "spec:\n  hostUsers: false\n  runtimeClassName: gvisor"))))
                .isFalse();
    }

    private static String policy(String profile, String more) {
        return "{apiVersion: bulkhead.dev/v1alpha1, kind: LeastPrivilegePolicy, metadata: {name: p}, spec: {profile: "
                + profile + ", " + more + "}}";
    }

    private static Request creating(String pod) {
        return Request.arriving(Yaml.tree(pod), Namespace.named("driftwood"), "jane");
    }

    private static boolean isCalled(CelRuntime.Program condition, Request request) {
        return (boolean) CelPolicy.eval(condition, CelPolicy.input(request));
    }

    private static Workload workload(JsonNode object) {
        return WorkloadKinds.builtIn().find(object).orElseThrow();
    }
}
