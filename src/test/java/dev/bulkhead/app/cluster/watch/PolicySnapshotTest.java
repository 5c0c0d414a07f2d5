package dev.bulkhead.app.cluster.watch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.Yaml;
import dev.bulkhead.app.cluster.watch.PolicySnapshot.PolicyState;
import dev.bulkhead.app.cluster.watch.PolicySnapshot.Terms;
import dev.bulkhead.engine.policy.DefaultPolicy;
import dev.bulkhead.engine.policy.Mode;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.Policy.NamespaceLabels;
import dev.bulkhead.engine.policy.Profile;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PolicySnapshotTest {
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
    private static final Terms TERMS = terms(Policy.builtIn(Profile.RESTRICTED), DefaultPolicy.FALLBACK);

    private static Terms terms(Policy builtIn, DefaultPolicy defaultPolicy) {
        return new Terms(builtIn, defaultPolicy, Set.of("bulkhead-system"), Duration.ofDays(90));
    }

    private static JsonNode policy(String uid, String spec) {
        return Yaml.tree("""
                apiVersion: bulkhead.dev/v1alpha1
                kind: LeastPrivilegePolicy
                metadata: {name: tenants, uid: %s, generation: 3}
                spec: {%s}
                """.formatted(uid, spec));
    }

    private static JsonNode exemption(String namespace, String expires) {
        return Yaml.tree("""
                apiVersion: bulkhead.dev/v1alpha1
                kind: Exemption
                metadata: {name: exporter, namespace: %s, uid: e}
                spec:
                  reason: because
                  owner: us
                  expires: %s
                  match: {namespaces: [monitoring]}
                  allow: [{rule: hostNamespaces, values: [hostPID]}]
                """.formatted(namespace, expires));
    }

    private static PolicySnapshot read(PolicySnapshot before, List<JsonNode> policies, List<JsonNode> exemptions) {
        return PolicySnapshot.of(policies, exemptions, TERMS, NOW, before);
    }

    @Test
    void theBuiltInPolicyHasTheConfiguredMode() {
        Policy recording = Policy.builtIn(Profile.RESTRICTED, Mode.AUDIT);
        Terms terms = terms(recording, DefaultPolicy.FALLBACK);

        PolicySnapshot none = PolicySnapshot.of(List.of(), List.of(), terms, NOW, PolicySnapshot.none(terms));

        assertThat(PolicySnapshot.none(terms).policies().policies()).containsExactly(recording);
        assertThat(none.policies().policies()).containsExactly(recording);
    }

    @Test
    void withoutAnyPolicyTheBuiltInOneIsInForce() {
        PolicySnapshot none = read(
                PolicySnapshot.none(TERMS), List.of(), List.of(exemption("bulkhead-system", "2027-01-01T00:00:00Z")));

        assertThat(none.policies().policies()).containsExactly(Policy.builtIn(Profile.RESTRICTED));
        assertThat(none.policies().exemptions())
                .singleElement()
                .satisfies(exemption -> assertThat(exemption.name()).isEqualTo("bulkhead-system/exporter"));
    }

    @Test
    void besidePoliciesTheBuiltInOneGoesOnForTheRest() {
        String tenants = "match: {namespaceSelector: {matchLabels: {tier: tenant}}}";

        PolicySnapshot some = read(PolicySnapshot.none(TERMS), List.of(policy("a", tenants)), List.of());

        assertThat(some.policies().policies()).extracting(Policy::name).containsExactly("tenants", "built-in");
    }

    @Test
    void withoutADefaultPolicyNothingIsInForceBesideThePolicies() {
        Terms none = terms(Policy.builtIn(Profile.RESTRICTED), DefaultPolicy.NONE);

        assertThat(PolicySnapshot.none(none).policies().policies())
                .as("before anything is known")
                .containsExactly(Policy.builtIn(Profile.RESTRICTED));
        assertThat(PolicySnapshot.of(List.of(), List.of(), none, NOW, PolicySnapshot.none(none))
                        .policies()
                        .policies())
                .isEmpty();
    }

    @Test
    void aPolicyThatBecameUnreadableStaysAsItWas() {
        PolicySnapshot before = read(PolicySnapshot.none(TERMS), List.of(policy("a", "mode: warn")), List.of());

        PolicySnapshot after = read(before, List.of(policy("a", "mode: loud")), List.of());

        assertThat(after.policies().policies()).isEqualTo(before.policies().policies());
        assertThat(after.policyStates().get(0).problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.pointer()).isEqualTo("/spec/mode"));
    }

    @Test
    void aPolicyThatWasNeverReadableAppliesTheStrictProfileToItsMatch() {
        PolicySnapshot read = read(
                PolicySnapshot.none(TERMS),
                List.of(policy("a", "mode: loud, match: {namespaceSelector: {matchLabels: {tier: tenant}}}")),
                List.of());

        Policy inForce = read.policies().policies().get(0);
        assertThat(inForce.profile()).isEqualTo(Profile.LEAST_PRIVILEGE);
        assertThat(inForce.mode()).isEqualTo(Mode.ENFORCE);
        assertThat(inForce.match().covers(new Namespace("a", Map.of("tier", "tenant"))))
                .isTrue();
        assertThat(inForce.match().covers(Namespace.named("b"))).isFalse();
    }

    @Test
    void aPolicyWithAnUnreadableMatchAppliesToEverything() {
        PolicySnapshot read =
                read(PolicySnapshot.none(TERMS), List.of(policy("a", "match: {namespaces: [tenant]}")), List.of());

        assertThat(read.policies().policies().get(0).match()).isEqualTo(Policy.Match.EVERYTHING);
    }

    private static Policy standIn(Terms terms, String spec) {
        PolicyState state = PolicySnapshot.of(
                        List.of(policy("a", spec)), List.of(), terms, NOW, PolicySnapshot.none(terms))
                .policyStates()
                .get(0);
        assertThat(state.problems()).isNotEmpty();
        return state.inForce();
    }

    @ParameterizedTest
    @ValueSource(strings = {"profile: strange", "rules: {hostPorts: {action: none}}", "newerKey: {a: b}", "user: root"})
    void aReadableModeStandsEvenIfTheRestIsUnreadable(String unreadable) {
        Policy inForce =
                standIn(TERMS, "mode: audit, match: {namespaceSelector: {matchLabels: {tier: tenant}}}, " + unreadable);

        assertThat(inForce.mode()).isEqualTo(Mode.AUDIT);
        assertThat(inForce.profile()).isEqualTo(Profile.LEAST_PRIVILEGE);
        assertThat(inForce.match().covers(new Namespace("a", Map.of("tier", "tenant"))))
                .isTrue();
        assertThat(inForce.match().covers(Namespace.named("b"))).isFalse();
    }

    @Test
    void badKeyDoesNotMakeTheWholeClusterEnforce() {
        Policy inForce = standIn(TERMS, "profile: baseline, mode: warn, newerKey: true");

        assertThat(inForce.mode()).isEqualTo(Mode.WARN);
        assertThat(inForce.match()).isEqualTo(Policy.Match.EVERYTHING);
    }

    @Test
    void anUnreadableExcludedNameLeavesTheRestInForce() {
        Policy inForce = standIn(
                TERMS,
                "profile: baseline, rules: {hostPorts: {action: warn}},"
                        + " match: {workloadSelector: {matchLabels: {a: b}}, excludeNamespaces: [kube-system, 'kube-*', 7]}");

        assertThat(inForce.match().excludedNamespaces()).containsExactly("kube-system");
        assertThat(inForce.match().workloads().matchLabels()).containsExactly(Map.entry("a", "b"));
        assertThat(inForce.profile()).isEqualTo(Profile.BASELINE);
        assertThat(inForce.rules()).containsOnlyKeys("hostPorts");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "namespaceSelector: {matchLabels: {tier: [tenant]}}",
                "namespaceSelector: {matchExpressions: [{key: tier, operator: Near}]}",
                "newerSelector: {a: b}"
            })
    void aPolicyThatMayMatchTooMuchIsNoLessStrictThanWhatItReplaces(String unreadable) {
        String spec = "profile: privileged, mode: audit, match: {workloadSelector: {matchLabels: {a: b}}, " + unreadable
                + "}";

        Policy inForce = standIn(TERMS, spec);
        assertThat(inForce.mode()).isEqualTo(Mode.ENFORCE);
        assertThat(inForce.profile()).isEqualTo(Profile.LEAST_PRIVILEGE);
        assertThat(inForce.match().workloads().matchLabels()).containsExactly(Map.entry("a", "b"));
        assertThat(inForce.match().namespaces().matchesEverything()).isTrue();

        Terms alone = terms(Policy.builtIn(Profile.RESTRICTED), DefaultPolicy.NONE);
        assertThat(standIn(alone, spec).mode()).as("it displaces nothing").isEqualTo(Mode.AUDIT);
        Terms warning = terms(Policy.builtIn(Profile.RESTRICTED, Mode.WARN), DefaultPolicy.FALLBACK);
        assertThat(standIn(warning, spec).mode()).isEqualTo(Mode.WARN);
    }

    @Test
    void unreadableRulesMeanTheStrictestProfile() {
        assertThat(standIn(TERMS, "profile: sandboxed, rules: {nothing: {}}").profile())
                .isEqualTo(Profile.SANDBOXED);
    }

    @Test
    void unreadableNamespaceLabelsSettingIsStrict() {
        Policy readable = standIn(TERMS, "namespaceLabels: any, podSecurityLabels: false, mode: loud");
        Policy unreadable = standIn(TERMS, "namespaceLabels: some, podSecurityLabels: maybe");

        assertThat(readable.namespaceLabels()).isEqualTo(NamespaceLabels.ANY);
        assertThat(readable.podSecurityLabels()).isFalse();
        assertThat(unreadable.namespaceLabels()).isEqualTo(NamespaceLabels.TIGHTEN);
        assertThat(unreadable.podSecurityLabels()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"[]", "text", "{match: [a]}", "{match: text, mode: [warn]}", "{match: {excludeNamespaces: a}}"})
    void aDocumentThatIsNoPolicyEnforcesEverywhere(String spec) {
        JsonNode object = Yaml.tree("{apiVersion: bulkhead.dev/v1alpha1, kind: LeastPrivilegePolicy,"
                + " metadata: {name: tenants, uid: a}, spec: " + spec + "}");

        Policy inForce = read(PolicySnapshot.none(TERMS), List.of(object), List.of())
                .policies()
                .policies()
                .get(0);

        assertThat(inForce.match()).isEqualTo(Policy.Match.EVERYTHING);
        assertThat(inForce.mode()).isEqualTo(Mode.ENFORCE);
        assertThat(inForce.profile()).isEqualTo(Profile.LEAST_PRIVILEGE);
    }

    @Test
    void exemptionsCountInTheNamespacesOfThePlatformTeamOnly() {
        PolicySnapshot read = read(
                PolicySnapshot.none(TERMS),
                List.of(),
                List.of(
                        exemption("tenant", "2027-01-01T00:00:00Z"),
                        exemption("bulkhead-system", "2027-01-01T00:00:00Z")));

        assertThat(read.policies().exemptions()).hasSize(1);
        assertThat(read.exemptionStates().get(0).honoured()).isFalse();
        assertThat(read.exemptionStates().get(1).honoured()).isTrue();
    }

    @Test
    void anExemptionThatIsTooLongOrUnreadableExcusesNothing() {
        PolicySnapshot read = read(
                PolicySnapshot.none(TERMS),
                List.of(),
                List.of(exemption("bulkhead-system", "2027-06-01T00:00:00Z"), exemption("bulkhead-system", "soon")));

        assertThat(read.policies().exemptions()).isEmpty();
        assertThat(read.exemptionStates())
                .allSatisfy(state -> assertThat(state.problems())
                        .singleElement()
                        .satisfies(problem -> assertThat(problem.pointer()).isEqualTo("/spec/expires")));
    }
}
