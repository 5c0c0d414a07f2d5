package dev.bulkhead.engine.policy.lint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.Yaml;
import dev.bulkhead.engine.evaluation.EvaluatedFinding;
import dev.bulkhead.engine.evaluation.Evaluations;
import dev.bulkhead.engine.evaluation.Verdict;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.policy.document.Declaration;
import dev.bulkhead.engine.policy.document.PolicyReader;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.check.RuleRegistry;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyLinterTest {
    private static final String POLICY = """
            apiVersion: bulkhead.dev/v1alpha1
            kind: LeastPrivilegePolicy
            metadata: {name: p}
            spec: %s
            """;
    private static final String EXEMPTION = """
            apiVersion: bulkhead.dev/v1alpha1
            kind: Exemption
            metadata: {name: %s}
            spec:
              reason: it has to be
              owner: a team
              expires: 2027-06-30T00:00:00Z
              match: {namespaces: [team-a, team-b]}
              allow:
                - {rule: hostNamespaces, values: [hostPID]}
            """;

    @Test
    void isSilentAboutTheUsual() {
        assertThat(lint(policy("{}"), exemption())).isEmpty();
        assertThat(lint(exemption())).isEmpty();
        assertThat(lint(policy("""
                {match: {namespaceSelector: {matchLabels: {tier: tenant}}, excludeNamespaces: [kube-system]},
                 rules: {capabilities_restricted: {allow: [NET_BIND_SERVICE, CHOWN]}}}"""), exemption())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "2026-11-24T12:00:00Z | it expired at 2026-11-24T12:00:00Z: it excuses nothing; remove it, or renew it",
                "2026-11-24T12:00:01Z | it expires within a day, at 2026-11-24T12:00:01Z",
                "2026-11-25T12:00:00Z | it expires in 1 day, at 2026-11-25T12:00:00Z",
                "2026-12-08T11:59:59Z | it expires in 13 days, at 2026-12-08T11:59:59Z",
                "2026-12-08T12:00:00Z | none",
            })
    void reportsExpiringExemptions(String expires, String remark) {
        List<String> remarks = lint(exemption().replace("2027-06-30T00:00:00Z", expires));

        assertThat(remarks).containsExactlyElementsOf(remark == null ? List.of() : List.of("/spec/expires: " + remark));
    }

    @Test
    void reportsMissingReasonOrOwner() {
        assertThat(lint(exemption().replace("  reason: it has to be\n", "").replace("a team", "\" \"")))
                .containsExactly(
                        "/spec/reason: no reason is given: say why it has to be",
                        "/spec/owner: no owner is given: say who can tell whether it is still needed");
    }

    @Test
    void reportsPlaceholders() {
        assertThat(lint(exemption().replace("it has to be", "\"TODO: why\"").replace("a team", "TODO")))
                .containsExactly(
                        "/spec/reason: the reason is still to be filled in",
                        "/spec/owner: the owner is still to be filled in");
    }

    @Test
    void reportsGrantsForWholeRules() {
        assertThat(lint(exemption().replace("[hostPID]", "[\"*\"]")))
                .containsExactly(
                        "/spec/allow/0/values/0: it excuses all of hostNamespaces: name the values that are needed");
        assertThat(lint(policy("{rules: {hostPorts: {allow: [\"*\"]}}}")))
                .containsExactly("/spec/rules/hostPorts/allow/0: \"*\" allows nothing here: name the values,"
                        + " or set the rule's action to off");
    }

    @Test
    void reportsGrantsForRulesThatAreOff() {
        String grant =
                exemption().replace("hostNamespaces, values: [hostPID]", "capabilities_baseline, values: [SYS_TIME]");
        String expected =
                "/spec/allow/0/rule: capabilities_baseline is off in every policy that covers these namespaces:"
                        + " there is nothing to excuse";

        assertThat(lint(policy("{}"), grant))
                .containsExactly(expected + "; capabilities_restricted is the rule that checks this");
        assertThat(lint(policy("{profile: privileged}"), grant)).containsExactly(expected);
        assertThat(lint(policy("{profile: baseline}"), grant)).isEmpty();
        assertThat(lint(policy("{rules: {capabilities_baseline: {action: warn}}}"), grant))
                .isEmpty();
        // The strict policy is for team-b alone, but the exemption is for it as well.
        assertThat(lint(
                        policy("{match: {excludeNamespaces: [team-b]}}"),
                        policy("{match: {excludeNamespaces: [team-a]}, profile: baseline}")
                                .replace("{name: p}", "{name: q}"),
                        grant))
                .isEmpty();
    }

    @Test
    void reportsGrantsForAcceptedValues() {
        String grant =
                exemption().replace("hostNamespaces, values: [hostPID]", "restrictedVolumes, values: [hostPath, nfs]");

        assertThat(lint(policy("{}"), grant))
                .containsExactly("/spec/allow/0/values/0: every policy that covers these namespaces lets \"hostPath\""
                        + " pass: there is nothing to excuse");
        assertThat(lint(policy("{profile: restricted}"), grant)).isEmpty();
        assertThat(lint(policy("{profile: restricted, rules: {restrictedVolumes: {allow: [nfs]}}}"), grant))
                .singleElement()
                .asString()
                .startsWith("/spec/allow/0/values/1: ");
    }

    @Test
    void reportsNamespacesThatNoPolicyCovers() {
        assertThat(lint(policy("{match: {excludeNamespaces: [team-a]}}"), exemption()))
                .containsExactly("/spec/match/namespaces/0: no policy covers namespace \"team-a\": there is nothing to"
                        + " excuse");
        String other = policy("{match: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: other}}}}");
        assertThat(lintWithoutDefault(other, exemption())).hasSize(2);
        assertThat(lint(other, exemption())).isEmpty();
    }

    @Test
    void reportsAllowancesWithoutEffect() {
        assertThat(lint(policy("{rules: {capabilities_baseline: {allow: [SYS_TIME]}}}")))
                .containsExactly("/spec/rules/capabilities_baseline/allow: capabilities_baseline is off in this policy:"
                        + " there is nothing to allow; capabilities_restricted is the rule that checks this");
        assertThat(lint(policy("{rules: {hostPorts: {action: off, allow: [\"80\"]}}}")))
                .containsExactly(
                        "/spec/rules/hostPorts/allow: hostPorts is off in this policy: there is nothing to allow");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: a}}, excludeNamespaces: [a]}",
                "{namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: In,"
                        + " values: [a, b]}]}, excludeNamespaces: [a, b, c]}",
                "{namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: DoesNotExist}]}}",
                "{namespaceSelector: {matchLabels: {a: b}, matchExpressions: [{key: a, operator: NotIn, values: [b]}]}}",
                "{namespaceSelector: {matchLabels: {a: b}, matchExpressions: [{key: a, operator: DoesNotExist}]}}",
                "{namespaceSelector: {matchExpressions: [{key: a, operator: In, values: [b]}, {key: a, operator: In,"
                        + " values: [c]}]}}",
            })
    void reportsPoliciesThatCanMatchNothing(String match) {
        assertThat(lint(policy("{match: " + match + "}")))
                .containsExactly("/spec/match/namespaceSelector: no namespace can match: the policy is never used");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{matchLabels: {a: b}, matchExpressions: [{key: a, operator: NotIn, values: [c]}]}",
                "{matchExpressions: [{key: a, operator: In, values: [b, c]}, {key: a, operator: In, values: [c]}]}",
                "{matchExpressions: [{key: a, operator: NotIn, values: [b]}, {key: a, operator: Exists}]}",
                "{matchExpressions: [{key: a, operator: NotIn, values: [b]}, {key: a, operator: DoesNotExist}]}",
            })
    void selectorsThatCanMatchAreLeftAlone(String selector) {
        assertThat(lint(policy("{match: {namespaceSelector: " + selector + ", workloadSelector: " + selector + "}}")))
                .isEmpty();
    }

    @Test
    void reportsSelectorsThatMatchNoWorkload() {
        assertThat(lint(policy("{match: {workloadSelector: {matchLabels: {a: b}, matchExpressions: [{key: a,"
                        + " operator: NotIn, values: [b]}]}}}")))
                .containsExactly("/spec/match/workloadSelector: no workload can match: the policy is never used");
    }

    @Test
    void reportsNamespacesBothSelectedAndExcluded() {
        assertThat(lint(policy("{match: {namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name,"
                        + " operator: In, values: [a, b]}]}, excludeNamespaces: [c, b]}}")))
                .containsExactly("/spec/match/excludeNamespaces/1: namespace \"b\" is selected and excluded at once:"
                        + " it is excluded");
    }

    @Test
    void reportsDuplicateExemptions() {
        assertThat(lint(
                        exemption(),
                        exemption().replace("{name: e}", "{name: f}").replace("a team", "another")))
                .containsExactly("/spec/allow: it allows the same to the same workloads as exemption \"e\"");
        assertThat(lint(
                        exemption(),
                        exemption().replace("{name: e}", "{name: f}").replace("hostPID", "hostIPC")))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "capabilities_restricted | CAP_NET_ADMIN | \"CAP_NET_ADMIN\" is no capability: Kubernetes calls it NET_ADMIN",
                "capabilities_restricted | chown | \"chown\" is no capability: Kubernetes calls it CHOWN",
                "capabilities_baseline | NET_ADMN | \"NET_ADMN\" is no capability: expected a name such as NET_ADMIN",
                "capabilities_baseline | default | \"default\" is no capability: expected a name such as NET_ADMIN",
                "sysctls | net/core/somaxconn | \"net/core/somaxconn\" matches only where a pod writes it with slashes:"
                        + " expected net.core.somaxconn",
                "hostNamespaces | hostpid | \"hostpid\" is no value of hostNamespaces: expected hostNetwork, hostPID or"
                        + " hostIPC",
                "privileged | false | \"false\" is no value of privileged: expected \"true\"",
                "hostPorts | http | \"http\" is no value of hostPorts: expected a port, such as \"443\"",
                "hostPathVolumes | proc | \"proc\" is no value of hostPathVolumes: expected a host path as the volume"
                        + " writes it, such as /var/log",
                "seLinuxOptions | spc_t | \"spc_t\" is no value of seLinuxOptions: expected what is set, such as"
                        + " type=spc_t, user=… or role=…",
            })
    void reportsValuesThatNoFindingHas(String rule, String value, String remark) {
        assertThat(LintValues.objection(rule, value)).contains(remark);
        assertThat(lint(exemption()
                        .replace("hostNamespaces, values: [hostPID]", rule + ", values: [\"" + value + "\"]")))
                .containsExactly("/spec/allow/0/values/0: " + remark);
    }

    /** Pods may hold them, and an exemption of them works; that it was meant so is unlikely. */
    private static final Set<String> ODD = Set.of("chown", "CAP_CHOWN", "net/ipv4/tcp_syncookies");

    @TestFactory
    Stream<DynamicTest> neverReportsValuesOfFindings() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/test/resources/fixtures"))) {
            return files.filter(file -> file.endsWith("pod.yaml")).sorted().toList().stream()
                    .map(pod -> DynamicTest.dynamicTest(pod.toString(), () -> {
                        for (Profile profile : List.of(Profile.BASELINE, Profile.RESTRICTED, Profile.SANDBOXED)) {
                            for (EvaluatedFinding evaluated :
                                    evaluate(pod, profile).findings()) {
                                String rule = evaluated.finding().rule().id();
                                if (ODD.contains(evaluated.finding().value())) {
                                    continue;
                                }
                                assertThat(LintValues.objection(
                                                rule, evaluated.finding().value()))
                                        .as(rule)
                                        .isEmpty();
                            }
                        }
                    }));
        }
    }

    private static Verdict evaluate(Path pod, Profile profile) {
        return new WorkloadEvaluation(PolicySet.of(profile), Evaluations.CLUSTER, Evaluations.NOW)
                .asItArrives(
                        WorkloadKinds.builtIn().find(Yaml.file(pod)).orElseThrow(),
                        Namespace.named("default"),
                        Optional.empty())
                .verdict();
    }

    @Test
    void neverReportsGrantsOfTheDocumentation() throws IOException {
        Pattern grant = Pattern.compile("- \\{rule: ([^,]+), values: (\\[[^]]*])}");
        int seen = 0;
        try (Stream<Path> pages = Files.list(Path.of("docs/rules"))) {
            for (Path page : pages.toList()) {
                Matcher matcher = grant.matcher(Files.readString(page));
                while (matcher.find()) {
                    for (var value : Yaml.tree(matcher.group(2))) {
                        assertThat(LintValues.objection(matcher.group(1), value.asText()))
                                .as(page.toString())
                                .isEmpty();
                        seen++;
                    }
                }
            }
        }
        assertThat(seen).isGreaterThanOrEqualTo(RuleRegistry.ALL.size());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "{} | none",
                "{excludeNamespaces: [a]} | none",
                "{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: a}}} | none",
                "{namespaceSelector: {matchLabels: {tier: tenant}}} | namespaceSelector",
                "{namespaceSelector: {matchExpressions: [{key: tier, operator: Exists}]}} | namespaceSelector",
                "{workloadSelector: {matchLabels: {app: web}}} | workloadSelector",
                "{namespaceSelector: {matchLabels: {tier: tenant}}, workloadSelector: {matchLabels: {app: web}}}"
                        + " | workloadSelector",
            })
    void reportsCoverageThatDependsOnLabels(String match, String selector) {
        String selective = policy("{match: " + match + "}");
        String everything = policy("{mode: audit}").replace("{name: p}", "{name: all}");

        assertThat(lintWithoutDefault(selective))
                .hasSize(selector == null ? 0 : 1)
                .allSatisfy(remark -> assertThat(remark)
                        .startsWith("/spec/match/" + selector + ": ")
                        .contains(
                                "without these", "let another policy cover", "or the default policy be \"fallback\""));
        assertThat(lint(selective)).isEmpty();
        assertThat(lintWithoutDefault(selective, everything)).isEmpty();
    }

    @Test
    void reportsLabelsThatEscapeTheBuiltInPolicy() {
        String web = "{match: {workloadSelector: {matchLabels: {app: web}}}, %s}";

        assertThat(lint(policy(web.formatted("mode: warn"))))
                .singleElement()
                .asString()
                .startsWith("/spec/match/workloadSelector: every author of a pod sets its labels: with these a workload"
                        + " is evaluated by this policy instead of the built-in one, which is stricter about ");
        assertThat(lint(policy(web.formatted("rules: {privileged: {action: 'off'}}"))))
                .singleElement()
                .asString()
                .contains("which is stricter about privileged; let another policy cover these namespaces");
        assertThat(lint(policy(web.formatted("profile: sandboxed")))).isEmpty();
        assertThat(lint(policy(web.formatted("mode: warn")), policy("{}").replace("{name: p}", "{name: all}")))
                .isEmpty();
    }

    private static String policy(String spec) {
        return POLICY.formatted(spec.replace("\n", "\n  "));
    }

    private static String exemption() {
        return EXEMPTION.formatted("e");
    }

    private static List<String> lint(String... documents) {
        return lint(Optional.of(Policy.builtIn(Profile.LEAST_PRIVILEGE)), documents);
    }

    private static List<String> lintWithoutDefault(String... documents) {
        return lint(Optional.empty(), documents);
    }

    private static List<String> lint(Optional<Policy> fallback, String... documents) {
        List<Declaration> declarations = new ArrayList<>();
        for (String document : documents) {
            Field root = Field.root(Yaml.tree(document));
            PolicyReader.Reading reading = PolicyReader.read(root.node(), Evaluations.NOW, Duration.ofDays(365));
            if (reading instanceof PolicyReader.Reading.OfPolicy of) {
                declarations.add(new Declaration.OfPolicy(of.policy(), root));
            } else if (reading instanceof PolicyReader.Reading.OfExemption of) {
                declarations.add(new Declaration.OfExemption(of.exemption(), root));
            } else {
                throw new AssertionError(reading);
            }
        }
        return PolicyLinter.of(declarations, fallback, Evaluations.NOW, ClusterCapabilities.NEWEST_MINOR).stream()
                .map(remark -> remark.place().pointer() + ": " + remark.message())
                .toList();
    }
}
