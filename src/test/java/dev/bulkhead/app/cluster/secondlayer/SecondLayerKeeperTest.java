package dev.bulkhead.app.cluster.secondlayer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.MovingClock;
import dev.bulkhead.app.cluster.FakeApiServer;
import dev.bulkhead.app.cluster.resource.CustomResources;
import dev.bulkhead.app.cluster.resource.EventRecorder;
import dev.bulkhead.app.cluster.webhook.WorkloadScope;
import dev.bulkhead.engine.evaluation.Evaluations;
import dev.bulkhead.engine.policy.PolicySet;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.StatusDetails;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SecondLayerKeeperTest {
    private static final Instant START = Instant.parse("2026-11-24T12:00:00Z");
    private static final String POLICY = """
            apiVersion: bulkhead.dev/v1alpha1
            kind: LeastPrivilegePolicy
            metadata: {name: %s}
            spec: {profile: %s, namespaceLabels: ignore, match: {namespaceSelector: {matchLabels: {team: %1$s}}}}
            """;
    private static final String EXEMPTION = """
            apiVersion: bulkhead.dev/v1alpha1
            kind: Exemption
            metadata: {name: proc, namespace: bulkhead-system}
            spec:
              reason: r
              owner: o
              expires: %s
              match: {namespaces: [monitoring]}
              allow: [{rule: hostPathVolumes, values: [/proc]}]
            """;
    private static final String DENY = "bulkhead-second-layer-deny-";

    private final FakeApiServer server = new FakeApiServer();
    private final MovingClock clock = new MovingClock(START);
    private final Slots slots = new Slots("bulkhead", 2);
    private final AtomicInteger changes = new AtomicInteger();
    private Optional<WorkloadScope> scope = Optional.of(new WorkloadScope(
            Set.of("kube-system", "bulkhead-system"),
            List.of(new WorkloadScope.Condition("not-argo", "request.userInfo.username != 'argo'"))));
    private final SecondLayerKeeper keeper = new SecondLayerKeeper(
            server.client(),
            slots,
            new EventRecorder(server.client(), "bulkhead-system", "bulkhead", "bulkhead-0", clock),
            () -> scope,
            clock,
            changes::incrementAndGet);

    @BeforeEach
    void install() {
        slots.all().forEach(this::bind);
    }

    @AfterEach
    void close() {
        keeper.close();
        server.close();
    }

    private void bind(Slot slot) {
        ObjectNode binding =
                SlotBinding.spec(slot, Set.of("kube-system", "bulkhead-system")).objectNode();
        binding.put("apiVersion", "admissionregistration.k8s.io/v1")
                .put("kind", slot.kind().bindingKind());
        binding.putObject("metadata")
                .put("name", slot.name())
                .putObject("labels")
                .put(Slots.LABEL, "bulkhead");
        binding.set("spec", SlotBinding.spec(slot, Set.of("kube-system", "bulkhead-system")));
        server.client()
                .genericKubernetesResources(slot.kind().bindings())
                .resource(object(binding))
                .create();
    }

    private GenericKubernetesResource object(JsonNode tree) {
        return server.client().getKubernetesSerialization().convertValue(tree, GenericKubernetesResource.class);
    }

    private Map<String, JsonNode> stored(ResourceDefinitionContext kind) {
        Map<String, JsonNode> objects = new TreeMap<>();
        server.client()
                .genericKubernetesResources(kind)
                .list()
                .getItems()
                .forEach(found ->
                        objects.put(found.getMetadata().getName(), CustomResources.tree(server.client(), found)));
        return objects;
    }

    private Map<String, String> exports() {
        Map<String, String> exports = new TreeMap<>();
        for (PolicyKind kind : PolicyKind.values()) {
            stored(kind.policies()).forEach((name, policy) -> exports.put(name, ExportedPolicy.exportIn(policy)));
        }
        return exports;
    }

    private JsonNode policy(String name) {
        return stored(PolicyKind.VALIDATING.policies(), name);
    }

    private JsonNode stored(ResourceDefinitionContext kind, String name) {
        return Optional.ofNullable(stored(kind).get(name)).orElseThrow();
    }

    /** Passes until the watches show what is stored. */
    private void keep(PolicySet policies, int minor) {
        awaitBindings(policies, minor);
        FakeApiServer.await("that nothing is written any more", () -> {
            long before = writes();
            int seen = changes.get();
            pass(policies, minor);
            long written = writes() - before;
            FakeApiServer.await("the watches", () -> changes.get() >= seen + written);
            return keeper.isInStep().orElse(false) && written == 0;
        });
    }

    /** The events of bindings that were there before must not pass for those of what is written. */
    private void awaitBindings(PolicySet policies, int minor) {
        long bindings = slots.all().stream()
                .filter(slot -> slot.kind().since() <= minor)
                .count();
        FakeApiServer.await("the bindings", () -> {
            pass(policies, minor, false);
            return changes.get() >= bindings;
        });
    }

    private void pass(PolicySet policies, int minor) {
        pass(policies, minor, true);
    }

    private void pass(PolicySet policies, int minor, boolean leading) {
        try {
            keeper.keep(policies, minor, () -> leading);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private long writes() {
        return server.count(request -> request.matches("(PATCH|PUT|DELETE) .*admissionpolicies.*"));
    }

    private List<String> events() {
        return server.client().v1().events().inNamespace("bulkhead-system").list().getItems().stream()
                .map(event -> event.getReason() + ": " + event.getMessage())
                .toList();
    }

    @Test
    void writesEachPolicyWhereItsBindingIs() {
        keep(Evaluations.policies(POLICY.formatted("a", "restricted"), POLICY.formatted("b", "baseline")), 37);

        assertThat(exports())
                .isEqualTo(Map.of(DENY + "1", "bulkhead-a-levels-deny", DENY + "2", "bulkhead-b-levels-deny"));
        JsonNode a = policy(DENY + "1");
        assertThat(a.at("/metadata/labels/bulkhead.dev~1second-layer").asText()).isEqualTo("bulkhead");
        assertThat(a.at("/metadata/ownerReferences/0/kind").asText()).isEqualTo("ValidatingAdmissionPolicyBinding");
        assertThat(a.at("/metadata/ownerReferences/0/uid"))
                .isEqualTo(stored(PolicyKind.VALIDATING.bindings(), DENY + "1").at("/metadata/uid"));
        assertThat(a.at("/spec/matchConstraints/namespaceSelector/matchLabels/team")
                        .asText())
                .isEqualTo("a");
        assertThat(a.at("/spec/matchConstraints/namespaceSelector/matchExpressions/0/values")
                        .toString())
                .isEqualTo("[\"bulkhead-system\",\"kube-system\"]");
        assertThat(a.at("/spec/matchConditions/1/expression").asText())
                .isEqualTo("request.userInfo.username != 'argo'");
        assertThat(a.at("/spec/validations/0/messageExpression").asText()).startsWith("'policy a: ' + ");
    }

    @Test
    void fillsInFromKubernetes136On() {
        PolicySet policies = Evaluations.policies(POLICY.formatted("a", "least-privilege"));

        keep(policies, 35);
        assertThat(exports()).containsKey(DENY + "1").doesNotContainKey("bulkhead-second-layer-harden");
        assertThat(server.count(
                        request -> request.contains("/mutatingadmissionpolicies") && request.contains("labelSelector")))
                .isZero();

        keep(policies, 36);
        assertThat(exports()).containsEntry("bulkhead-second-layer-harden", "bulkhead-harden");
    }

    @Test
    void writesNothingBeforeKubernetes130() {
        pass(Evaluations.policies(POLICY.formatted("a", "baseline")), 29);
        clock.pass(Duration.ofSeconds(6));
        pass(Evaluations.policies(POLICY.formatted("a", "baseline")), 29);

        assertThat(keeper.isInStep()).contains(false);
        assertThat(events())
                .containsExactly("SecondLayerNotInStep: the second layer is not in step with the policies:"
                        + " Kubernetes 1.29 has no ValidatingAdmissionPolicy, which needs 1.30");
        assertThat(exports()).isEmpty();
    }

    @Test
    void followsThePoliciesAndLeavesTheOthersAlone() {
        keep(Evaluations.policies(POLICY.formatted("a", "baseline"), POLICY.formatted("c", "baseline")), 37);
        String before = policy(DENY + "2").toString();

        keep(Evaluations.policies(POLICY.formatted("b", "restricted"), POLICY.formatted("c", "baseline")), 37);

        assertThat(exports())
                .isEqualTo(Map.of(DENY + "1", "bulkhead-b-levels-deny", DENY + "2", "bulkhead-c-levels-deny"));
        assertThat(policy(DENY + "2").toString()).isEqualTo(before);

        keep(Evaluations.policies(), 37);
        assertThat(exports()).isEmpty();
    }

    @Test
    void leavesAnExemptionOutOnceItHasExpired() {
        PolicySet policies =
                Evaluations.policies(POLICY.formatted("a", "baseline"), EXEMPTION.formatted("2026-11-24T13:00:00Z"));

        keep(policies, 37);
        assertThat(policy(DENY + "1").toString()).contains("exemption_bulkhead_system_proc");

        clock.pass(Duration.ofHours(1));
        keep(policies, 37);
        assertThat(policy(DENY + "1").toString()).doesNotContain("exemption_bulkhead_system_proc");
    }

    @Test
    void restoresWhatSomebodyChanges() {
        PolicySet policies = Evaluations.policies(POLICY.formatted("a", "baseline"));
        keep(policies, 37);
        ObjectNode edited = (ObjectNode) policy(DENY + "1");
        ((ObjectNode) edited.path("metadata")).put("generation", 7);
        ((ObjectNode) edited.path("spec"))
                .putArray("matchConditions")
                .addObject()
                .put("name", "never")
                .put("expression", "false");

        change(() -> server.client()
                .genericKubernetesResources(PolicyKind.VALIDATING.policies())
                .resource(object(edited))
                .update());
        keep(policies, 37);

        assertThat(policy(DENY + "1").toString()).doesNotContain("never").contains("changes-a-pod");
        assertThat(events())
                .singleElement()
                .asString()
                .startsWith("SecondLayerRestored: ")
                .endsWith(" has changed ValidatingAdmissionPolicy bulkhead-second-layer-deny-1 (policy a); it was"
                        + " restored");
    }

    @Test
    void restoresWhatSomebodyDeletes() {
        PolicySet policies = Evaluations.policies(POLICY.formatted("a", "baseline"));
        keep(policies, 37);

        change(() -> delete(PolicyKind.VALIDATING.policies(), DENY + "1"));
        keep(policies, 37);

        assertThat(exports()).containsKey(DENY + "1");
        assertThat(events())
                .containsExactly("SecondLayerRestored: somebody has deleted ValidatingAdmissionPolicy"
                        + " bulkhead-second-layer-deny-1 (policy a); it was restored");
    }

    @Test
    void waitsLongerEachTimeSomebodyUndoesIt() {
        PolicySet policies = Evaluations.policies(POLICY.formatted("a", "baseline"));
        keep(policies, 37);
        change(() -> delete(PolicyKind.VALIDATING.policies(), DENY + "1"));
        keep(policies, 37);
        change(() -> delete(PolicyKind.VALIDATING.policies(), DENY + "1"));

        pass(policies, 37);
        assertThat(exports()).isEmpty();
        assertThat(keeper.isInStep()).contains(false);

        clock.pass(Duration.ofSeconds(11));
        keep(policies, 37);
        assertThat(exports()).containsKey(DENY + "1");
    }

    /** Waits until the watch shows it. */
    private void change(Runnable change) {
        int before = changes.get();
        change.run();
        FakeApiServer.await("the watch", () -> changes.get() > before);
    }

    private List<StatusDetails> delete(ResourceDefinitionContext kind, String name) {
        return server.client().genericKubernetesResources(kind).withName(name).delete();
    }

    @Test
    void reportsWhatHasNoBinding() {
        PolicySet policies = Evaluations.policies(
                POLICY.formatted("a", "baseline"),
                POLICY.formatted("b", "baseline"),
                POLICY.formatted("c", "baseline"));

        FakeApiServer.await("the watches", () -> {
            pass(policies, 37);
            return exports().size() == 2;
        });
        clock.pass(Duration.ofSeconds(6));
        pass(policies, 37);

        assertThat(keeper.isInStep()).contains(false);
        assertThat(events())
                .containsExactly("SecondLayerNotInStep: the second layer is not in step with the policies:"
                        + " bulkhead-c-levels-deny (policy c) is not in the second layer: all 2 bindings with the effect"
                        + " Deny are taken");

        keep(Evaluations.policies(POLICY.formatted("a", "baseline"), POLICY.formatted("c", "baseline")), 37);
        assertThat(exports())
                .isEqualTo(Map.of(DENY + "1", "bulkhead-a-levels-deny", DENY + "2", "bulkhead-c-levels-deny"));
        assertThat(events()).contains("SecondLayerInStep: the second layer is in step with the policies again");
    }

    /** The command that switches it off in an emergency. */
    @Test
    void staysOffWhereBindingsAreDeleted() {
        PolicySet policies = Evaluations.policies(POLICY.formatted("a", "baseline"));
        keep(policies, 37);

        slots.all().forEach(slot -> change(() -> delete(slot.kind().bindings(), slot.name())));
        FakeApiServer.await("that it is withdrawn", () -> {
            pass(policies, 37);
            return exports().isEmpty();
        });

        assertThat(keeper.isInStep()).contains(false);
    }

    @Test
    void reportsABindingThatSomebodyHasChanged() {
        PolicySet policies = Evaluations.policies(POLICY.formatted("a", "baseline"));
        keep(policies, 37);
        ObjectNode binding = (ObjectNode) stored(PolicyKind.VALIDATING.bindings(), DENY + "1");
        ((ObjectNode) binding.path("spec")).putArray("validationActions").add("Warn");

        change(() -> server.client()
                .genericKubernetesResources(PolicyKind.VALIDATING.bindings())
                .resource(object(binding))
                .update());
        pass(policies, 37);
        clock.pass(Duration.ofSeconds(6));
        pass(policies, 37);

        assertThat(events())
                .containsExactly("SecondLayerNotInStep: the second layer is not in step with the policies:"
                        + " ValidatingAdmissionPolicyBinding bulkhead-second-layer-deny-1 is not as installed");
    }

    @Test
    void onePolicyThatIsRefusedKeepsNoOtherFromBeingWritten() {
        Predicate<String> first = request -> request.startsWith("PATCH ") && request.contains(DENY + "1?");
        server.fail(first, 422);
        PolicySet policies = Evaluations.policies(POLICY.formatted("a", "baseline"), POLICY.formatted("b", "baseline"));

        FakeApiServer.await("the other", () -> {
            tryPass(policies);
            return exports().containsKey(DENY + "2");
        });
        clock.pass(Duration.ofSeconds(6));
        assertThatThrownBy(() -> keeper.keep(policies, 37, () -> true))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(
                        "a policy of the second layer could not be written: the API server answered 422");
        assertThat(events())
                .singleElement()
                .asString()
                .startsWith("SecondLayerNotInStep: the second layer is not in step with the policies:"
                        + " ValidatingAdmissionPolicy bulkhead-second-layer-deny-1 (policy a) could not be written");

        server.recover();
        keep(policies, 37);
        assertThat(exports()).hasSize(2);
    }

    private void tryPass(PolicySet policies) {
        try {
            keeper.keep(policies, 37, () -> true);
        } catch (IOException e) {
            // It is retried.
            assertThat(e).hasMessageContaining("could not be written");
        }
    }

    @Test
    void writesNothingWhileItIsUnknownWhatTheWebhookExcludes() {
        scope = Optional.empty();

        for (int i = 0; i < 20; i++) {
            pass(Evaluations.policies(POLICY.formatted("a", "baseline")), 37);
        }

        assertThat(writes()).isZero();
        assertThat(keeper.isInStep()).contains(false);
    }

    @Test
    void writesNothingOnceAnotherReplicaLeads() throws IOException {
        PolicySet policies = Evaluations.policies(POLICY.formatted("a", "baseline"));
        FakeApiServer.await("the watches", () -> {
            try {
                keeper.keep(policies, 37, () -> false);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            return server.count(request -> request.contains("watch=true") && request.contains("admissionpolic")) >= 4;
        });
        keeper.keep(policies, 37, () -> false);
        keeper.forget();

        assertThat(writes()).isZero();
        assertThat(keeper.isInStep()).isEmpty();
    }

    @Test
    void deletesAllWhenItsNamespaceIsDeleted() {
        keep(Evaluations.policies(POLICY.formatted("a", "least-privilege")), 37);
        assertThat(exports()).hasSizeGreaterThan(2);

        keeper.withdraw();

        assertThat(exports()).isEmpty();
    }
}
