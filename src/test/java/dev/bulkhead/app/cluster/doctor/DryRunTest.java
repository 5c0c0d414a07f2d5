package dev.bulkhead.app.cluster.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.Yaml;
import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.engine.policy.LabelSelector;
import dev.bulkhead.engine.policy.Mode;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DryRunTest {
    private static final List<Namespace> NAMESPACES =
            List.of(Namespace.named("apps"), Namespace.named("default"), Namespace.named("shop"));

    private static Optional<DryRun> choose(PolicySet policies, String... runtimeClasses) {
        return DryRun.choose(
                NAMESPACES, policies, new ClusterCapabilities(37, Optional.of(Set.of(runtimeClasses))), Cluster.NOW);
    }

    @Test
    void takesTheDefaultNamespaceWhereThePodIsHardenedThere() {
        assertThat(choose(PolicySet.of(Profile.LEAST_PRIVILEGE)))
                .hasValue(new DryRun("default", Outcome.HARDENED, false, ""));
    }

    @Test
    void prefersANamespaceInWhichThePodIsHardenedToOneInWhichItIsDenied() {
        PolicySet restricted = PolicySet.of(Profile.parse("restricted").orElseThrow());
        assertThat(choose(restricted)).hasValue(new DryRun("default", Outcome.DENIED, false, ""));

        Policy others = new Policy(
                "others",
                new Policy.Match(LabelSelector.EVERYTHING, LabelSelector.EVERYTHING, Set.of("shop")),
                Profile.parse("restricted").orElseThrow(),
                Mode.ENFORCE,
                Policy.NamespaceLabels.IGNORE,
                Map.of(),
                Policy.PolicySettings.NONE);
        Policy shop = new Policy(
                "shop",
                new Policy.Match(LabelSelector.EVERYTHING, LabelSelector.EVERYTHING, Set.of("apps", "default")),
                Profile.LEAST_PRIVILEGE,
                Mode.ENFORCE,
                Policy.NamespaceLabels.IGNORE,
                Map.of(),
                Policy.PolicySettings.NONE);
        assertThat(choose(new PolicySet(List.of(others, shop), List.of())))
                .hasValue(new DryRun("shop", Outcome.HARDENED, false, ""));
    }

    @Test
    void expectsADenialWhereTheClusterHasNoSandbox() {
        PolicySet sandboxed = PolicySet.of(Profile.parse("sandboxed").orElseThrow());

        assertThat(choose(sandboxed)).map(DryRun::expected).hasValue(Outcome.DENIED);
        assertThat(choose(sandboxed, "gvisor")).map(DryRun::expected).hasValue(Outcome.HARDENED);
    }

    @Test
    void triesNothingWhereNothingIsDeniedOrHardened() {
        PolicySet audit = new PolicySet(List.of(Policy.builtIn(Profile.LEAST_PRIVILEGE, Mode.AUDIT)), List.of());

        assertThat(choose(audit)).isEmpty();
    }

    @Test
    void takesNoNamespaceThatIsBeingDeleted() throws UnreadableException {
        Facts facts = Cluster.healthy()
                .put(
                        Source.NAMESPACES,
                        Yaml.tree("metadata: {name: default, deletionTimestamp: '2026-11-24T11:00:00Z'}"),
                        Cluster.namespace("shop"))
                .facts();

        assertThat(DryRun.choose(
                        facts.namespaces(),
                        PolicySet.of(Profile.LEAST_PRIVILEGE),
                        new ClusterCapabilities(37, Optional.of(Set.of())),
                        Cluster.NOW))
                .map(DryRun::namespace)
                .hasValue("shop");
    }

    @Test
    void keepsWhatTheApiServerAnswered() {
        DryRun run = choose(PolicySet.of(Profile.LEAST_PRIVILEGE)).orElseThrow();

        assertThat(DryRun.of(run.refused("denied the request").toJson()))
                .isEqualTo(new DryRun("default", Outcome.HARDENED, false, "denied the request"));
        assertThat(DryRun.of(run.created(Yaml.tree("{metadata: {annotations: {bulkhead.dev/hardened: runAsNonRoot}}}"))
                        .toJson()))
                .isEqualTo(new DryRun("default", Outcome.HARDENED, true, ""));
        assertThat(run.created(Yaml.tree("{metadata: {}}")).hardened()).isFalse();
    }
}
