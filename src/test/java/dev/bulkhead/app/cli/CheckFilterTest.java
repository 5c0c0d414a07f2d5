package dev.bulkhead.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.Golden;
import dev.bulkhead.app.cli.Cli.Run;
import dev.bulkhead.app.cli.option.StandardStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What options choose of a report, and that nothing is hidden by it unsaid. */
class CheckFilterTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path EXPECTED = Path.of("src/test/resources/filter");

    /** Denied for privileged (and what follows from it), and hardened for the rest. */
    private static final String PRIVILEGED = """
            apiVersion: v1
            kind: Pod
            metadata: {name: strong, namespace: shop}
            spec:
              containers:
                - name: app
                  image: registry.example/app:1
                  securityContext: {privileged: true}
            """;

    private static final String NETWORK = """
            apiVersion: v1
            kind: Pod
            metadata: {name: near, namespace: crew}
            spec:
              hostNetwork: true
              containers:
                - {name: app, image: registry.example/app:1}
            """;

    private static final String CARELESS =
            NETWORK.replace("  hostNetwork: true\n", "").replace("near", "careless");

    private static final String ALL = PRIVILEGED + "---\n" + NETWORK + "---\n" + CARELESS;

    private static Run check(String manifest, String... options) {
        List<String> args = new ArrayList<>(List.of("check"));
        args.addAll(Arrays.asList(options));
        return Cli.alone().with("COLUMNS", "80").reading(manifest).go(args.toArray(String[]::new));
    }

    private static JsonNode json(String... options) throws IOException {
        List<String> args = new ArrayList<>(List.of(options));
        args.addAll(List.of("-o", "json"));
        return JSON.readTree(check(ALL, args.toArray(String[]::new)).out());
    }

    /** A folder of many workloads, as a terminal of 80 columns shows it. */
    @ParameterizedTest
    @CsvSource({
        "many,         ''",
        "many-rule,    '--group-by rule'",
        "many-file,    '--group-by file --rule hostNamespaces,runAsNonRoot'",
        "many-namespace, '--group-by namespace --only denied'",
        "many-quiet,   '-q'",
        "many-warn,    '-q --fail-on warn -n crew --rule privileged --rule runAsNonRoot'",
    })
    void manyWorkloadsAreAsRecorded(String name, String options) {
        StringBuilder manifests = new StringBuilder();
        for (int i = 0; i < 5; i++) {
            manifests.append("---\n").append(PRIVILEGED.replace("strong", "strong-" + i));
            manifests.append("---\n").append(NETWORK.replace("near", "near-" + i));
            manifests.append("---\n").append(CARELESS.replace("careless", "careless-" + i));
        }

        Run run = check(manifests.toString(), options.isEmpty() ? new String[0] : options.split(" ", -1));

        Golden.file(EXPECTED.resolve(name + ".txt"), run.out() + "\nexit code " + run.exitCode() + "\n" + run.err());
        assertThat(run.out().lines()).allMatch(line -> line.length() <= 80);
    }

    @ParameterizedTest
    @CsvSource({
        "hostNamespaces,  deny,   1",
        "hostNamespaces,  harden, 1",
        "runAsNonRoot,    deny,   0",
        "runAsNonRoot,    harden, 1",
        "sysctls,         warn,   0",
        "'privileged,hostNamespaces', deny, 1",
    })
    void rulesDecideOnExitCodes(String rule, String failOn, int exitCode) {
        assertThat(check(ALL, "--rule", rule, "--fail-on", failOn).exitCode()).isEqualTo(exitCode);
    }

    /** A workload that is denied by a rule that was not asked for is not shown as if it were admitted. */
    @Test
    void verdictsStayTrue() throws IOException {
        Run table = check(PRIVILEGED, "--rule", "runAsNonRoot");
        JsonNode workload = json("--rule", "runAsNonRoot").at("/workloads/0");

        assertThat(table.out())
                .startsWith("denied    Pod shop/strong  <stdin>:1  (by other rules)\n")
                .contains("\n1 workload: 1 denied (least-privilege).\n1 of the denied does not count: denied"
                        + " by other rules.\nNot listed: ");
        assertThat(table.exitCode()).isZero();
        assertThat(workload.get("verdict").asText()).isEqualTo("denied");
        assertThat(workload.get("counted").asText()).isEqualTo("hardened");
        assertThat(workload.get("findings")).hasSize(1);
        assertThat(check(PRIVILEGED, "--rule", "sysctls").out())
                .isEqualTo(
                        "0 workloads (least-privilege).\nNot listed: 1 workload without a finding of these rules.\n");
    }

    @Test
    void whatIsNotListedCountsForTheExitCode() throws IOException {
        Run table = check(ALL, "--only", "hardened");

        assertThat(table.exitCode()).isEqualTo(1);
        assertThat(table.out())
                .contains("careless", "\nNot listed: 2 denied workloads.\n")
                .doesNotContain("strong");
        assertThat(json("--only", "hardened").at("/summary/leftOut/otherVerdicts"))
                .isEqualTo(JSON.readTree("{\"denied\": 2}"));
    }

    @Test
    void otherNamespacesDoNotCount() {
        assertThat(check(PRIVILEGED + "---\n" + CARELESS, "-n", "crew").exitCode())
                .isZero();
        assertThat(check(PRIVILEGED, "-n", "crew").out())
                .isEqualTo("0 workloads (least-privilege).\nNot listed: 1 workload of other namespaces.\n");
    }

    @Test
    void excludedRulesLeaveTheRest() throws IOException {
        JsonNode report =
                json("--exclude-rule", "privileged,allowPrivilegeEscalation", "--exclude-rule", "hostNamespaces");

        assertThat(report.at("/workloads").findValuesAsText("rule"))
                .contains("runAsNonRoot")
                .doesNotContain("privileged", "allowPrivilegeEscalation", "hostNamespaces");
        assertThat(check(ALL, "--exclude-rule", "privileged,allowPrivilegeEscalation,hostNamespaces")
                        .exitCode())
                .isZero();
        assertThat(check(
                                "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: []}\n",
                                "--exclude-rule",
                                "privileged",
                                "--profile",
                                "baseline")
                        .out())
                .as("what has no finding at all is listed")
                .startsWith("passed ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"json", "github", "markdown", "junit", "sarif", "exemptions"})
    void filtersWorkInEveryFormat(String format) {
        Run run = check(ALL, "--rule", "hostNamespaces", "-n", "crew", "-o", format);

        assertThat(run.out()).contains("hostNamespaces", "near").doesNotContain("seccompProfile_restricted", "strong");
        assertThat(run.err())
                .contains("bulkhead: not listed: 1 workload of other namespaces, 1 workload without a finding of these"
                        + " rules");
        assertThat(run.exitCode()).isEqualTo(1);
    }

    /** With what is proposed for a rule, this rule denies nothing more. */
    @Test
    void exemptionsAreProposedForTheChosenRules() {
        assertThat(check(PRIVILEGED, "--rule", "privileged", "-o", "exemptions").out())
                .contains("  - rule: privileged\n")
                .doesNotContain("rule: allowPrivilegeEscalation");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--rule privilegd    | --rule: no rule is called \"privilegd\"; did you mean privileged?",
                "--exclude-rule x,y  | --exclude-rule: no rule is called \"x\"; `bulkhead rules` lists them",
                "--only refused      | expected one of [PASSED, WARNED, HARDENED, DENIED]",
                "--group-by colour   | expected one of [WORKLOAD, RULE, FILE, NAMESPACE]",
                "-n Not_A_Name       | --namespace: expected the name of a namespace, got Not_A_Name",
            })
    void namesAreChecked(String options, String message) {
        Run run = check(ALL, options.split(" ", 2));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains(message);
    }

    @Test
    void quietSaysNothingWhereNothingFails() {
        Run run = check(CARELESS, "-q");

        assertThat(run).isEqualTo(new Run(0, "", ""));
        assertThat(check(CARELESS, "-q", "--fail-on", "harden").out())
                .startsWith("hardened  Pod crew/careless")
                .doesNotContain("workload", "explain");
    }

    @Test
    void namesCannotForgeLines() {
        String hostile = NETWORK.replace("near", "\"near\\ndenied    Pod other/forged\\e[2J\"");

        for (String grouping : List.of("workload", "rule", "namespace")) {
            assertThat(Cli.alone()
                            .at(StandardStream.OUT)
                            .reading(hostile)
                            .go("check", "--group-by", grouping.toUpperCase(Locale.ROOT), "--color", "never")
                            .out())
                    .contains("near\\u000adenied")
                    .doesNotContain("\ndenied    Pod other")
                    .doesNotContain("\u001b");
        }
    }

    /** What is filled in hides no warning, of however many workloads. */
    @Test
    void listsWhatHardenedWorkloadsAreWarnedAbout() {
        String credential = """
                apiVersion: v1
                kind: Pod
                metadata: {name: pod-%d}
                spec:
                  containers:
                    - name: web
                      image: nginxinc/nginx-unprivileged
                      env: [{name: DB_PASSWORD, value: correct horse battery staple}]
                """;
        String many = IntStream.range(0, 20).mapToObj(credential::formatted).collect(Collectors.joining("---\n"));

        assertThat(check(many).out().lines().filter(line -> line.startsWith("hardened  Pod default/pod-")))
                .hasSize(20);
        assertThat(check(many).out().lines().filter(line -> line.startsWith("  warn    secretsInEnv  web")))
                .hasSize(20);
    }

    /** The page shows the beginning and the end of one run, and all of another. */
    @Test
    void thePageShowsTheseRuns() {
        List<String> many = Cli.run("check", "docs/driftwood").out().lines().toList();
        List<String> rule = Cli.run("check", "docs/driftwood", "--group-by", "rule", "--rule", "runAsUser")
                .out()
                .lines()
                .toList();

        Golden.section(
                Path.of("docs/checking.md"),
                "many",
                "```console\n$ bulkhead check docs/driftwood\n" + String.join("\n", many.subList(0, 5)) + "\n...\n"
                        + String.join(
                                "\n",
                                many.stream()
                                        .filter(line -> line.matches("hardened .* rules?(, .*)?|passed .*"))
                                        .toList())
                        + "\n...\n```\n");
        Golden.section(
                Path.of("docs/checking.md"),
                "rule",
                "```console\n$ bulkhead check docs/driftwood --group-by rule --rule runAsUser\n"
                        + String.join("\n", rule) + "\n```\n");
    }
}
