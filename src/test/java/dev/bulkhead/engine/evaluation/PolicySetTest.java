package dev.bulkhead.engine.evaluation;

import static dev.bulkhead.engine.evaluation.Evaluations.evaluate;
import static dev.bulkhead.engine.evaluation.Evaluations.leadingTo;
import static dev.bulkhead.engine.evaluation.Evaluations.policies;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.Yaml;
import dev.bulkhead.engine.policy.Census;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.Action;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PolicySetTest {
    private static final String ADDS_CHOWN_AND_SYS_ADMIN = """
            apiVersion: v1
            kind: Pod
            metadata: {name: p, labels: {app: web}}
            spec:
              securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
              containers:
              - name: a
                securityContext:
                  allowPrivilegeEscalation: false
                  readOnlyRootFilesystem: true
                  capabilities: {drop: [ALL], add: [CHOWN, SYS_ADMIN]}
            """;

    private static String policy(String name, String spec) {
        return "{apiVersion: bulkhead.dev/v1alpha1, kind: LeastPrivilegePolicy, metadata: {name: " + name + "}, spec: {"
                + spec + "}}";
    }

    @Test
    void fillsInOnceWhatTwoRevisionsAskFor() {
        String pod = """
                apiVersion: v1
                kind: Pod
                metadata: {name: p}
                spec:
                  containers:
                  - name: a
                    securityContext: {capabilities: {drop: [NET_RAW]}}
                """;
        PolicySet policies = policies(
                policy("tenants", "profile: least-privilege"),
                policy("old", "profile: restricted@v1.24, rules: {capabilities_restricted: {action: harden}}"));

        Verdict verdict = evaluate(pod, policies);

        assertThat(verdict.patch().applyTo(Yaml.tree(pod)).at("/spec/containers/0/securityContext/capabilities/drop"))
                .isEqualTo(Yaml.tree("[NET_RAW, ALL]"));
        assertThat(verdict.hardenedRules()).doesNotHaveDuplicates();
    }

    @Test
    void nothingAppliesWhereNoPolicyMatches() {
        PolicySet tenants = policies(policy("tenants", "match: {namespaceSelector: {matchLabels: {tier: tenant}}}"));

        assertThat(evaluate(ADDS_CHOWN_AND_SYS_ADMIN, tenants)).isEqualTo(Verdict.PASSED);
    }

    private static final Policy BUILT_IN = Policy.builtIn(Profile.LEAST_PRIVILEGE);

    private static PolicySet withFallback(String... documents) {
        return new PolicySet(policies(documents).policies(), Optional.of(BUILT_IN), List.of());
    }

    private static List<String> evaluatedBy(PolicySet policies, Namespace namespace, Map<String, String> podLabels) {
        return policies.rulesFor(namespace, () -> podLabels, Evaluations.CLUSTER)
                .policies();
    }

    @Test
    void fallsBackToTheBuiltInPolicyForWhatNoPolicyMatches() {
        PolicySet tenants = withFallback(
                policy("tenants", "mode: warn, match: {namespaceSelector: {matchLabels: {tier: tenant}}}"));
        Namespace tenant = new Namespace("driftwood", Map.of("tier", "tenant"));

        assertThat(evaluate(ADDS_CHOWN_AND_SYS_ADMIN, tenants).outcome()).isEqualTo(Verdict.Outcome.DENIED);
        assertThat(evaluatedBy(tenants, Namespace.named("driftwood"), Map.of())).containsExactly("built-in");
        assertThat(evaluatedBy(tenants, tenant, Map.of())).containsExactly("tenants");
        assertThat(tenants.readsNamespaces()).isTrue();
    }

    @Test
    void fallsBackForWorkloadsThatNoPolicySelects() {
        PolicySet web = withFallback(policy("web", "mode: warn, match: {workloadSelector: {matchLabels: {app: web}}}"));

        assertThat(evaluatedBy(web, Namespace.named("a"), Map.of("app", "web"))).containsExactly("web");
        assertThat(evaluatedBy(web, Namespace.named("a"), Map.of("app", "other")))
                .containsExactly("built-in");
        assertThat(evaluatedBy(web, Namespace.named("a"), Map.of())).containsExactly("built-in");
    }

    @Test
    void doesNotFallBackWhereAPolicyExcludesTheNamespaceByName() {
        PolicySet tenants = withFallback(
                policy(
                        "tenants",
                        "match: {namespaceSelector: {matchLabels: {tier: tenant}}, excludeNamespaces: [network]}"),
                policy("network", "mode: audit, match: {namespaceSelector: {matchLabels: {tier: network}}}"));

        assertThat(evaluatedBy(tenants, Namespace.named("network"), Map.of())).isEmpty();
        assertThat(evaluatedBy(tenants, new Namespace("network", Map.of("tier", "tenant")), Map.of()))
                .isEmpty();
        assertThat(evaluatedBy(tenants, new Namespace("network", Map.of("tier", "network")), Map.of()))
                .containsExactly("network");
    }

    @Test
    void needsNoFallbackBesideAPolicyForEverything() {
        PolicySet all = withFallback(policy("all", "namespaceLabels: ignore, match: {excludeNamespaces: [network]}"));

        assertThat(all.fallback()).isEmpty();
        assertThat(all.policies()).extracting(Policy::name).containsExactly("all");
        assertThat(all.readsNamespaces()).isFalse();
        assertThat(evaluatedBy(all, Namespace.named("network"), Map.of())).isEmpty();
    }

    @Test
    void withoutAnyPolicyThereIsTheFallbackOrNothing() {
        assertThat(evaluatedBy(withFallback(), Namespace.named("a"), Map.of())).containsExactly("built-in");
        assertThat(evaluatedBy(policies(), Namespace.named("a"), Map.of())).isEmpty();
    }

    @Test
    void labelsOfANamespaceTightenTheFallback() {
        PolicySet tenants =
                withFallback(policy("tenants", "match: {namespaceSelector: {matchLabels: {tier: tenant}}}"));
        Namespace strict = new Namespace("a", Map.of(PolicySet.PROFILE_LABEL, "sandboxed"));

        assertThat(tenants.rulesFor(strict, Map::of, Evaluations.CLUSTER).profile())
                .isEqualTo("least-privilege+sandboxed");
    }

    @Test
    void reportsTheCoverageOfANamespace() {
        PolicySet some = withFallback(
                policy("tenants", "match: {namespaceSelector: {matchLabels: {tier: tenant}}, excludeNamespaces: [x]}"),
                policy("web", "match: {workloadSelector: {matchLabels: {app: web}}}"));
        PolicySet without = new PolicySet(some.policies().subList(0, 2), List.of());
        Namespace tenant = new Namespace("a", Map.of("tier", "tenant"));

        assertThat(some.coverageOf(tenant)).isEqualTo(PolicySet.Coverage.POLICIES);
        assertThat(some.coverageOf(Namespace.named("b"))).isEqualTo(PolicySet.Coverage.FALLBACK);
        assertThat(some.coverageOf(Namespace.named("x"))).isEqualTo(PolicySet.Coverage.NOTHING);
        assertThat(without.coverageOf(tenant)).isEqualTo(PolicySet.Coverage.POLICIES);
        assertThat(without.coverageOf(Namespace.named("b"))).isEqualTo(PolicySet.Coverage.NOTHING);
    }

    @Test
    void countsTheCoverageOfAllNamespaces() {
        PolicySet some = withFallback(
                policy("tenants", "match: {namespaceSelector: {matchLabels: {tier: tenant}}, excludeNamespaces: [x]}"),
                policy("web", "match: {workloadSelector: {matchLabels: {app: web}}}"));

        Census census = Census.of(
                some,
                List.of(
                        Namespace.named("c"),
                        Namespace.named("b"),
                        Namespace.named("x"),
                        new Namespace("a", Map.of("tier", "tenant"))));

        assertThat(census)
                .isEqualTo(new Census(Map.of("tenants", 1, "web", 4), List.of("a"), List.of("b", "c"), List.of("x")));
    }

    @Test
    void matchesNamespacesByLabel() {
        PolicySet tenants = policies(policy("tenants", "match: {namespaceSelector: {matchLabels: {tier: tenant}}}"));
        Namespace tenant = new Namespace("driftwood", Map.of("tier", "tenant"));

        Verdict verdict = evaluate(ADDS_CHOWN_AND_SYS_ADMIN, tenants, tenant, Evaluations.NOW, Optional.empty());

        assertThat(leadingTo(Action.DENY, verdict))
                .containsExactly("capabilities_restricted=CHOWN", "capabilities_restricted=SYS_ADMIN");
    }

    @Test
    void nameLabelOfNamespacesIsAlwaysSet() {
        PolicySet byName = policies(
                policy(
                        "by-name",
                        "match: {namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: In, values: [driftwood]}]}}"));
        Namespace lying = new Namespace("driftwood", Map.of(Namespace.NAME_LABEL, "elsewhere"));

        assertThat(evaluate(ADDS_CHOWN_AND_SYS_ADMIN, byName, lying, Evaluations.NOW, Optional.empty())
                        .outcome())
                .isEqualTo(Verdict.Outcome.DENIED);
    }

    @Test
    void leavesExcludedNamespacesAlone() {
        PolicySet all = policies(policy("all", "match: {excludeNamespaces: [driftwood]}"));

        assertThat(evaluate(ADDS_CHOWN_AND_SYS_ADMIN, all)).isEqualTo(Verdict.PASSED);
    }

    @Test
    void matchesWorkloadsByLabel() {
        PolicySet web = policies(policy("web", "match: {workloadSelector: {matchLabels: {app: other}}}"));

        assertThat(evaluate(ADDS_CHOWN_AND_SYS_ADMIN, web)).isEqualTo(Verdict.PASSED);
    }

    @Test
    void allowsTheValuesThatThePolicyNames() {
        PolicySet policies = policies(policy("p", "rules: {capabilities_restricted: {allow: [CHOWN]}}"));

        assertThat(leadingTo(Action.DENY, evaluate(ADDS_CHOWN_AND_SYS_ADMIN, policies)))
                .containsExactly("capabilities_restricted=SYS_ADMIN");
    }

    @Test
    void strictestOfSeveralPoliciesStandsForEachFinding() {
        PolicySet policies = policies(
                policy("allows-chown", "rules: {capabilities_restricted: {allow: [CHOWN]}}"),
                policy("warns", "mode: warn"));

        Verdict verdict = evaluate(ADDS_CHOWN_AND_SYS_ADMIN, policies);

        assertThat(leadingTo(Action.DENY, verdict)).containsExactly("capabilities_restricted=SYS_ADMIN");
        assertThat(leadingTo(Action.WARN, verdict)).containsExactly("capabilities_restricted=CHOWN");
    }

    @Test
    void ruleBeyondTheProfileIsEvaluatedWhenThePolicyNamesIt() {
        PolicySet policies =
                policies(policy("p", "profile: baseline, rules: {readOnlyRootFilesystem: {action: deny}}"));
        String pod = "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: a}]}}";

        assertThat(leadingTo(Action.DENY, evaluate(pod, policies))).containsExactly("readOnlyRootFilesystem=false");
    }

    @Test
    void ruleThatIsOffFindsNothing() {
        PolicySet policies = policies(policy("p", "rules: {capabilities_restricted: {action: off}}"));

        assertThat(leadingTo(Action.DENY, evaluate(ADDS_CHOWN_AND_SYS_ADMIN, policies)))
                .isEmpty();
    }

    @Test
    void warnModeDeniesAndChangesNothing() {
        PolicySet policies = policies(policy("p", "mode: warn"));
        String pod = "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {hostPID: true, containers: [{name: a}]}}";

        Verdict verdict = evaluate(pod, policies);

        assertThat(verdict.outcome()).isEqualTo(Verdict.Outcome.WARNED);
        assertThat(verdict.edits()).isEmpty();
        assertThat(leadingTo(Action.WARN, verdict)).contains("hostNamespaces=hostPID", "runAsNonRoot=false");
    }

    @Test
    void auditModeOnlyRecords() {
        PolicySet policies = policies(policy("p", "mode: audit"));

        Verdict verdict = evaluate(ADDS_CHOWN_AND_SYS_ADMIN, policies);

        assertThat(verdict.outcome()).isEqualTo(Verdict.Outcome.PASSED);
        assertThat(leadingTo(Action.AUDIT, verdict)).contains("capabilities_restricted=SYS_ADMIN");
    }

    @Test
    void namespaceLabelsTighten() {
        PolicySet policies = policies(policy("p", "profile: baseline, mode: audit"));
        Namespace strict = new Namespace(
                "driftwood", Map.of(PolicySet.PROFILE_LABEL, "restricted", PolicySet.MODE_LABEL, "enforce"));

        Verdict verdict = evaluate(ADDS_CHOWN_AND_SYS_ADMIN, policies, strict, Evaluations.NOW, Optional.empty());

        assertThat(leadingTo(Action.DENY, verdict)).contains("capabilities_restricted=CHOWN");
    }

    @Test
    void namespaceLabelsDoNotLoosen() {
        PolicySet policies = policies(policy("p", "profile: restricted"));
        Namespace loose = new Namespace(
                "driftwood", Map.of(PolicySet.PROFILE_LABEL, "privileged", PolicySet.MODE_LABEL, "audit"));

        assertThat(evaluate(ADDS_CHOWN_AND_SYS_ADMIN, policies, loose, Evaluations.NOW, Optional.empty())
                        .outcome())
                .isEqualTo(Verdict.Outcome.DENIED);
    }

    @Test
    void namespaceLabelsLoosenWhereThePolicyAllowsIt() {
        PolicySet policies = policies(policy("p", "profile: restricted, namespaceLabels: any"));
        Namespace loose = new Namespace("driftwood", Map.of(PolicySet.PROFILE_LABEL, "privileged"));

        assertThat(evaluate(ADDS_CHOWN_AND_SYS_ADMIN, policies, loose, Evaluations.NOW, Optional.empty()))
                .isEqualTo(Verdict.PASSED);
    }

    @Test
    void podSecurityLabelsCountWhereThePolicySaysSo() {
        Namespace labelled = new Namespace("driftwood", Map.of("pod-security.kubernetes.io/enforce", "restricted"));

        Verdict verdict = evaluate(
                ADDS_CHOWN_AND_SYS_ADMIN,
                policies(policy("p", "profile: privileged, podSecurityLabels: true")),
                labelled,
                Evaluations.NOW,
                Optional.empty());

        assertThat(leadingTo(Action.DENY, verdict)).contains("capabilities_restricted=CHOWN");
        assertThat(verdict.podSecuritySentences(Action.DENY))
                .singleElement()
                .asString()
                .startsWith("violates PodSecurity \"restricted:latest\": ");
        assertThat(evaluate(
                        ADDS_CHOWN_AND_SYS_ADMIN,
                        policies(policy("p", "profile: privileged")),
                        labelled,
                        Evaluations.NOW,
                        Optional.empty()))
                .isEqualTo(Verdict.PASSED);
    }

    @Test
    void namespaceLabelsAreIgnoredWhereThePolicySaysSo() {
        PolicySet policies = policies(policy("p", "profile: privileged, namespaceLabels: ignore"));
        Namespace strict = new Namespace("driftwood", Map.of(PolicySet.PROFILE_LABEL, "restricted"));

        assertThat(evaluate(ADDS_CHOWN_AND_SYS_ADMIN, policies, strict, Evaluations.NOW, Optional.empty()))
                .isEqualTo(Verdict.PASSED);
    }

    @Test
    void misspelledNamespaceLabelCountsAsTheStrictValue() {
        PolicySet policies = policies(policy("p", "profile: privileged"));
        Namespace misspelled = new Namespace("driftwood", Map.of(PolicySet.PROFILE_LABEL, "restrictde"));

        assertThat(evaluate(ADDS_CHOWN_AND_SYS_ADMIN, policies, misspelled, Evaluations.NOW, Optional.empty())
                        .outcome())
                .isEqualTo(Verdict.Outcome.DENIED);
    }

    @Test
    void twoPinsOfOneRuleMakeOneFinding() {
        PolicySet policies = policies(
                policy("old", "profile: restricted@v1.22"), policy("new", "profile: restricted@v1.30, mode: warn"));

        Verdict verdict = evaluate(ADDS_CHOWN_AND_SYS_ADMIN, policies);

        assertThat(leadingTo(Action.DENY, verdict))
                .containsExactly("capabilities_restricted=CHOWN", "capabilities_restricted=SYS_ADMIN");
        assertThat(verdict.podSecuritySentences(Action.DENY))
                .containsExactly(
                        "violates PodSecurity \"restricted:v1.22\": unrestricted capabilities "
                                + "(container \"a\" must not include \"CHOWN\", \"SYS_ADMIN\" in securityContext.capabilities.add)");
        assertThat(verdict.podSecuritySentences(Action.WARN))
                .containsExactly(
                        "would violate PodSecurity \"restricted:v1.30\": unrestricted capabilities "
                                + "(container \"a\" must not include \"CHOWN\", \"SYS_ADMIN\" in securityContext.capabilities.add)");
    }

    @Test
    void latestIsTheClustersVersion() {
        String pod = """
                apiVersion: v1
                kind: Pod
                metadata: {name: p}
                spec:
                  securityContext: {sysctls: [{name: net.ipv4.tcp_notsent_lowat, value: "1"}]}
                  containers: [{name: a}]
                """;
        Workloads on36 = new Workloads(36);
        Workloads on37 = new Workloads(37);

        assertThat(on36.outcome(pod, Profile.BASELINE)).isEqualTo(Verdict.Outcome.DENIED);
        assertThat(on37.outcome(pod, Profile.BASELINE)).isEqualTo(Verdict.Outcome.PASSED);
        assertThat(on36.outcome(pod, Profile.parse("baseline@v1.37").orElseThrow()))
                .isEqualTo(Verdict.Outcome.DENIED);
    }

    private record Workloads(int minor) {
        Verdict.Outcome outcome(String pod, Profile profile) {
            dev.bulkhead.engine.rule.ClusterCapabilities cluster =
                    dev.bulkhead.engine.rule.ClusterCapabilities.offline(minor);
            return new WorkloadEvaluation(PolicySet.of(profile), cluster, Evaluations.NOW)
                    .asItArrives(Evaluations.workload(pod), Namespace.named("n"), Optional.empty())
                    .verdict()
                    .outcome();
        }
    }
}
