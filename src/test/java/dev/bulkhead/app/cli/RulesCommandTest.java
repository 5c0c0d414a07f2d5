package dev.bulkhead.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.app.cli.Cli.Run;
import dev.bulkhead.engine.rule.Rule;
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
        Run run = Cli.alone().with("COLUMNS", "200").go("rules");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines().findFirst().orElseThrow())
                .matches("RULE +LAYER +LEVEL +LEAST-PRIVILEGE +SANDBOXED +SUMMARY");
        assertThat(run.out())
                .containsPattern("privileged +host +baseline +deny +deny +No container may be privileged\\.\n")
                .containsPattern("secretsInEnv +secrets +own +warn +deny +No credential ")
                .containsPattern("restrictedVolumes +filesystem +restricted +deny, hostPath off +deny, hostPath off +");
    }

    @Test
    void summariesMoveBelowWhereTheyDoNotFit() {
        Run run = Cli.run("rules");

        assertThat(run.out())
                .containsPattern("privileged +host +baseline +deny +deny\n  No container may be privileged\\.\n");
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
            assertThat(entry.get("id").asText()).isEqualTo(rule.id());
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
    void suggestsWhatMayBeMeant(String text, String suggestion) {
        Run run = Cli.run("explain", text);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .startsWith("bulkhead: no rule is called \"" + text + "\"")
                .contains(suggestion);
    }

    @Test
    void wantsARuleToExplain() {
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
