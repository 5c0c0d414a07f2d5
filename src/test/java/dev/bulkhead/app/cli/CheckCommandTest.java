package dev.bulkhead.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.Golden;
import dev.bulkhead.Yaml;
import dev.bulkhead.app.cli.Cli.Run;
import dev.bulkhead.app.cli.option.StandardStream;
import io.fabric8.zjsonpatch.JsonPatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckCommandTest {
    private static final Path CASES = Path.of("src/test/resources/check");
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String CARELESS = """
            apiVersion: v1
            kind: Pod
            metadata: {name: careless}
            spec:
              containers:
                - {name: app, image: registry.example/app:1}
            """;
    private static final String PRIVILEGED = """
            apiVersion: v1
            kind: Pod
            metadata: {name: strong}
            spec:
              containers:
                - name: app
                  image: registry.example/app:1
                  securityContext: {privileged: true}
            """;
    private static final String NO_POD = """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: settings}
            """;

    @TempDir
    private Path directory;

    @TestFactory
    Stream<DynamicTest> reportsAreAsRecorded() throws IOException {
        try (Stream<Path> files = Files.list(CASES)) {
            return files.sorted().toList().stream()
                    .map(folder -> DynamicTest.dynamicTest(folder.getFileName().toString(), () -> {
                        Run table = check(folder, "-o", "table");
                        Run json = check(folder, "-o", "json");

                        Golden.file(
                                folder.resolve("expected.txt"),
                                table.out() + "\nexit code " + table.exitCode() + "\n" + table.err());
                        Golden.file(folder.resolve("expected.json"), json.out());
                        assertAsRecorded(folder, "github", "expected.github.txt", table);
                        assertAsRecorded(folder, "markdown", "expected.md", table);
                        assertAsRecorded(folder, "junit", "expected.junit.xml", table);
                        assertExemptionsAreAsRecorded(folder, table);
                        assertThat(json.exitCode()).isEqualTo(table.exitCode());
                        assertThat(json.err()).isEqualTo(table.err());
                        assertThat(check(folder, "-v").out()).contains(summaryOf(table.out()));
                    }));
        }
    }

    private static void assertAsRecorded(Path folder, String format, String file, Run table) throws IOException {
        Run run = check(folder, "-o", format);

        Golden.file(folder.resolve(file), run.out());
        assertThat(run.exitCode()).isEqualTo(table.exitCode());
    }

    private static void assertExemptionsAreAsRecorded(Path folder, Run table) throws IOException {
        Run exemptions = check(folder, "-o", "exemptions");

        Golden.file(folder.resolve("expected.exemptions.yaml"), exemptions.out());
        assertThat(exemptions.exitCode()).isEqualTo(table.exitCode());
        assertThat(exemptions.err().lines())
                .filteredOn(line -> !line.startsWith("bulkhead: no exemption is proposed for "))
                .containsExactlyElementsOf(table.err().lines().toList());
    }

    /** With what is proposed nothing is denied any more, and what lint says of it is what a reviewer has to fill in. */
    @Test
    void proposedExemptionsAreReadyForReview() throws IOException {
        Path manifests = CASES.resolve("exemptions/manifests.yaml");
        String policy = write("policy.yaml", """
                apiVersion: bulkhead.dev/v1alpha1
                kind: LeastPrivilegePolicy
                metadata: {name: everything}
                spec: {}
                """);
        Run proposing = Cli.run(
                "check",
                "-f",
                manifests.toString(),
                "--policy",
                policy,
                "-o",
                "exemptions",
                "--bulkhead-namespace",
                "hull");
        String exemptions = write("exemptions.yaml", proposing.out());

        assertThat(proposing.out()).contains("namespace: hull\n").doesNotContain("bulkhead-system");
        assertThat(proposing.err())
                .contains("bulkhead: no exemption is proposed for Job shop/(no name): it has no name");
        assertThat(Cli.run("policy", "lint", policy, exemptions).out().lines())
                .filteredOn(line -> !line.endsWith("warning: the reason is still to be filled in")
                        && !line.endsWith("warning: the owner is still to be filled in"))
                .singleElement()
                .asString()
                .startsWith("1 policy, 4 exemptions: 0 errors, 8 warnings");
        JsonNode summary = JSON.readTree(
                        Cli.run("check", "-f", manifests.toString(), "--policy", policy, exemptions, "-o", "json")
                                .out())
                .get("summary");
        assertThat(summary.get("denied").asInt()).as("the Job that has no name").isEqualTo(1);
    }

    private static Run check(Path folder, String... options) throws IOException {
        List<String> args = new ArrayList<>(List.of("check"));
        args.addAll(List.of(options));
        try (Stream<Path> files = Files.list(folder)) {
            files.sorted().map(Path::toString).forEach(file -> {
                if (file.contains("manifests.")) {
                    args.addAll(List.of("-f", file));
                } else if (file.endsWith("policy.yaml")) {
                    args.addAll(List.of("--policy", file));
                }
            });
        }
        return Cli.run(args.toArray(String[]::new));
    }

    private static String summaryOf(String table) {
        return table.lines()
                .filter(line -> line.matches("[0-9]+ workload.*"))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "deny, 1, 0, 0, 0",
        "harden, 1, 1, 0, 0",
        "note, 1, 1, 0, 0",
        "warn, 1, 1, 1, 0",
        "never, 0, 0, 0, 0",
        "HARDEN, 1, 1, 0, 0",
    })
    void exitCodeFollowsFailOn(String what, int denied, int hardened, int warned, int passed) throws IOException {
        String warning = write("policy.yaml", """
                apiVersion: bulkhead.dev/v1alpha1
                kind: LeastPrivilegePolicy
                metadata: {name: gentle}
                spec: {mode: warn}
                """);

        assertThat(exitCode(PRIVILEGED, "--fail-on", what)).isEqualTo(denied);
        assertThat(exitCode(CARELESS, "--fail-on", what)).isEqualTo(hardened);
        assertThat(exitCode(CARELESS, "--fail-on", what, "--policy", warning)).isEqualTo(warned);
        assertThat(exitCode(CARELESS, "--fail-on", what, "--profile", "privileged"))
                .isEqualTo(passed);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            docker.io/library/nginx:1,    '',                                     no,      ''
            acme/web:1,                   '',                                     unknown, unknown unknown
            docker.io/library/memcached,  '',                                     yes,     ''
            docker.io/library/redis,      'securityContext: {runAsUser: 999}',    yes,     yes
            docker.io/coredns/coredns:1,  '',                                     no,      no
            acme/web:1,                   'securityContext: {runAsUser: 0}',      no,      ''
            """)
    void jsonSaysWhetherThePodStarts(String image, String more, String starts, String notes) throws IOException {
        String pod = """
                apiVersion: v1
                kind: Pod
                metadata: {name: web}
                spec: {containers: [{name: app, image: '%s', %s}]}
                """.formatted(image, more);

        JsonNode workload = JSON.readTree(
                        Cli.alone().reading(pod).go("check", "-o", "json").out())
                .at("/workloads/0");

        assertThat(workload.at("/starts").asText()).isEqualTo(starts);
        assertThat(workload.at("/verdict").asText().equals("denied") ? "" : String.join(" ", ofNotes(workload)))
                .isEqualTo(notes);
    }

    private static List<String> ofNotes(JsonNode workload) {
        return workload.at("/notes").findValuesAsText("starts");
    }

    private static int exitCode(String manifests, String... options) {
        List<String> args = new ArrayList<>(List.of("check", "-f", "-"));
        args.addAll(List.of(options));
        return Cli.alone().reading(manifests).go(args.toArray(String[]::new)).exitCode();
    }

    @Test
    void readsStandardInputByDefault() {
        Run run = Cli.alone().reading(PRIVILEGED).go("check");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).contains("Pod default/strong  <stdin>:1");
    }

    @Test
    void requiresAPathOnATerminal() {
        Run run = Cli.alone().at(StandardStream.IN).go("check");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("No manifests", "-f", "Usage: bulkhead check");
        assertThat(run.out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "---\n", "# only a comment\n"})
    void nothingToCheckIsAnError(String input) {
        Run run = Cli.alone().reading(input).go("check", "-o", "json");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).isEqualTo("<stdin>: there are no manifests in it\n");
        assertThat(run.out()).contains("\"errors\": 1", "\"line\": null");
    }

    @Test
    void objectsWithoutPodsAreCountedOnly() {
        Run run = Cli.alone().reading(NO_POD).go("check");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).isEqualTo("0 workloads (least-privilege).\n1 other object holds no pod.\n");
    }

    @Test
    void takesSeveralFilesAsAShellExpandsThem() throws IOException {
        String one = write("one.yaml", CARELESS);
        String two = write("two.yaml", PRIVILEGED);

        Run run = Cli.run("check", "-f", one, two, "--fail-on", "never");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("default/careless", "default/strong", "2 workloads: 1 denied, 1 hardened");
    }

    @Test
    void readsDirectoriesAndStandardInputTogether() throws IOException {
        write("one.yaml", CARELESS);

        Run run = Cli.alone().reading(PRIVILEGED).go("check", "-f", directory.toString(), "-f", "-");

        assertThat(run.out()).contains("2 workloads: 1 denied, 1 hardened");
    }

    @Test
    void namesTheTemplateThatHelmRendered() throws IOException {
        String rendered = write("rendered.yaml", "---\n# Source: web/templates/pod.yaml\n" + PRIVILEGED);

        Run run = Cli.run("check", rendered);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).contains(rendered + ":3 (web/templates/pod.yaml)\n");
        assertThat(Cli.run("check", rendered, "-o", "json").out()).contains("\"template\": \"web/templates/pod.yaml\"");
    }

    @Test
    void evaluatesCustomKindsByTheirTemplate() throws IOException {
        String rollout = write("rollout.yaml", """
                apiVersion: example.com/v1alpha1
                kind: Rollout
                metadata: {name: web}
                spec:
                  template:
                    spec: {hostPID: true, containers: [{name: web, image: web}]}
                """);

        Run unknown = Cli.run("check", "-f", rollout);
        Run known = Cli.run("check", "-f", rollout, "--workload-kind", "example.com/Rollout=/spec/template");
        Run elsewhere = Cli.run("check", "-f", rollout, "--workload-kind", "example.com/Rollout=/spec/pod");

        assertThat(unknown.exitCode()).isZero();
        assertThat(unknown.out()).isEqualTo("0 workloads (least-privilege).\n1 warning.\n");
        assertThat(unknown.err())
                .isEqualTo("warning: " + rollout + ":5:3: not evaluated: Rollout of example.com/v1alpha1 holds a pod"
                        + " template, and the kind is unknown; evaluate it with --workload-kind"
                        + " example.com/Rollout=/spec/template\n");
        assertThat(Cli.run("check", rollout, "--fail-on", "warn").exitCode()).isEqualTo(1);
        assertThat(known.exitCode()).isEqualTo(1);
        assertThat(known.out()).contains("Rollout default/web", "pod must not set hostPID=true");
        assertThat(elsewhere.exitCode()).isEqualTo(2);
        assertThat(elsewhere.err()).contains("/spec/pod: expected a pod template");
    }

    @Test
    void reportsUnreadableDocumentsAndEvaluatesTheRest() throws IOException {
        String good = write("good.yaml", PRIVILEGED);

        Run run = Cli.run("check", "-f", "/nonexistent.yaml", "-f", good, "--fail-on", "never");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).isEqualTo("/nonexistent.yaml: no such file or directory\n");
        assertThat(run.out()).contains("1 workload: 1 denied (least-privilege).\n1 error.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--profile=strict | expected privileged, baseline[@v1.N], restricted[@v1.N], least-privilege or"
                        + " sandboxed, got strict",
                "--workload-kind=Rollout | expected GROUP/KIND=/PATH/TO/TEMPLATE",
                "--kube-version=2.1 | expected a version such as 1.33, got 2.1",
                "--kube-version=1.33.1 | expected a version such as 1.33, got 1.33.1",
                "--fail-on=pass | expected one of [DENY, HARDEN, NOTE, WARN, NEVER] (case-insensitive) but was 'pass'",
                "--output=xml | expected one of [TABLE, JSON, GITHUB, MARKDOWN, JUNIT, SARIF, EXEMPTIONS] (case-insensitive) but was 'xml'",
                "--color=red | expected one of [AUTO, ALWAYS, NEVER] (case-insensitive) but was 'red'",
                "--web.yaml | Unknown option: '--web.yaml'",
            })
    void refusesToCheckWith(String argument, String message) {
        Run run = Cli.run("check", argument);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("bulkhead: ").contains(message, "Usage: bulkhead check");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void appliesTheBuiltInPolicyWhereNoneMatches() throws IOException {
        String policy = write("policy.yaml", """
                apiVersion: bulkhead.dev/v1alpha1
                kind: LeastPrivilegePolicy
                metadata: {name: tenants}
                spec:
                  match: {namespaceSelector: {matchLabels: {tier: tenant}}, excludeNamespaces: [network]}
                """);

        assertThat(exitCode(PRIVILEGED, "--policy", policy)).isEqualTo(1);
        assertThat(exitCode(PRIVILEGED, "--policy", policy, "--default-policy", "fallback"))
                .isEqualTo(1);
        assertThat(exitCode(PRIVILEGED, "--policy", policy, "--profile", "privileged"))
                .isZero();
        assertThat(exitCode(PRIVILEGED, "--policy", policy, "--default-policy", "none"))
                .isZero();
        assertThat(exitCode(PRIVILEGED, "--policy", policy, "-n", "network")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{name: strong}", "{generateName: strong}", "{generateName: strong, name: strong7x2q}"})
    void reportsExemptionsAsTheGateDoes(String metadata) throws IOException {
        String exemption = write("exemption.yaml", """
                apiVersion: bulkhead.dev/v1alpha1
                kind: Exemption
                metadata: {name: strong}
                spec:
                  expires: 2026-12-24T00:00:00Z
                  match: {namespaces: [default], workloads: [{kind: Pod, name: strong}]}
                  allow: [{rule: hostNamespaces, values: [hostPID]}]
                """);
        String pod = "{apiVersion: v1, kind: Pod, metadata: " + metadata
                + ", spec: {hostPID: true, containers: [{name: app, image: a}]}}";
        String review = Yaml.tree(
                        "{apiVersion: admission.k8s.io/v1, kind: AdmissionReview, request: {uid: u, operation:"
                                + " CREATE, namespace: default, kind: {group: '', version: v1, kind: Pod}, object: "
                                + pod + "}}")
                .toString();

        int checked = exitCode(pod, "--profile", "baseline", "--policy", exemption);
        JsonNode answer = new ObjectMapper()
                .readTree(Cli.alone()
                        .reading(review)
                        .go("review", "--profile", "baseline", "--policy", exemption)
                        .out());

        boolean exempt = metadata.equals("{name: strong}");
        assertThat(checked).isEqualTo(exempt ? 0 : 1);
        assertThat(answer.at("/response/allowed").asBoolean(!exempt)).isEqualTo(exempt);
    }

    @Test
    void requiresPoliciesWithoutADefaultPolicy() throws IOException {
        String exemption = write("exemption.yaml", """
                apiVersion: bulkhead.dev/v1alpha1
                kind: Exemption
                metadata: {name: strong}
                spec:
                  expires: 2026-12-24T00:00:00Z
                  match: {namespaces: [default]}
                  allow: [{rule: privileged, values: ["true"]}]
                """);

        Run alone = Cli.alone().reading(PRIVILEGED).go("check", "--default-policy", "none");
        Run exempt = Cli.alone().reading(PRIVILEGED).go("check", "--default-policy", "none", "--policy", exemption);

        assertThat(alone.exitCode()).isEqualTo(2);
        assertThat(alone.err()).contains("--default-policy none needs --policy: nothing would be evaluated");
        assertThat(exempt.exitCode()).isEqualTo(2);
        assertThat(exempt.err()).contains(exemption + ": there is no policy");
    }

    @Test
    void evaluatesNothingWithInvalidPolicies() throws IOException {
        String policy = write("policy.yaml", """
                apiVersion: bulkhead.dev/v1alpha1
                kind: LeastPrivilegePolicy
                metadata: {name: wrong}
                spec: {profil: baseline}
                """);

        Run run = Cli.alone().reading(PRIVILEGED).go("check", "--policy", policy);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith(policy + ":4:8: unknown key \"profil\"");
    }

    @Test
    void exemptionsAloneLeaveTheBuiltInPolicyInForce() throws IOException {
        String exemption = write("exemption.yaml", """
                apiVersion: bulkhead.dev/v1alpha1
                kind: Exemption
                metadata: {name: strong}
                spec:
                  expires: 2026-12-24T00:00:00Z
                  match: {namespaces: [default]}
                  allow: [{rule: privileged, values: ["true"]}]
                """);

        Run run = Cli.alone()
                .reading(PRIVILEGED + "---\n" + PRIVILEGED.replace("strong", "elsewhere, namespace: other"))
                .go("check", "--policy", exemption);

        assertThat(run.out())
                .contains("exempt  privileged", "line 8: exempted by strong", "denied    Pod other/elsewhere")
                .contains("deny    allowPrivilegeEscalation");
    }

    @Test
    void namespaceIsTheManifestsOrTheOptions() throws IOException {
        String manifests = PRIVILEGED + "---\n" + PRIVILEGED.replace("strong", "two, namespace: own");

        Run run = Cli.alone().reading(manifests).go("check", "-n", "team");

        assertThat(run.out())
                .contains("Pod team/strong", "\nNot listed: 1 workload of other namespaces.\n")
                .doesNotContain("own/two");
    }

    @Test
    void versionDecidesWhichRevisionsAreInForce() {
        String sysctl = """
                apiVersion: v1
                kind: Pod
                metadata: {name: tuned}
                spec:
                  securityContext:
                    sysctls: [{name: net.ipv4.tcp_rmem, value: "4096 87380 16777216"}]
                  containers: [{name: app, image: registry.example/app:1}]
                """;

        for (String version : List.of("1.31", "v1.31")) {
            assertThat(exitCode(sysctl, "--profile", "baseline", "--kube-version", version))
                    .isEqualTo(1);
        }
        assertThat(exitCode(sysctl, "--profile", "baseline", "--kube-version", "1.32"))
                .isZero();
        assertThat(exitCode(sysctl, "--profile", "baseline@v1.31")).isEqualTo(1);
        assertThat(exitCode(sysctl, "--profile", "baseline")).isZero();
    }

    @Test
    void lastOfTwoDeclarationsOfANamespaceCounts() throws IOException {
        String policy = write("policy.yaml", """
                apiVersion: bulkhead.dev/v1alpha1
                kind: LeastPrivilegePolicy
                metadata: {name: labelled}
                spec:
                  match: {namespaceSelector: {matchLabels: {tier: tenant}}}
                """);
        String namespace = """
                ---
                apiVersion: v1
                kind: Namespace
                metadata: {name: default, labels: {tier: %s}}
                ---
                """;
        String tenantLast = namespace.formatted("own") + PRIVILEGED + namespace.formatted("tenant");
        String tenantFirst = namespace.formatted("tenant") + PRIVILEGED + namespace.formatted("own");

        assertThat(exitCode(tenantLast, "--policy", policy, "--default-policy", "none"))
                .isEqualTo(1);
        assertThat(exitCode(tenantFirst, "--policy", policy, "--default-policy", "none"))
                .isZero();
    }

    @Test
    void podsAreCompletedByTheApiServerBeforeTheyAreHardened() {
        Run run = Cli.alone().reading(CARELESS).go("check", "--profile", "sandboxed");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).contains("deny    serviceAccountToken", "not filled in: the API server mounts the token");
    }

    @Test
    void patchMakesTheDocumentPass() throws IOException {
        String list = Files.readString(CASES.resolve("list/manifests.json")).replace("\"hostPID\": true,", "");
        JsonNode report = JSON.readTree(
                Cli.alone().reading(list).go("check", "-o", "json").out());
        JsonNode patched = JSON.readTree(list);
        for (JsonNode workload : report.get("workloads")) {
            assertThat(workload.get("verdict").asText()).isEqualTo("hardened");
            patched = JsonPatch.apply(workload.get("patch"), patched);
        }

        Run run = Cli.alone().reading(patched.toString()).go("check", "--fail-on", "harden");

        assertThat(run.out()).contains("2 workloads: 2 passed");
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void jsonIsAsciiWhateverTheManifestsAre() throws IOException {
        String odd = PRIVILEGED.replace("name: app", "name: \"\\e[31mgrün\\u202E\\U0001F600\"");

        Run run = Cli.alone().reading(odd).go("check", "-o", "json");

        assertThat(run.out()).matches(text -> text.chars().allMatch(c -> c == '\n' || (c >= ' ' && c < 0x7f)));
        assertThat(JSON.readTree(run.out())
                        .at("/workloads/0/findings/0/container")
                        .asText())
                .isEqualTo("\u001b[31mgrün\u202E😀");
    }

    @Test
    void manifestsCannotControlTheTerminal() throws IOException {
        String odd = PRIVILEGED
                .replace("name: app", "name: \"\\e[31mapp\\u202E\\n2 workloads: 2 passed\"")
                .replace("{name: strong}", "{name: \"\\e]0;owned\\a\", namespace: \"a\\x9bb\"}");
        Path file = Path.of(write("b\u001b[2J.yaml", odd + "---\nkind: [\"\\e[31m"));

        Run run = Cli.run("check", "-v", "-f", file.toString());

        assertThat(run.out() + run.err())
                .contains(
                        "\\u001b[31mapp\\u202e\\u000a2 workloads",
                        "\\u001b]0;owned\\u0007",
                        "a\\u009bb",
                        "b\\u001b[2J.yaml")
                .matches(text -> text.chars().allMatch(c -> c == '\n' || !Character.isISOControl(c)))
                .doesNotContain("\u202e");
    }

    @ParameterizedTest
    @CsvSource({
        "auto, OUT, '', xterm, true",
        "auto, ERR, '', xterm, false",
        "auto, OUT, 1, xterm, false",
        "auto, OUT, '', dumb, false",
        "always, ERR, 1, dumb, true",
        "never, OUT, '', xterm, false",
    })
    void coloursAreForTerminalsOnly(
            String when, StandardStream terminal, String noColor, String term, boolean coloured) {
        Run run = Cli.alone()
                .reading(PRIVILEGED)
                .at(terminal)
                .with("NO_COLOR", noColor)
                .with("TERM", term)
                .go("check", "--color", when);

        assertThat(run.out().contains("\u001b[1;31mdenied")).isEqualTo(coloured);
        assertThat(run.out().contains("\u001b")).isEqualTo(coloured);
    }

    @ParameterizedTest
    @ValueSource(strings = {"80", "100", "160"})
    void tableFitsIntoTheTerminal(String columns) throws IOException {
        Run run = Cli.alone()
                .with("COLUMNS", columns)
                .go("check", "-v", "-f", CASES.resolve("first/manifests.yaml").toString());

        // A single word, such as the path of a field, may be longer than the column it is in.
        assertThat(run.out()
                        .lines()
                        .filter(line -> line.strip().contains(" ") && !line.contains("manifests.yaml:"))
                        .toList())
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(Integer.parseInt(columns)));
    }

    @Test
    void neverPrintsASecretOfBrokenJson() {
        String canary = "kAnary-7f3a9c2e51d84b06";
        for (String value :
                List.of(canary, "\"" + canary + "\\q\"", "\"" + canary, "\"\" " + canary, "'" + canary + "'")) {
            String pod =
                    "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"spec\":{\"containers\":[{\"env\":[{\"name\":\"A\",\"value\":"
                            + value + "}]}]}}";
            String review =
                    "{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\",\"request\":{\"uid\":\"1\",\"object\":"
                            + pod + "}}";

            Run check = Cli.alone().reading(pod).go("check");
            Run answer = Cli.alone().reading(review).go("review");

            // Without quotes it is YAML all the same.
            assertThat(check.exitCode()).isEqualTo(value.equals(canary) || value.startsWith("'") ? 0 : 2);
            assertThat(check.out() + check.err()).contains("<stdin>").doesNotContain("kAnary");
            assertThat(answer.out()).contains("cannot evaluate");
            assertThat(answer.out() + answer.err()).doesNotContain("kAnary");
        }
    }

    @Test
    void neverPrintsASecret() throws IOException {
        String canary = "kAnary-7f3a9c2e51d84b06";
        List<String> manifests = List.of(
                "{name: DB_PASSWORD, value: \"%s\"}",
                "{name: X, value: \"postgres://user:%s@db.example/db\"}",
                "{name: API_TOKEN, value: {\"%s\": 1}}",
                "{name: API_TOKEN, value: [\"%s\"]}",
                "{name: API_TOKEN, value: \"%s\", value: \"%s\"}",
                "{name: API_TOKEN, value: !!int \"%s\"}",
                "{name: API_TOKEN, value: *%s}",
                "{name: API_TOKEN, value: &%s+%s x}",
                "{name: API_TOKEN, value: &%s *%s}",
                "{name: API_TOKEN, value: !%s}",
                "{name: API_TOKEN, value: !!%s x}",
                "{name: API_TOKEN, value: ?%s}",
                "{name: API_TOKEN, value: `%s}",
                "{name: API_TOKEN, value: %%s}",
                "{name: API_TOKEN, value: %s: %s}",
                "{name: API_TOKEN, value: |%s}",
                "{name: API_TOKEN, value: \"%s",
                "{name: API_TOKEN, value: '%s'x}",
                "{name: API_TOKEN, value: @%s}",
                "{name: API_TOKEN, value: \"%s\\q\"}");
        for (String env : manifests) {
            String pod = """
                    apiVersion: v1
                    kind: Pod
                    metadata: {name: teller}
                    spec:
                      containers:
                        - name: app
                          image: registry.example/app:1
                          env:
                            - ENV
                    """.replace("ENV", env.replace("%s", canary));
            for (String profile : List.of("restricted", "least-privilege", "sandboxed")) {
                for (String format : List.of("table", "json")) {
                    Run run = Cli.alone().reading(pod).go("check", "-v", "-o", format, "--profile", profile);

                    assertThat(run.out() + run.err()).as(env).doesNotContain(canary);
                }
            }
        }
    }

    private String write(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text).toString();
    }
}
