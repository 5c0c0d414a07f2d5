package dev.bulkhead.engine.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.edit.JsonPatch;
import dev.bulkhead.engine.policy.Mode;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.Workload;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What hardening must never do, whatever the pod. The patches are applied by an independent library. */
class HardeningInvariantsTest {
    private static final ClusterCapabilities CLUSTER = ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR);
    private static final Policy WITH_USER = new Policy(
            "with-user",
            Policy.Match.EVERYTHING,
            Profile.SANDBOXED,
            Mode.ENFORCE,
            Policy.NamespaceLabels.TIGHTEN,
            Map.of(),
            new Policy.PolicySettings(
                    Optional.empty(),
                    Optional.of(new dev.bulkhead.engine.rule.RuleSettings.User.PerNamespace(100_000, 200_000)),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty()));

    @Provide
    Arbitrary<ObjectNode> pods() {
        return RandomPods.any();
    }

    @Provide
    Arbitrary<PolicySet> policies() {
        return Arbitraries.of(
                PolicySet.of(Profile.LEAST_PRIVILEGE),
                PolicySet.of(Profile.SANDBOXED),
                new PolicySet(List.of(WITH_USER), List.of()));
    }

    @Property(tries = 3_000)
    void hardenedPodContainsTheOriginal(@ForAll("pods") ObjectNode pod, @ForAll("policies") PolicySet policies) {
        assertContains(pod, hardened(pod, policies), "");
    }

    @Property(tries = 3_000)
    void hardeningTwiceIsHardeningOnce(@ForAll("pods") ObjectNode pod, @ForAll("policies") PolicySet policies) {
        JsonNode once = hardened(pod, policies);
        assertThat(evaluate(once, policies).edits()).isEmpty();
    }

    @Property(tries = 3_000)
    void nothingIsLeftToHarden(@ForAll("pods") ObjectNode pod, @ForAll("policies") PolicySet policies) {
        assertThat(evaluate(hardened(pod, policies), policies).leadingTo(Action.HARDEN))
                .isEmpty();
    }

    @Property(tries = 3_000)
    void unhardenedFieldsHaveAReason(@ForAll("pods") ObjectNode pod, @ForAll("policies") PolicySet policies) {
        for (EvaluatedFinding evaluated :
                evaluate(hardened(pod, policies), policies).findings()) {
            if (evaluated.finding().unset() && evaluated.action() == Action.DENY) {
                assertThat(evaluated.notHardenedReason())
                        .as(evaluated.finding().message())
                        .isPresent();
            }
        }
    }

    @Property(tries = 3_000)
    void whatWasDeniedStaysDenied(@ForAll("pods") ObjectNode pod, @ForAll("policies") PolicySet policies) {
        Verdict after = evaluate(hardened(pod, policies), policies);
        for (EvaluatedFinding denied : evaluate(pod, policies).leadingTo(Action.DENY)) {
            assertThat(after.leadingTo(Action.DENY))
                    .as(denied.finding().message())
                    .anyMatch(notHardenedReason -> notHardenedReason.finding().isSameAs(denied.finding()));
        }
    }

    @Property(tries = 3_000)
    void apiServerRefusesNothingNew(@ForAll("pods") ObjectNode pod, @ForAll("policies") PolicySet policies) {
        TreeSet<String> broken = new TreeSet<>(ApiServerRules.brokenBy(hardened(pod, policies)));
        broken.removeAll(ApiServerRules.brokenBy(pod));
        assertThat(broken).isEmpty();
    }

    @Property(tries = 1_000)
    void patchApplicationAgreesWithTheStandardLibrary(
            @ForAll("pods") ObjectNode pod, @ForAll("policies") PolicySet policies) {
        JsonPatch patch = evaluate(pod, policies).patch();
        assertThat(patch.applyTo(pod)).isEqualTo(io.fabric8.zjsonpatch.JsonPatch.apply(patch.toJson(), pod.deepCopy()));
    }

    private static JsonNode hardened(JsonNode pod, PolicySet policies) {
        return io.fabric8.zjsonpatch.JsonPatch.apply(
                evaluate(pod, policies).patch().toJson(), pod.deepCopy());
    }

    private static Verdict evaluate(JsonNode pod, PolicySet policies) {
        Workload workload = WorkloadKinds.builtIn().find(pod).orElseThrow();
        return new WorkloadEvaluation(policies, CLUSTER, Instant.EPOCH)
                .asItArrives(workload, Namespace.named("default"), Optional.empty())
                .verdict();
    }

    /** Everything of the one stands in the other; lists, and lists of names in a text, may be longer at their end. */
    private static void assertContains(JsonNode original, JsonNode result, String at) {
        if (original.isNull()) {
            return;
        }
        assertThat(result.getNodeType()).as(at).isEqualTo(original.getNodeType());
        if (original.isObject()) {
            original.properties()
                    .forEach(member -> assertContains(
                            member.getValue(), result.path(member.getKey()), at + "/" + member.getKey()));
        } else if (original.isArray()) {
            assertThat(result.size()).as(at).isGreaterThanOrEqualTo(original.size());
            for (int i = 0; i < original.size(); i++) {
                assertContains(original.get(i), result.get(i), at + "/" + i);
            }
        } else if (at.endsWith("/cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes")) {
            assertThat(result.textValue()).as(at).startsWith(original.textValue());
        } else {
            assertThat(result).as(at).isEqualTo(original);
        }
    }
}
