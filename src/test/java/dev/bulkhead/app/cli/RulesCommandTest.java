package dev.bulkhead.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.app.cli.Cli.Run;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.RuleInfo;
import dev.bulkhead.engine.rule.check.RuleRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RulesCommandTest {
    @Test
    void listsEveryRuleForPeople() {
        Run run = Cli.alone().with("COLUMNS", "250").go("rules");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines().findFirst().orElseThrow())
                .matches("RULE +SEVERITY +LAYER +LEAST-PRIVILEGE +SANDBOXED +TITLE; CATEGORY; STANDARDS");
        assertThat(run.out())
                .containsPattern("privileged +critical +host +deny +deny +Privileged container; "
                        + "Pod Security Standards \\(Baseline\\); CIS 5\\.2\\.2, NSA/CISA, ATT&CK T1611\n")
                .containsPattern(
                        "secretsInEnv +high +secrets +warn +deny +Credential .*; Bulkhead; NSA/CISA, CWE 526\n")
                .containsPattern("restrictedVolumes +medium +filesystem +deny, hostPath off +deny, hostPath off +")
                .containsPattern("\ncritical +An attacker .*\nhigh +.*\nmedium +.*\nlow +");
    }

    @Test
    void titlesMoveBelowWhereTheyDoNotFit() {
        Run run = Cli.run("rules");

        assertThat(run.out())
                .containsPattern("privileged +critical +host +deny +deny\n  Privileged container; Pod Security ");
        assertThat(run.out().lines())
                .allSatisfy(
                        line -> assertThat(line).hasSizeLessThanOrEqualTo(100).doesNotEndWith(" "));
    }

    @Test
    void listsEveryRuleForPrograms() throws IOException {
        JsonNode list =
                new ObjectMapper().readTree(Cli.run("rules", "-o", "json").out());

        assertThat(list.get("rules")).hasSize(RuleRegistry.ALL.size());
        for (int i = 0; i < RuleRegistry.ALL.size(); i++) {
            Rule rule = RuleRegistry.ALL.get(i);
            JsonNode entry = list.get("rules").get(i);
            RuleInfo info = rule.info();
            assertThat(entry.get("id").asText()).isEqualTo(info.id());
            assertThat(entry.get("title").asText()).isEqualTo(info.title());
            assertThat(entry.get("severity").asText()).isIn("critical", "high", "medium", "low");
            assertThat(entry.get("category").asText()).isEqualTo(info.category());
            assertThat(entry.get("helpUrl").asText()).isEqualTo(info.helpUrl());
            assertThat(entry.get("standards")).hasSize(info.standards().size());
            assertThat(entry.get("layer").asText()).isEqualTo(rule.layer().label());
            assertThat(entry.get("level").asText()).isIn("baseline", "restricted", "own");
            assertThat(entry.at("/actions/least-privilege/action").asText())
                    .isEqualTo(rule.leastPrivilege().action().label());
            assertThat(entry.at("/actions/sandboxed/action").asText())
                    .isEqualTo(rule.sandboxed().action().label());
            assertThat(entry.get("summary").asText()).endsWith(".");
        }
    }

    @Test
    void namesTheRecommendationsOfStandards() throws IOException {
        JsonNode list =
                new ObjectMapper().readTree(Cli.run("rules", "-o", "json").out());
        JsonNode privileged = list.get("rules").get(6);

        assertThat(privileged.get("id").asText()).isEqualTo("privileged");
        assertThat(privileged.get("standards"))
                .contains(new ObjectMapper()
                        .createObjectNode()
                        .put("standard", "CIS Kubernetes Benchmark")
                        .put("version", "v1.12")
                        .put("id", "5.2.2")
                        .put("name", "Minimize the admission of privileged containers")
                        .put("url", "https://www.cisecurity.org/benchmark/kubernetes"));
    }

    @Test
    void explainsEveryRule() throws IOException {
        for (Rule rule : RuleRegistry.ALL) {
            Run run = Cli.run("explain", rule.id());
            Run markdown = Cli.run("explain", rule.id(), "-o", "markdown");

            assertThat(run.exitCode()).isZero();
            assertThat(run.out())
                    .startsWith(rule.id() + "\n\n  ")
                    .contains("\nRisk\n", "\nFix\n", "\nExempting\n")
                    .doesNotContain("```", "](", "\u001b")
                    .matches(text -> text.chars().allMatch(c -> c == '\n' || c >= ' '));
            assertThat(markdown.out()).isEqualTo(Files.readString(Path.of("docs/rules", rule.id() + ".md")));
        }
    }

    @Test
    void explainsInColours() {
        Run run = Cli.run("explain", "privileged", "--color", "always");

        assertThat(run.out()).startsWith("\u001b[1mprivileged\u001b[0m\n").contains("\u001b[36mfalse\u001b[0m");
    }

    @Test
    void explainsWhereThePageIsAndWhomToAsk() {
        Run usual = Cli.run("explain", "privileged");
        Run ours = Cli.alone()
                .with("BULKHEAD_DOCS_URL", "https://docs.example/{rule}")
                .with("BULKHEAD_CONTACT", "#platform")
                .go("explain", "privileged");

        assertThat(usual.out()).endsWith("\nThis page: " + RuleInfo.HOME + "/blob/main/docs/rules/privileged.md\n");
        assertThat(ours.out())
                .endsWith("\nThis page: https://docs.example/privileged\nQuestions and exemptions: #platform\n");
    }

    @ParameterizedTest
    @CsvSource({"BULKHEAD_DOCS_URL, docs.example", "BULKHEAD_CONTACT, 'a\nb'"})
    void refusesGuidanceThatFitsNoMessage(String variable, String value) {
        Run run = Cli.alone().with(variable, value).go("explain", "privileged");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("bulkhead: " + variable + ": expected ");
    }

    @Test
    void explainsWhateverTheCase() {
        assertThat(Cli.run("explain", "HOSTPATHVOLUMES").out()).startsWith("hostPathVolumes\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "privilged | did you mean privileged?",
                "sysctl | did you mean sysctls or sysctlValues?",
                "runAsRoot | did you mean runAsNonRoot",
                "hostPath | hostPathVolumes",
                "capabilities | did you mean capabilities_baseline or capabilities_restricted?",
                "quux | `bulkhead rules` lists them",
            })
    void suggestsSimilarRules(String text, String suggestion) {
        Run run = Cli.run("explain", text);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .startsWith("bulkhead: no rule is called \"" + text + "\"")
                .contains(suggestion);
    }

    @Test
    void requiresARule() {
        Run run = Cli.run("explain");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("Missing required parameter: 'RULE'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"check", "review", "rules", "explain", "policy lint", "policy"})
    void everyCommandExplainsItself(String command) {
        Run run = Cli.run((command + " --help").split(" "));

        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).startsWith("Usage: bulkhead " + command);
        assertThat(run.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        if (!command.equals("policy")) {
            assertThat(run.out()).contains("Examples:\n  bulkhead " + command);
        }
    }
}
