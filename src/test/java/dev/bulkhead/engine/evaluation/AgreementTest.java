package dev.bulkhead.engine.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.Yaml;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Workload;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
 * The command line on a manifest, the webhook on the pod made of it and on the controller that would make it, and whoever
 * looks at the pod once it is stored come to the same verdict, with the same findings and exemptions. What the API server
 * does on the way is done here by {@link ApiServerSteps}, and the patch is applied by an independent library.
 */
class AgreementTest {
    private static final Path FIXTURES = Path.of("src/test/resources/fixtures");
    private static final Namespace NAMESPACE = new Namespace("driftwood", Map.of());

    @Provide
    Arbitrary<ObjectNode> pods() {
        // The API server creates no pod with ephemeral containers.
        Arbitrary<ObjectNode> pods = RandomPods.any()
                .filter(pod -> pod.at("/spec/ephemeralContainers").isMissingNode());
        return Combinators.combine(pods, Arbitraries.of(false, true), Arbitraries.of(false, true))
                .as(AgreementTest::withWhatIsDefaulted);
    }

    private static ObjectNode withWhatIsDefaulted(ObjectNode pod, boolean port, boolean volume) {
        ObjectNode spec = (ObjectNode) pod.get("spec");
        if (port) {
            ((ObjectNode) spec.at("/containers/0"))
                    .withArrayProperty("ports")
                    .addObject()
                    .put("containerPort", 80);
        }
        if (volume) {
            spec.withArrayProperty("volumes").addObject().put("name", "bare");
        }
        return pod;
    }

    @Provide
    Arbitrary<List<String>> policies() {
        return RandomPolicies.any();
    }

    @Property(tries = 3_000)
    void everyStateOfAPodIsEvaluatedAlike(@ForAll("pods") ObjectNode pod, @ForAll("policies") List<String> policies) {
        assertAgreement(pod, Evaluations.policies(policies.toArray(String[]::new)));
    }

    @TestFactory
    Stream<DynamicTest> everyStateOfAFixtureIsEvaluatedAlike() throws IOException {
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
                                    assertAgreement(pod, PolicySet.of(profile));
                                }
                            }));
        }
    }

    @Test
    void templateOfACustomKindIsCompletedAsItsPodsAre() {
        // The API server knows nothing of pods in such objects, so that they reach webhooks as they were written.
        WorkloadKinds kinds = WorkloadKinds.builtIn().with(List.of("argoproj.io/Rollout=/spec/template"));
        Workload rollout = kinds.find(Yaml.tree("""
                        apiVersion: argoproj.io/v1alpha1
                        kind: Rollout
                        metadata: {name: web}
                        spec: {template: {spec: {containers: [{name: app, image: a}], volumes: [{name: cache}]}}}
                        """)).orElseThrow();
        WorkloadEvaluation evaluation =
                new WorkloadEvaluation(PolicySet.of(Profile.LEAST_PRIVILEGE), Evaluations.CLUSTER, Evaluations.NOW);

        assertThat(evaluation
                        .asStored(rollout, NAMESPACE, Optional.of("jane"))
                        .verdict()
                        .outcome())
                .isEqualTo(Verdict.Outcome.HARDENED);
    }

    @Test
    void templateOnTheHostsNetworkIsDeniedForThePortsThatItsPodsGet() {
        PolicySet policies = Evaluations.policies(
                "{apiVersion: bulkhead.dev/v1alpha1, kind: LeastPrivilegePolicy, metadata: {name: p},"
                        + " spec: {profile: baseline, rules: {hostNamespaces: {allow: [hostNetwork]}}}}");
        ObjectNode pod = (ObjectNode) Yaml.tree("""
                apiVersion: v1
                kind: Pod
                metadata: {name: web}
                spec: {hostNetwork: true, containers: [{name: app, image: a, ports: [{containerPort: 80}]}]}
                """);

        Verdict verdict = new WorkloadEvaluation(policies, Evaluations.CLUSTER, Evaluations.NOW)
                .asStored(workload(deployment(pod)), NAMESPACE, Optional.of("jane"))
                .verdict();

        assertThat(Evaluations.leadingTo(Action.DENY, verdict)).containsExactly("hostPorts=80");
    }

    @Test
    void userIsNotFilledIntoExemptContainersOfPodsWithAUserNamespace() {
        PolicySet policies = Evaluations.policies(
                "{apiVersion: bulkhead.dev/v1alpha1, kind: LeastPrivilegePolicy, metadata: {name: p},"
                        + " spec: {profile: sandboxed, user: {id: 10001}}}",
                "{apiVersion: bulkhead.dev/v1alpha1, kind: Exemption, metadata: {name: e, namespace: bulkhead-system},"
                        + " spec: {reason: r, owner: o, expires: 2027-01-01T00:00:00Z,"
                        + " match: {namespaces: [driftwood], containers: [b]},"
                        + " allow: [{rule: runAsNonRoot, values: ['*']}]}}");
        ObjectNode pod = (ObjectNode) Yaml.tree("""
                apiVersion: v1
                kind: Pod
                metadata: {name: web}
                spec:
                  hostUsers: false
                  containers: [{name: a, image: a}, {name: b, image: b}]
                """);

        Verdict verdict = new WorkloadEvaluation(policies, Evaluations.CLUSTER, Evaluations.NOW)
                .asItArrives(workload(pod), NAMESPACE, Optional.of("jane"))
                .verdict();

        assertThat(verdict.edits())
                .extracting(edit -> edit.place().pointer())
                .contains("/spec/containers/0/securityContext/runAsUser")
                .doesNotContain("/spec/securityContext/runAsUser", "/spec/containers/1/securityContext/runAsUser");
    }

    /** One rule finds the value, and another one fills in over it. */
    @Test
    void containerForWhichAnotherRuleFillsInDoesNotInheritThePodsValue() {
        PolicySet policies = Evaluations.policies(
                "{apiVersion: bulkhead.dev/v1alpha1, kind: LeastPrivilegePolicy, metadata: {name: p},"
                        + " spec: {profile: sandboxed, rules: {seccompProfile_baseline: {action: audit}}}}",
                "{apiVersion: bulkhead.dev/v1alpha1, kind: LeastPrivilegePolicy, metadata: {name: q},"
                        + " spec: {profile: restricted@v1.19, mode: warn}}",
                "{apiVersion: bulkhead.dev/v1alpha1, kind: Exemption, metadata: {name: e, namespace: bulkhead-system},"
                        + " spec: {reason: r, owner: o, expires: 2027-01-01T00:00:00Z,"
                        + " match: {namespaces: [driftwood], containers: [b]},"
                        + " allow: [{rule: seccompProfile_baseline, values: ['*']}]}}");

        assertAgreement((ObjectNode) Yaml.tree("""
                        apiVersion: v1
                        kind: Pod
                        metadata: {name: web}
                        spec:
                          securityContext: {seccompProfile: {type: Unconfined}}
                          containers: [{name: a, image: a}]
                        """), policies);
    }

    private static void assertAgreement(ObjectNode pod, PolicySet policies) {
        WorkloadEvaluation evaluation = new WorkloadEvaluation(policies, Evaluations.CLUSTER, Evaluations.NOW);
        Optional<String> user = Optional.of("jane");

        Verdict manifest =
                evaluation.asManifest(workload(pod.deepCopy()), NAMESPACE).verdict();
        Verdict manifestOfController =
                evaluation.asManifest(workload(deployment(pod)), NAMESPACE).verdict();
        Verdict controller = evaluation
                .asStored(workload(ApiServerSteps.defaultedTemplate(deployment(pod))), NAMESPACE, user)
                .verdict();
        ObjectNode created = ApiServerSteps.created(pod);
        Verdict arriving =
                evaluation.asItArrives(workload(created), NAMESPACE, user).verdict();
        JsonNode hardened =
                io.fabric8.zjsonpatch.JsonPatch.apply(arriving.patch().toJson(), created.deepCopy());
        Verdict stored =
                evaluation.asStored(workload(hardened), NAMESPACE, user).verdict();
        Verdict recreated =
                evaluation.asRecreated(workload(hardened), NAMESPACE).verdict();

        List<String> expected = remaining(stored);
        assertThat(remaining(arriving)).as("as it arrives").isEqualTo(expected);
        assertThat(remaining(manifest)).as("as a manifest").isEqualTo(expected);
        assertThat(remaining(recreated)).as("created again").isEqualTo(expected);
        assertThat(remaining(controller)).as("its controller").isEqualTo(expected);
        assertThat(remaining(manifestOfController))
                .as("its controller's manifest")
                .isEqualTo(expected);
        assertThat(recreated.edits()).as("hardened once more").isEmpty();
        assertThat(recreated.outcome()).isEqualTo(stored.outcome());
        assertThat(evaluation
                        .asItArrives(workload(hardened), NAMESPACE, user)
                        .verdict()
                        .edits())
                .as("hardened once more, by another call of the webhook")
                .isEmpty();
        Verdict.Outcome outcome =
                stored.outcome() != Verdict.Outcome.DENIED && !arriving.edits().isEmpty()
                        ? Verdict.Outcome.HARDENED
                        : stored.outcome();
        for (Verdict verdict : List.of(arriving, manifest, controller, manifestOfController)) {
            assertThat(verdict.outcome()).isEqualTo(outcome);
        }
    }

    /** What is found but for what is filled in, wherever it stands; an excuse from hardening is one from denial, too. */
    private static List<String> remaining(Verdict verdict) {
        return verdict.findings().stream()
                .filter(evaluated -> !evaluated.leadsTo(Action.HARDEN))
                .map(evaluated -> evaluated.finding().rule().id() + "="
                        + evaluated.finding().value()
                        + evaluated
                                .finding()
                                .subject()
                                .asContainer()
                                .map(AgreementTest::named)
                                .orElse("") + ": "
                        + evaluated.afterHardening().action()
                        + evaluated
                                .exemption()
                                .map(name -> ", exempted by " + name)
                                .orElse(""))
                .distinct()
                .sorted()
                .toList();
    }

    private static String named(Container container) {
        return " in " + container.kind() + " " + container.name();
    }

    private static Workload workload(JsonNode object) {
        return WorkloadKinds.builtIn().find(object).orElseThrow();
    }

    private static ObjectNode deployment(ObjectNode pod) {
        ObjectNode deployment = JsonNodeFactory.instance
                .objectNode()
                .put("apiVersion", "apps/v1")
                .put("kind", "Deployment");
        deployment.putObject("metadata").put("name", "d");
        ObjectNode template = deployment.putObject("spec").putObject("template");
        template.set("metadata", pod.get("metadata").deepCopy());
        template.set("spec", pod.get("spec").deepCopy());
        return deployment;
    }

    /** What the API server of Kubernetes 1.37 does to pods that matters to a verdict, before it asks webhooks. */
    static final class ApiServerSteps {
        private static final String MOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";
        private static final String TOKEN_VOLUME = "kube-api-access-";

        private ApiServerSteps() {}

        /** The pod as webhooks get it: with defaults, and with the token that the ServiceAccount plugin mounts. */
        static ObjectNode created(ObjectNode manifest) {
            ObjectNode pod = manifest.deepCopy();
            ObjectNode spec = (ObjectNode) pod.get("spec");
            defaultVolumes(spec);
            if (spec.path("hostNetwork").asBoolean()) {
                containers(spec)
                        .forEach(container -> container.path("ports").forEach(port -> {
                            if (port.path("hostPort").asInt() == 0) {
                                ((ObjectNode) port).set("hostPort", port.path("containerPort"));
                            }
                        }));
            }
            if (spec.path("serviceAccountName").asText().isEmpty()) {
                String older = spec.path("serviceAccount").asText();
                spec.put("serviceAccountName", older.isEmpty() ? "default" : older);
            }
            if (spec.path("automountServiceAccountToken").asBoolean(true)) {
                mountToken(spec);
            }
            return pod;
        }

        /** A controller as webhooks get it. Ports of templates are left alone since Kubernetes 1.28. */
        static ObjectNode defaultedTemplate(ObjectNode controller) {
            defaultVolumes((ObjectNode) controller.at("/spec/template/spec"));
            return controller;
        }

        private static void defaultVolumes(ObjectNode spec) {
            spec.path("volumes").forEach(volume -> {
                if (volume.size() == 1) {
                    ((ObjectNode) volume).putObject("emptyDir");
                }
            });
        }

        private static List<ObjectNode> containers(ObjectNode spec) {
            return Stream.of("initContainers", "containers")
                    .flatMap(list -> spec.path(list).valueStream())
                    .map(ObjectNode.class::cast)
                    .toList();
        }

        /** As plugin/pkg/admission/serviceaccount does it. */
        private static void mountToken(ObjectNode spec) {
            Optional<String> existing = spec.path("volumes")
                    .valueStream()
                    .map(volume -> volume.path("name").asText())
                    .filter(name -> name.startsWith(TOKEN_VOLUME))
                    .findFirst();
            String name = existing.orElse(TOKEN_VOLUME + "abcde");
            boolean needed = false;
            for (ObjectNode container : containers(spec)) {
                boolean mounted = container
                        .path("volumeMounts")
                        .valueStream()
                        .anyMatch(mount -> mount.path("mountPath").asText().equals(MOUNT_PATH));
                if (!mounted) {
                    list(container, "volumeMounts")
                            .addObject()
                            .put("name", name)
                            .put("readOnly", true)
                            .put("mountPath", MOUNT_PATH);
                    needed = true;
                }
            }
            if (needed && existing.isEmpty()) {
                list(spec, "volumes")
                        .addObject()
                        .put("name", name)
                        .putObject("projected")
                        .putArray("sources")
                        .addObject()
                        .putObject("serviceAccountToken")
                        .put("path", "token");
            }
        }

        private static ArrayNode list(ObjectNode holder, String name) {
            return holder.path(name).isArray() ? (ArrayNode) holder.get(name) : holder.putArray(name);
        }
    }
}
