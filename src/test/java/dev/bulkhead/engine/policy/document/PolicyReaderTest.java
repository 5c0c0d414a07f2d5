package dev.bulkhead.engine.policy.document;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.Yaml;
import dev.bulkhead.engine.evaluation.Evaluations;
import dev.bulkhead.engine.image.ImagePattern;
import dev.bulkhead.engine.image.ImageSetting;
import dev.bulkhead.engine.image.ImageUser;
import dev.bulkhead.engine.policy.Mode;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.RuleSettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyReaderTest {
    private static final String HEAD =
            "apiVersion: bulkhead.dev/v1alpha1\nkind: LeastPrivilegePolicy\nmetadata: {name: tenants}\n";

    private static PolicyReader.Reading read(String yaml) {
        return PolicyReader.read(Yaml.tree(yaml), Evaluations.NOW, Duration.ofDays(365));
    }

    private static List<DocumentProblem> problems(String yaml) {
        return read(yaml) instanceof PolicyReader.Reading.Refused refused ? refused.problems() : List.of();
    }

    private static Policy policy(String spec) {
        return read(HEAD + "spec: {" + spec + "}") instanceof PolicyReader.Reading.OfPolicy of
                ? of.policy()
                : Policy.builtIn(Profile.PRIVILEGED);
    }

    @Test
    void readsAWholePolicy() {
        Policy policy = policy("""
                match: {namespaceSelector: {matchLabels: {tier: tenant}}, workloadSelector: {}, excludeNamespaces: [kube-system]},
                profile: sandboxed, mode: warn, namespaceLabels: any,
                user: {perNamespace: {first: 100000, last: 200000}},
                images: [{match: nginx*, user: 101, fsGroup: 103, scratch: [/run]}, {match: acme/web, scratch: [], stickyTmp: true}],
                rules: {
                  runAsNonRoot: {unknownUser: deny},
                  secretsInEnv: {action: deny},
                  capabilities_restricted: {allow: [NET_BIND_SERVICE, CHOWN]},
                  sandboxRuntime: {classes: [kata-qemu]},
                  readOnlyRootFilesystem: {scratch: {paths: [/tmp, /run], medium: Memory, sizeLimit: 64Mi}}}
                """);

        assertThat(policy.name()).isEqualTo("tenants");
        assertThat(policy.profile()).isEqualTo(Profile.SANDBOXED);
        assertThat(policy.mode()).isEqualTo(Mode.WARN);
        assertThat(policy.namespaceLabels()).isEqualTo(Policy.NamespaceLabels.ANY);
        assertThat(policy.match().excludedNamespaces()).containsExactly("kube-system");
        assertThat(policy.rules())
                .containsEntry("secretsInEnv", new Policy.RuleOverride(Optional.of(Action.DENY), Set.of()))
                .containsEntry(
                        "capabilities_restricted",
                        new Policy.RuleOverride(Optional.empty(), Set.of("NET_BIND_SERVICE", "CHOWN")));
        assertThat(policy.settings().scratch())
                .contains(new RuleSettings.Scratch(List.of("/tmp", "/run"), "Memory", "64Mi"));
        assertThat(policy.settings().user()).contains(new RuleSettings.User.PerNamespace(100_000, 200_000));
        assertThat(policy.settings().sandboxClasses()).contains(List.of("kata-qemu"));
        assertThat(policy.settings().unknownUser()).contains(RuleSettings.UnknownUser.DENY);
        assertThat(policy.settings().images())
                .contains(List.of(
                        new ImageSetting(
                                ImagePattern.parse("docker.io/library/nginx*").orElseThrow(),
                                Optional.of(new ImageUser.UserId(101, Optional.of(101L))),
                                Optional.of(103L),
                                Optional.of(List.of("/run"))),
                        new ImageSetting(
                                ImagePattern.parse("docker.io/acme/web").orElseThrow(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.of(List.of()),
                                true)));
    }

    @Test
    void groupsFollowTheUser() {
        assertThat(policy("user: {id: 7}").settings().user()).contains(new RuleSettings.User.Fixed(7, 7, 7));
        assertThat(policy("user: {id: 7, group: 8}").settings().user()).contains(new RuleSettings.User.Fixed(7, 8, 8));
        assertThat(policy("user: {id: 7, group: 8, fsGroup: 9}").settings().user())
                .contains(new RuleSettings.User.Fixed(7, 8, 9));
    }

    @Test
    void emptyPolicyIsLeastPrivilegeForEverything() {
        assertThat(policy(""))
                .isEqualTo(new Policy(
                        "tenants",
                        Policy.Match.EVERYTHING,
                        Profile.LEAST_PRIVILEGE,
                        Mode.ENFORCE,
                        Policy.NamespaceLabels.TIGHTEN,
                        java.util.Map.of(),
                        Policy.PolicySettings.NONE));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "profil: baseline | /spec/profil | unknown key \"profil\", expected one of match, profile",
                "profile: strict | /spec/profile | expected privileged, baseline[@v1.N]",
                "mode: dry-run | /spec/mode | expected audit, warn, enforce, found \"dry-run\"",
                "namespaceLabels: all | /spec/namespaceLabels | expected tighten, any, ignore",
                "rules: {privilege: {action: warn}} | /spec/rules/privilege | did you mean privileged?",
                "rules: {privileged: {action: harden}} | /spec/rules/privileged/action | nothing to fill in",
                "rules: {privileged: {action: refuse}} | /spec/rules/privileged/action | expected harden, deny",
                "rules: {privileged: deny} | /spec/rules/privileged | expected an object",
                "rules: {privileged: {scratch: {}}} | /spec/rules/privileged/scratch | unknown key",
                "rules: [privileged] | /spec/rules | expected an object, found a list",
                "match: {namespaces: [a]} | /spec/match/namespaces | unknown key",
                "match: {excludeNamespaces: kube-system} | /spec/match/excludeNamespaces | expected a list, found text",
                "match: {namespaceSelector: {matchExpressions: [{key: a, operator: Is}]}} | /spec/match/namespaceSelector/matchExpressions/0/operator | expected In, NotIn",
                "match: {namespaceSelector: {matchExpressions: [{key: a, operator: In}]}} | /spec/match/namespaceSelector/matchExpressions/0/values | In needs values",
                "user: {id: 0} | /spec/user/id | from 1 to 2147483647, found 0",
                "user: {id: 4294967296} | /spec/user/id | from 1 to 2147483647",
                "user: {id: '1000'} | /spec/user/id | expected a whole number, found text",
                "user: {id: 7, group: 0} | /spec/user/group | from 1 to 2147483647, found 0",
                "user: {perNamespace: {first: 1, last: 2}, group: 3} | /spec/user/group | goes with id",
                "images: {} | /spec/images | expected a list, found an object",
                "images: [nginx] | /spec/images/0 | expected an object",
                "images: [{user: 7}] | /spec/images/0/match | is required",
                "images: [{match: nginx}] | /spec/images/0 | expected user, scratch or stickyTmp",
                "images: [{match: 'a b', user: 7}] | /spec/images/0/match | expected an image such as docker.io/library/nginx",
                "images: [{match: nginx, user: root}] | /spec/images/0/user | expected a whole number",
                "images: [{match: nginx, user: 0}] | /spec/images/0/user | from 1 to 2147483647, found 0",
                "images: [{match: nginx, stickyTmp: 1}] | /spec/images/0/stickyTmp | true or false",
                "images: [{match: nginx, group: 7, scratch: []}] | /spec/images/0/group | expected user as well",
                "images: [{match: nginx, scratch: [run]}] | /spec/images/0/scratch/0 | absolute path",
                "images: [{match: nginx, user: 7, uid: 7}] | /spec/images/0/uid | unknown key",
                "rules: {runAsNonRoot: {unknownUser: refuse}} | /spec/rules/runAsNonRoot/unknownUser | expected warn, deny or harden",
                "rules: {runAsUser: {unknownUser: deny}} | /spec/rules/runAsUser/unknownUser | unknown key",
                "user: {} | /spec/user | expected either id, or perNamespace",
                "user: {perNamespace: {first: 10, last: 9}} | /spec/user/perNamespace/last | below first",
                "rules: {readOnlyRootFilesystem: {scratch: {paths: [tmp]}}} | /spec/rules/readOnlyRootFilesystem/scratch/paths/0 | absolute path",
                "rules: {readOnlyRootFilesystem: {scratch: {sizeLimit: big}}} | /spec/rules/readOnlyRootFilesystem/scratch/sizeLimit | a size such as 64Mi",
                "rules: {readOnlyRootFilesystem: {scratch: {medium: Disk}}} | /spec/rules/readOnlyRootFilesystem/scratch/medium | expected Memory",
                "rules: {sandboxRuntime: {classes: []}} | /spec/rules/sandboxRuntime/classes | at least one"
            })
    void rejectsWithTheFieldAndWhatIsExpected(String spec, String pointer, String message) {
        assertThat(problems(HEAD + "spec: {" + spec + "}")).anySatisfy(problem -> {
            assertThat(problem.pointer()).isEqualTo(pointer);
            assertThat(problem.message()).contains(message);
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "match: {excludeNamespaces: ['*']} | /spec/match/excludeNamespaces/0 | \"*\" is not the name of a namespace: globs are not supported, list the names",
                "match: {excludeNamespaces: [a, kube-*]} | /spec/match/excludeNamespaces/1 | globs are not supported",
                "match: {excludeNamespaces: [Team-A]} | /spec/match/excludeNamespaces/0 | expected at most 63 lower-case letters",
                "match: {excludeNamespaces: [a.b]} | /spec/match/excludeNamespaces/0 | is not the name of a namespace",
                "match: {namespaceSelector: {matchLabels: {tier: 'tenant*'}}} | /spec/match/namespaceSelector/matchLabels/tier | \"tenant*\" is not the value of a label: globs",
                "match: {namespaceSelector: {matchLabels: {'a b': c}}} | /spec/match/namespaceSelector/matchLabels/a b | \"a b\" is not the key of a label",
                "match: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: Team-A}}} | /spec/match/namespaceSelector/matchLabels/kubernetes.io~1metadata.name | is not the name of a namespace",
                "match: {workloadSelector: {matchExpressions: [{key: a*, operator: Exists}]}} | /spec/match/workloadSelector/matchExpressions/0/key | is not the key of a label: globs",
                "match: {workloadSelector: {matchExpressions: [{key: a, operator: NotIn, values: [b, 'c?']}]}} | /spec/match/workloadSelector/matchExpressions/0/values/1 | is not the value of a label: globs",
                "match: {namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: In, values: ['*']}]}} | /spec/match/namespaceSelector/matchExpressions/0/values/0 | is not the name of a namespace",
            })
    void rejectsImpossibleNames(String spec, String pointer, String message) {
        assertThat(problems(HEAD + "spec: {" + spec + "}")).singleElement().satisfies(problem -> {
            assertThat(problem.pointer()).isEqualTo(pointer);
            assertThat(problem.message()).contains(message);
        });
    }

    @ParameterizedTest
    @CsvSource({"false, 'off, no and n as false'", "true, 'on, yes and y as true'"})
    void unquotedYamlBooleansAreRejectedWithAHint(String found, String spellings) {
        String message =
                "expected text, found " + found + ": quote it, because without quotes YAML also reads " + spellings;

        assertThat(problems(HEAD + "spec: {mode: " + found + ", rules: {secretsInEnv: {action: " + found + ", allow: ["
                        + found + "]}}}"))
                .containsExactlyInAnyOrder(
                        new DocumentProblem("/spec/mode", message),
                        new DocumentProblem("/spec/rules/secretsInEnv/action", message),
                        new DocumentProblem("/spec/rules/secretsInEnv/allow/0", message));
    }

    @Test
    void anActionInQuotesIsThatAction() {
        assertThat(policy("rules: {secretsInEnv: {action: 'off'}}").rules())
                .containsEntry("secretsInEnv", new Policy.RuleOverride(Optional.of(Action.OFF), Set.of()));
    }

    @Test
    void unquotedNumbersAreRejectedWithAHint() {
        assertThat(problems(HEAD + "spec: {rules: {hostPorts: {allow: [443]}}}"))
                .containsExactly(
                        new DocumentProblem("/spec/rules/hostPorts/allow/0", "expected text, found 443: quote it"));
    }

    @Test
    void reportsAllProblemsAtOnce() {
        assertThat(problems(HEAD + "spec: {profile: strict, mode: never, rules: {nothing: {}}}"))
                .hasSize(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | \"apiVersion\" is required",
                "{apiVersion: bulkhead.dev/v2, kind: Exemption, metadata: {name: x}, spec: {}} | expected bulkhead.dev/v1alpha1",
                "{apiVersion: bulkhead.dev/v1alpha1, kind: Policy, metadata: {name: x}, spec: {}} | expected LeastPrivilegePolicy or Exemption",
                "{apiVersion: bulkhead.dev/v1alpha1, kind: Exemption, metadata: {}, spec: {}} | \"name\" is required",
                "{apiVersion: bulkhead.dev/v1alpha1, kind: Exemption, metadata: {name: x}} | \"spec\" is required",
                "[a] | expected a LeastPrivilegePolicy"
            })
    void rejectsOtherDocuments(String document, String message) {
        assertThat(problems(document))
                .anySatisfy(problem -> assertThat(problem.message()).contains(message));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "match: {namespaces: [a]}, allow: [{rule: privileged, values: ['true']}] | \"expires\" is required",
                "expires: tomorrow, match: {namespaces: [a]}, allow: [{rule: privileged, values: ['true']}] | expected a time such as",
                "expires: '2029-01-01T00:00:00Z', match: {namespaces: [a]}, allow: [{rule: privileged, values: ['true']}] | at most 365 days ahead",
                "expires: '2027-01-01T00:00:00Z', allow: [{rule: privileged, values: ['true']}] | \"namespaces\" is required",
                "expires: '2027-01-01T00:00:00Z', match: {namespaces: [a]} | \"allow\" is required",
                "expires: '2027-01-01T00:00:00Z', match: {namespaces: [a]}, allow: [{rule: privileged}] | \"values\" is required",
                "expires: '2027-01-01T00:00:00Z', match: {namespaces: [a]}, allow: [{rule: privilege, values: [x]}] | unknown rule",
                "expires: '2027-01-01T00:00:00Z', match: {namespaces: [a], users: [x]}, allow: [{rule: privileged, values: [x]}] | unknown key",
                "expires: '2027-01-01T00:00:00Z', match: {namespaces: [a], workloads: [{kind: Pod}]}, allow: [{rule: privileged, values: [x]}] | \"name\" is required"
            })
    void rejectsIncompleteExemptions(String spec, String message) {
        String exemption =
                "{apiVersion: bulkhead.dev/v1alpha1, kind: Exemption, metadata: {name: x}, spec: {" + spec + "}}";

        assertThat(problems(exemption))
                .anySatisfy(problem -> assertThat(problem.message()).contains(message));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "match: {namespaces: ['*']} | /spec/match/namespaces/0 | \"*\" is not the name of a namespace: globs are not supported, list the names",
                "match: {namespaces: [Team]} | /spec/match/namespaces/0 | expected at most 63 lower-case letters",
                "match: {namespaces: [a], containers: [istio-*]} | /spec/match/containers/0 | is not the name of a container: globs",
                "match: {namespaces: [a], containers: [App]} | /spec/match/containers/0 | is not the name of a container: expected",
                "match: {namespaces: [a], workloads: [{kind: Pod, name: web-*}]} | /spec/match/workloads/0/name | is not the name of a workload: globs",
                "match: {namespaces: [a], workloads: [{kind: Pod, name: web-}]} | /spec/match/workloads/0/name | what generateName makes of it is not known beforehand",
                "match: {namespaces: [a], workloads: [{kind: Pod, name: Web}]} | /spec/match/workloads/0/name | is not the name of a workload: expected",
                "match: {namespaces: [a], workloads: [{kind: deployment, name: x}]} | /spec/match/workloads/0/kind | no workload is of kind \"deployment\": it is written Deployment",
                "match: {namespaces: [a], workloads: [{kind: DaemonSets, name: x}]} | /spec/match/workloads/0/kind | it is written DaemonSet",
                "match: {namespaces: [a], workloads: [{kind: Rollout, name: x}]} | /spec/match/workloads/0/kind | an exemption cannot be for workloads of kind \"Rollout\", only of CronJob, DaemonSet, ",
                "match: {namespaces: [a], workloads: [{kind: '*', name: x}]} | /spec/match/workloads/0/kind | an exemption cannot be for workloads of kind \"*\"",
            })
    void rejectsExemptionsThatCannotMatch(String match, String pointer, String message) {
        String exemption = "{apiVersion: bulkhead.dev/v1alpha1, kind: Exemption, metadata: {name: x}, spec: {expires:"
                + " '2027-01-01T00:00:00Z', allow: [{rule: privileged, values: ['true']}], " + match + "}}";

        assertThat(problems(exemption)).singleElement().satisfies(problem -> {
            assertThat(problem.pointer()).isEqualTo(pointer);
            assertThat(problem.message()).contains(message);
        });
    }
}
