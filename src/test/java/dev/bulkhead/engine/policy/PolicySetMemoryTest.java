package dev.bulkhead.engine.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.engine.evaluation.Evaluations;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is remembered of requests is bounded by bytes, and holds nothing that callers wrote. */
class PolicySetMemoryTest {
    private static final int LARGE = 200_000;

    private static final List<String> POLICIES = List.of(
            "metadata: {name: tenants}, spec: {match: {namespaceSelector: {matchLabels: {tier: tenant}}}}",
            "metadata: {name: web}, spec: {match: {workloadSelector: {matchLabels: {app: web}}}, mode: warn}",
            "metadata: {name: all}, spec: {podSecurityLabels: true, profile: baseline}");

    private final PolicySet policies = Evaluations.policies(POLICIES.stream()
            .map(policy -> "{apiVersion: bulkhead.dev/v1alpha1, kind: LeastPrivilegePolicy, " + policy + "}")
            .toArray(String[]::new));

    private void ask(Namespace namespace, Map<String, String> podLabels) {
        assertThat(policies.rulesFor(namespace, () -> podLabels, Evaluations.CLUSTER)
                        .policies())
                .contains("all");
    }

    @Test
    void namesOfNamespacesAreNotCached() {
        ask(Namespace.named("a"), Map.of());
        long before = policies.rememberedBytes();

        for (int i = 0; i < 300; i++) {
            ask(Namespace.named("n".repeat(LARGE) + i), Map.of());
        }

        assertThat(policies.rememberedBytes()).isEqualTo(before);
    }

    @Test
    void labelsOfNamespacesAreNotCached() {
        ask(new Namespace("a", Map.of("tier", "other")), Map.of());
        long before = policies.rememberedBytes();

        for (int i = 0; i < 200; i++) {
            ask(new Namespace("a", Map.of("tier", "t".repeat(LARGE) + i, "l".repeat(LARGE), "v" + i)), Map.of());
        }

        assertThat(policies.rememberedBytes()).isEqualTo(before);
    }

    @Test
    void labelsOfPodsAreNotCached() {
        ask(Namespace.named("a"), Map.of("app", "other"));
        long before = policies.rememberedBytes();

        for (int i = 0; i < 200; i++) {
            ask(Namespace.named("a"), Map.of("app", "w".repeat(LARGE) + i, "l".repeat(LARGE), "v" + i));
        }

        assertThat(policies.rememberedBytes()).isEqualTo(before);
    }

    @Test
    void labelsThatAskForMillionsOfVersionsStayWithinTheBound() {
        for (int i = 0; i < 3_000; i++) {
            ask(
                    new Namespace(
                            "a",
                            Map.of(
                                    "pod-security.kubernetes.io/enforce",
                                    "restricted",
                                    "pod-security.kubernetes.io/enforce-version",
                                    "v1." + i)),
                    Map.of());
        }

        assertThat(policies.rememberedBytes()).isBetween(1L << 20, 12L << 20);
    }

    @Test
    void labelsThatPickAnySetOutOfManyPoliciesStayWithinTheBound() {
        List<Policy> many = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            Policy builtIn = Policy.builtIn(Profile.BASELINE);
            many.add(new Policy(
                    "p" + i,
                    new Policy.Match(
                            new LabelSelector(Map.of("team-" + i, "yes"), List.of()),
                            new LabelSelector(Map.of("app-" + i, "yes"), List.of()),
                            java.util.Set.of()),
                    builtIn.profile(),
                    builtIn.mode(),
                    builtIn.namespaceLabels(),
                    Map.of(),
                    builtIn.settings()));
        }
        PolicySet selected = new PolicySet(many, Optional.of(Policy.builtIn(Profile.BASELINE)), List.of());

        for (int i = 0; i < 1_500; i++) {
            Map<String, String> namespaceLabels = new HashMap<>();
            Map<String, String> podLabels = new HashMap<>();
            for (int bit = 0; bit < 60; bit++) {
                if ((((i * 0x9E3779B97F4A7C15L) >>> bit) & 1) == 1) {
                    namespaceLabels.put("team-" + bit, "yes");
                    podLabels.put("app-" + bit, "yes");
                }
            }
            selected.rulesFor(new Namespace("n" + i, namespaceLabels), () -> podLabels, Evaluations.CLUSTER);
        }

        assertThat(selected.rememberedBytes()).isBetween(1L << 20, 12L << 20);
    }

    @Test
    void aProfileThatIsPinnedRemembersOneAnswerForEveryNamespace() {
        PolicySet pinned = PolicySet.pinned(Profile.RESTRICTED);
        EffectiveRules first = pinned.rulesFor(Namespace.named("a"), Map::of, Evaluations.CLUSTER);
        long before = pinned.rememberedBytes();

        for (int i = 0; i < 1_000; i++) {
            Namespace other = new Namespace("n" + i, Map.of(PolicySet.PROFILE_LABEL, "sandboxed"));
            assertThat(pinned.rulesFor(other, Map::of, Evaluations.CLUSTER)).isSameAs(first);
        }

        assertThat(pinned.rememberedBytes()).isEqualTo(before).isLessThan(16 << 10);
    }

    @Test
    void anotherVersionOfTheClusterIsAnotherAnswer() {
        EffectiveRules old = policies.rulesFor(Namespace.named("a"), Map::of, ClusterCapabilities.offline(24));

        assertThat(policies.rulesFor(Namespace.named("a"), Map::of, Evaluations.CLUSTER))
                .isNotEqualTo(old);
    }
}
