package dev.bulkhead.engine.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.Yaml;
import dev.bulkhead.engine.evaluation.AgreementTest.ApiServerSteps;
import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.engine.policy.Exemption;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.policy.document.Declaration;
import dev.bulkhead.engine.policy.document.PolicyReader;
import dev.bulkhead.engine.policy.lint.PolicyLinter;
import dev.bulkhead.engine.proposal.DeniedWorkload;
import dev.bulkhead.engine.proposal.ExemptionProposer;
import dev.bulkhead.engine.proposal.Proposal;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Workload;
import dev.bulkhead.engine.workload.WorkloadKinds;
import dev.bulkhead.manifest.Document;
import dev.bulkhead.manifest.DocumentReader;
import dev.bulkhead.manifest.ExemptionDocuments;
import dev.bulkhead.manifest.ManifestProblem;
import dev.bulkhead.manifest.ReadResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Proposed exemptions, read back from their YAML, have exactly the workload admitted that they are for: as a manifest, as an
 * object, as an update, and its pods.
 */
class ExemptionProposalTest {
    private static final Path FIXTURES = Path.of("src/test/resources/fixtures");
    private static final Namespace NAMESPACE = Namespace.named("driftwood");
    private static final String HASH = "7d4b9c";

    /** A pod, and the same with one more change. */
    record Neighbours(ObjectNode pod, ObjectNode other) {}

    @Provide
    Arbitrary<Neighbours> pods() {
        // The API server creates no pod with ephemeral containers.
        return Combinators.combine(Arbitraries.longs(), Arbitraries.integers().between(0, 25))
                .as((seed, changes) -> new Neighbours(RandomPods.pod(seed, changes), RandomPods.pod(seed, changes + 1)))
                .filter(pods -> pods.pod().at("/spec/ephemeralContainers").isMissingNode());
    }

    @Provide
    Arbitrary<List<String>> policies() {
        return RandomPolicies.any();
    }

    @Property(tries = 1_000)
    void proposalsHaveExactlyTheWorkloadAdmitted(
            @ForAll("pods") Neighbours pods, @ForAll("policies") List<String> documents) {
        assertExact(pods, Evaluations.policies(documents.toArray(String[]::new)));
    }

    @Property(tries = 300)
    void proposalsFromAProfileHaveExactlyTheWorkloadAdmitted(@ForAll("pods") Neighbours pods) {
        for (Profile profile : List.of(Profile.BASELINE, Profile.RESTRICTED, Profile.LEAST_PRIVILEGE)) {
            assertExact(pods, PolicySet.of(profile));
        }
    }

    @TestFactory
    Stream<DynamicTest> proposalsHaveExactlyAFixtureAdmitted() throws IOException {
        try (Stream<Path> files = Files.walk(FIXTURES)) {
            List<Path> pods =
                    files.filter(file -> file.endsWith("pod.yaml")).sorted().toList();
            assertThat(pods).isNotEmpty();
            return pods.stream()
                    .map(file ->
                            DynamicTest.dynamicTest(FIXTURES.relativize(file).toString(), () -> {
                                ObjectNode pod = (ObjectNode) Yaml.file(file);
                                pod.withObjectProperty("spec").remove("ephemeralContainers");
                                for (Profile profile : List.of(
                                        Profile.BASELINE,
                                        Profile.RESTRICTED,
                                        Profile.LEAST_PRIVILEGE,
                                        Profile.SANDBOXED)) {
                                    assertExact(new Neighbours(pod, pod), PolicySet.of(profile));
                                }
                            }));
        }
    }

    /** The pod's value concerns no container once one is filled in, so that each of two exemptions covers it. */
    @Test
    void aValueOfThePodIsCoveredWhateverTheNamesOfExemptions() {
        ObjectNode pod = (ObjectNode) Yaml.tree("""
                apiVersion: v1
                kind: Pod
                metadata:
                  name: p
                  annotations: {seccomp.security.alpha.kubernetes.io/pod: unconfined}
                spec:
                  securityContext: {runAsUser: 1000, seccompProfile: {type: Unconfined}}
                  containers:
                  - {name: a, image: "registry.example/app:1"}
                  - {name: b, image: "registry.example/app:1", securityContext: {seccompProfile: {type: Unconfined}}}
                """);
        PolicySet policies = Evaluations.policies(
                "{apiVersion: bulkhead.dev/v1alpha1, kind: LeastPrivilegePolicy, metadata: {name: p0},"
                        + " spec: {profile: restricted@v1.19}}",
                "{apiVersion: bulkhead.dev/v1alpha1, kind: LeastPrivilegePolicy, metadata: {name: p1},"
                        + " spec: {profile: sandboxed}}");

        assertExact(new Neighbours(pod, pod), policies);
    }

    /** Containers a and b can do without an exemption of their own, but only both at once. */
    @Test
    void inheritingAnExemptValueOfThePodNeedsNoExemption() {
        ObjectNode pod = (ObjectNode) Yaml.tree("""
                apiVersion: v1
                kind: Pod
                metadata: {name: p}
                spec:
                  securityContext: {runAsNonRoot: false, seccompProfile: {type: Unconfined}}
                  containers:
                  - {name: a, image: "registry.example/app:1"}
                  - {name: b, image: "registry.example/app:1"}
                  - {name: c, image: "registry.example/app:1", securityContext: {runAsNonRoot: true}}
                """);

        assertExact(new Neighbours(pod, pod), PolicySet.of(Profile.RESTRICTED));
    }

    private static void assertExact(Neighbours pods, PolicySet policies) {
        ObjectNode deployment = controller("Deployment", "d", pods.pod());
        List<Proposal> proposals = proposer(policies).propose(List.of(denied(deployment)));
        assertThat(proposals).hasSize(isDenied(deployment, NAMESPACE, policies) ? 1 : 0);
        if (proposals.isEmpty()) {
            return;
        }
        assertThat(proposals.get(0).objection()).isEmpty();
        String yaml = ExemptionDocuments.write(proposals);
        List<Exemption> proposed = readBack(yaml);
        assertThat(proposed)
                .isNotEmpty()
                .containsExactlyElementsOf(proposals.get(0).exemptions().stream()
                        .map(Proposal.Proposed::exemption)
                        .toList());
        PolicySet applied = with(policies, proposed);

        assertThat(deniedStates(pods.pod(), applied)).as(yaml).isEmpty();
        assertThat(deniedStates(pods.pod(), with(policies, renamed(proposed))))
                .as("the same under other names: %s", yaml)
                .isEmpty();
        assertNothingIsSuperfluous(deployment, policies, proposed, yaml);
        assertOthersAreDenied(pods.pod(), policies, applied, proposed, yaml);
        assertOtherValuesAreDenied(pods, policies, applied, proposed, yaml);
    }

    private static void assertNothingIsSuperfluous(
            ObjectNode deployment, PolicySet policies, List<Exemption> proposed, String yaml) {
        for (Exemption exemption : proposed) {
            assertThat(isDenied(deployment, NAMESPACE, with(policies, without(proposed, exemption))))
                    .as("without %s of%n%s", exemption.name(), yaml)
                    .isTrue();
            exemption
                    .allow()
                    .forEach((rule, values) -> values.forEach(value -> {
                        List<Exemption> fewer = new ArrayList<>(without(proposed, exemption));
                        without(exemption, rule, value).ifPresent(fewer::add);
                        assertThat(isDenied(deployment, NAMESPACE, with(policies, fewer)))
                                .as("without %s of %s in %s of%n%s", value, rule, exemption.name(), yaml)
                                .isTrue();
                    }));
        }
    }

    private static void assertOthersAreDenied(
            ObjectNode pod, PolicySet policies, PolicySet applied, List<Exemption> proposed, String yaml) {
        assertThat(isDenied(controller("Deployment", "e", pod), NAMESPACE, applied))
                .as("of another name: %s", yaml)
                .isTrue();
        assertThat(isDenied(controller("DaemonSet", "d", pod), NAMESPACE, applied))
                .as("of another kind: %s", yaml)
                .isTrue();
        Namespace elsewhere = Namespace.named("elsewhere");
        ObjectNode there = controller("Deployment", "d", pod);
        assertThat(isDenied(there, elsewhere, applied))
                .as("in another namespace: %s", yaml)
                .isEqualTo(isDenied(there, elsewhere, policies));
        Set<String> named = new TreeSet<>();
        proposed.forEach(exemption -> named.addAll(exemption.match().containers()));
        // What is exempt under its name already is hardened under another one, and then needs no exemption.
        policies.exemptions()
                .forEach(exemption -> named.removeAll(exemption.match().containers()));
        for (String container : named) {
            assertThat(isDenied(controller("Deployment", "d", renamed(pod, container)), NAMESPACE, applied))
                    .as("with container %s renamed: %s", container, yaml)
                    .isTrue();
        }
    }

    /** What is found only in the neighbour, and set there, denies it still. */
    private static void assertOtherValuesAreDenied(
            Neighbours pods, PolicySet policies, PolicySet applied, List<Exemption> proposed, String yaml) {
        Map<String, Set<String>> granted = new HashMap<>();
        proposed.forEach(exemption -> exemption
                .allow()
                .forEach((rule, values) ->
                        granted.computeIfAbsent(rule, key -> new HashSet<>()).addAll(values)));
        ObjectNode other = controller("Deployment", "d", pods.other());
        List<String> news =
                evaluation(policies)
                        .asManifest(workload(other.deepCopy()), NAMESPACE)
                        .verdict()
                        .leadingTo(Action.DENY)
                        .stream()
                        .map(EvaluatedFinding::finding)
                        .filter(finding -> !finding.unset()
                                && !granted.getOrDefault(finding.rule().id(), Set.of())
                                        .contains(finding.value()))
                        .map(finding -> finding.rule().id() + "=" + finding.value())
                        .toList();
        if (!news.isEmpty()) {
            assertThat(isDenied(other, NAMESPACE, applied))
                    .as("with %s besides: %s", news, yaml)
                    .isTrue();
        }
    }

    /** The states in which the workload and its pods are denied. */
    private static List<String> deniedStates(ObjectNode pod, PolicySet policies) {
        WorkloadEvaluation evaluation = evaluation(policies);
        Optional<String> controller = Optional.of("system:serviceaccount:kube-system:replicaset-controller");
        ObjectNode deployment = ApiServerSteps.defaultedTemplate(controller("Deployment", "d", pod));
        ObjectNode arriving = ApiServerSteps.created(podOfTheDeployment(pod));
        Verdict ofPod = evaluation
                .asItArrives(workload(arriving.deepCopy()), NAMESPACE, controller)
                .verdict();
        JsonNode hardened = io.fabric8.zjsonpatch.JsonPatch.apply(ofPod.patch().toJson(), arriving.deepCopy());
        Map<String, Verdict> verdicts = new HashMap<>();
        verdicts.put(
                "manifest",
                evaluation
                        .asManifest(workload(controller("Deployment", "d", pod)), NAMESPACE)
                        .verdict());
        verdicts.put(
                "object",
                evaluation
                        .asStored(workload(deployment.deepCopy()), NAMESPACE, Optional.of("jane"))
                        .verdict());
        evaluation
                .asUpdate(
                        WorkloadUpdate.of(workload(harmless()), workload(deployment.deepCopy())),
                        NAMESPACE,
                        Optional.of("jane"))
                .ifPresent(updated -> verdicts.put("update", updated.verdict()));
        verdicts.put("pod", ofPod);
        verdicts.put(
                "stored pod",
                evaluation.asStored(workload(hardened), NAMESPACE, controller).verdict());
        verdicts.put(
                "running pod",
                evaluation.asRecreated(workload(hardened), NAMESPACE).verdict());
        return verdicts.entrySet().stream()
                .filter(entry -> entry.getValue().outcome() == Outcome.DENIED)
                .map(entry -> entry.getKey() + " by " + Evaluations.leadingTo(Action.DENY, entry.getValue()))
                .sorted()
                .toList();
    }

    private static boolean isDenied(ObjectNode object, Namespace namespace, PolicySet policies) {
        return evaluation(policies)
                        .asManifest(workload(object.deepCopy()), namespace)
                        .verdict()
                        .outcome()
                == Outcome.DENIED;
    }

    private static WorkloadEvaluation evaluation(PolicySet policies) {
        return new WorkloadEvaluation(policies, Evaluations.CLUSTER, Evaluations.NOW);
    }

    private static ExemptionProposer proposer(PolicySet policies) {
        return new ExemptionProposer(
                policies,
                Evaluations.CLUSTER,
                Evaluations.NOW,
                Evaluations.NOW.plus(Duration.ofDays(90)),
                "bulkhead-system");
    }

    private static DeniedWorkload denied(ObjectNode object) {
        return new DeniedWorkload(
                new DeniedWorkload.Id(
                        NAMESPACE.name(),
                        object.get("kind").asText(),
                        object.at("/metadata/name").asText()),
                List.of(evaluation -> evaluation.asManifest(workload(object.deepCopy()), NAMESPACE)));
    }

    private static PolicySet with(PolicySet policies, List<Exemption> more) {
        List<Exemption> all = new ArrayList<>(policies.exemptions());
        all.addAll(more);
        return policies.with(all);
    }

    /** In the opposite order of their names. */
    private static List<Exemption> renamed(List<Exemption> exemptions) {
        List<Exemption> renamed = new ArrayList<>();
        int number = exemptions.size();
        for (Exemption one : exemptions) {
            renamed.add(new Exemption(
                    "bulkhead-system/%06d".formatted(number--),
                    one.reason(),
                    one.owner(),
                    one.expires(),
                    one.match(),
                    one.allow()));
        }
        return renamed;
    }

    private static List<Exemption> without(List<Exemption> exemptions, Exemption one) {
        return exemptions.stream().filter(exemption -> !exemption.equals(one)).toList();
    }

    private static Optional<Exemption> without(Exemption exemption, String rule, String value) {
        Map<String, Set<String>> allow = new HashMap<>(exemption.allow());
        Set<String> fewer = new HashSet<>(allow.getOrDefault(rule, Set.of()));
        fewer.remove(value);
        allow.remove(rule);
        if (!fewer.isEmpty()) {
            allow.put(rule, fewer);
        }
        return allow.isEmpty()
                ? Optional.empty()
                : Optional.of(new Exemption(
                        exemption.name(),
                        exemption.reason(),
                        exemption.owner(),
                        exemption.expires(),
                        exemption.match(),
                        allow));
    }

    /**
     * The exemptions in the text. Lint says of them that the placeholders are to be filled in, and of capabilities and
     * sysctls how Kubernetes spells them.
     */
    private static List<Exemption> readBack(String yaml) {
        List<Exemption> exemptions = new ArrayList<>();
        List<Declaration> declarations = new ArrayList<>();
        for (ReadResult result : new DocumentReader().read("exemptions.yaml", yaml.getBytes(StandardCharsets.UTF_8))) {
            JsonNode root = result.fold(Document::root, ExemptionProposalTest::unreadable);
            PolicyReader.Reading reading = PolicyReader.read(root, Evaluations.NOW, Duration.ofDays(90));
            assertThat(reading).as(yaml).isInstanceOf(PolicyReader.Reading.OfExemption.class);
            Exemption exemption = ((PolicyReader.Reading.OfExemption) reading).exemption();
            exemptions.add(exemption);
            declarations.add(new Declaration.OfExemption(exemption, Field.root(root)));
        }
        assertThat(PolicyLinter.of(declarations, Optional.empty(), Evaluations.NOW, Evaluations.CLUSTER.minor()))
                .as(yaml)
                .filteredOn(remark -> !remark.message().matches("\"[^\"]*\" (is no capability|matches only where).*"))
                .extracting(remark -> remark.place().pointer())
                .containsOnly("/spec/reason", "/spec/owner");
        return exemptions;
    }

    private static ObjectNode unreadable(ManifestProblem problem) {
        throw new AssertionError(problem.describe());
    }

    private static Workload workload(JsonNode object) {
        return WorkloadKinds.builtIn().find(object).orElseThrow();
    }

    private static ObjectNode harmless() {
        return controller("Deployment", "d", (ObjectNode) Yaml.tree("""
                metadata: {}
                spec: {containers: [{name: other, image: a}]}
                """));
    }

    private static ObjectNode controller(String kind, String name, ObjectNode pod) {
        ObjectNode controller = JsonNodeFactory.instance
                .objectNode()
                .put("apiVersion", "apps/v1")
                .put("kind", kind);
        controller.putObject("metadata").put("name", name);
        ObjectNode template = controller.putObject("spec").putObject("template");
        template.set("metadata", pod.get("metadata").deepCopy());
        template.set("spec", pod.get("spec").deepCopy());
        return controller;
    }

    /** The pod as the ReplicaSet's controller creates it. */
    private static ObjectNode podOfTheDeployment(ObjectNode pod) {
        ObjectNode owned = pod.deepCopy();
        ObjectNode metadata = owned.withObjectProperty("metadata");
        metadata.put("name", "d-" + HASH + "-x7k2p");
        metadata.withObjectProperty("labels").put("pod-template-hash", HASH);
        metadata.putArray("ownerReferences")
                .addObject()
                .put("apiVersion", "apps/v1")
                .put("kind", "ReplicaSet")
                .put("name", "d-" + HASH)
                .put("controller", true);
        return owned;
    }

    /** The pod with another name of that container, in the keys of annotations too. */
    private static ObjectNode renamed(ObjectNode pod, String container) {
        ObjectNode other = pod.deepCopy();
        ApiServerRules.containers(other).forEach(each -> {
            if (each.get("name").asText().equals(container)) {
                ((ObjectNode) each).put("name", "renamed");
            }
        });
        if (other.at("/metadata/annotations") instanceof ObjectNode annotations) {
            for (Map.Entry<String, JsonNode> annotation : List.copyOf(annotations.properties())) {
                if (annotation.getKey().endsWith("/" + container)) {
                    annotations.remove(annotation.getKey());
                    annotations.set(
                            annotation.getKey().substring(0, annotation.getKey().lastIndexOf('/') + 1) + "renamed",
                            annotation.getValue());
                }
            }
        }
        return other;
    }
}
