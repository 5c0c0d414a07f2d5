package dev.bulkhead.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.app.cli.Cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyLintCommandTest {
    private static final String POLICY = """
            apiVersion: bulkhead.dev/v1alpha1
            kind: LeastPrivilegePolicy
            metadata:
              name: tenants
            spec:
              profile: least-privilege
            """;
    private static final String EXEMPTION = """
            apiVersion: bulkhead.dev/v1alpha1
            kind: Exemption
            metadata:
              name: exporter
              namespace: bulkhead-system
            spec:
              reason: reads host metrics
              owner: team-observability
              expires: 2027-03-31T00:00:00Z
              match:
                namespaces: [monitoring]
              allow:
                - {rule: hostPathVolumes, values: [/proc, /sys]}
            """;

    @TempDir
    private Path directory;

    @Test
    void isSilentWithoutRemarks() throws IOException {
        Run run = Cli.run("policy", "lint", write("a.yaml", POLICY + "---\n" + EXEMPTION));

        assertThat(run).isEqualTo(new Run(0, "ok: 1 policy, 1 exemption\n", ""));
    }

    @Test
    void printsErrorsToStandardError() throws IOException {
        String file = write("a.yaml", POLICY.replace("profile:", "profil:") + "---\n" + EXEMPTION);

        Run run = Cli.run("policy", "lint", file);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith(file + ":6:3: error: unknown key \"profil\", expected one of ");
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.out()).isEqualTo("0 policies, 1 exemption: 1 error, 0 warnings\n");
    }

    @Test
    void warningsNameTheirPlace() throws IOException {
        String file = write(
                "a.yaml", POLICY + "---\n" + EXEMPTION.replace("/sys", "\"*\"").replace("2027-03-31", "2026-11-30"));

        Run run = Cli.run("policy", "lint", file);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).isEqualTo("""
                FILE:16:3: warning: it expires in 5 days, at 2026-11-30T00:00:00Z
                FILE:20:47: warning: it excuses all of hostPathVolumes: name the values that are needed
                1 policy, 1 exemption: 0 errors, 2 warnings
                """.replace("FILE", file));
    }

    @Test
    void lintsAllFilesTogether() throws IOException {
        String one = write("one.yaml", POLICY);
        String two = write("two.yaml", POLICY);

        Run run = Cli.run("policy", "lint", one, two);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .isEqualTo(two + ":4:3: error: policy \"tenants\" is declared already, at " + one + ":4:3\n");
    }

    private static final String TENANTS = POLICY + "  match: {namespaceSelector: {matchLabels: {tier: tenant}}}\n";

    private static final String NAMESPACES = """
            apiVersion: v1
            kind: List
            items:
            - {apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {tier: tenant}}}
            - {apiVersion: v1, kind: Namespace, metadata: {name: old}}
            """;

    @Test
    void reportsWhatAppliesWhereNoPolicyMatches() throws IOException {
        String file = write("a.yaml", TENANTS);

        assertThat(Cli.run("policy", "lint", file)).isEqualTo(new Run(0, """
                        ok: 1 policy, 0 exemptions
                        what no policy matches is evaluated by the built-in one: least-privilege
                        """, ""));
        assertThat(Cli.run("policy", "lint", file, "--profile", "restricted").out())
                .endsWith("is evaluated by the built-in one: restricted\n");
        Run without = Cli.run("policy", "lint", file, "--default-policy", "none");
        assertThat(without.exitCode()).isEqualTo(1);
        assertThat(without.out())
                .startsWith(file + ":7:11: warning: nothing evaluates namespaces without these labels")
                .endsWith("what no policy matches is not evaluated\n");
    }

    @Test
    void countsNamespacesThatNoPolicyCovers() throws IOException {
        String file = write("a.yaml", TENANTS);
        String namespaces = write("namespaces.yaml", NAMESPACES);

        assertThat(Cli.run("policy", "lint", file, "--namespaces", namespaces).out())
                .endsWith("2 namespaces: 1 evaluated by policies, 1 as a whole or in part by the built-in one (old),"
                        + " 0 as a whole or in part by nothing\n");
        assertThat(Cli.run("policy", "lint", file, "--namespaces", namespaces, "--default-policy", "none")
                        .out())
                .endsWith("2 namespaces: 1 evaluated by policies, 0 as a whole or in part by the built-in one,"
                        + " 1 as a whole or in part by nothing (old)\n");
    }

    @Test
    void rejectsOtherObjectsAsNamespaces() throws IOException {
        String file = write("a.yaml", TENANTS);

        Run run = Cli.run("policy", "lint", file, "--namespaces", file);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).isEqualTo(file + ":2:1: error: expected Namespace\n");
    }

    @Test
    void rejectsImpossibleNames() throws IOException {
        String file = write("a.yaml", EXEMPTION.replace("[monitoring]", "[\"*\"]"));

        Run run = Cli.run("policy", "lint", file);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .isEqualTo(file + ":11:18: error: \"*\" is not the name of a namespace: globs are not supported, list"
                        + " the names\n");
    }

    @Test
    void requiresFiles() {
        Run run = Cli.run("policy", "lint");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("Missing required parameter: 'FILE'");
        assertThat(Cli.run("policy").exitCode()).isEqualTo(2);
    }

    private String write(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text).toString();
    }

    @Test
    void holdsExemptionsToTheMaximumThatIsConfigured() throws IOException {
        String file = write("a.yaml", POLICY + "---\n" + EXEMPTION);

        Run byOption = Cli.run("policy", "lint", file, "--exemption-max-duration", "90d");
        Run bySetting =
                Cli.alone().with("BULKHEAD_EXEMPTIONS_MAX_DURATION", "90d").go("policy", "lint", file);
        Run optionOverSetting = Cli.alone()
                .with("BULKHEAD_EXEMPTIONS_MAX_DURATION", "90d")
                .go("policy", "lint", file, "--exemption-max-duration", "200d");

        assertThat(byOption.exitCode()).isEqualTo(2);
        assertThat(byOption.err()).contains(file + ":16:3: ", "90 days");
        assertThat(bySetting).isEqualTo(byOption);
        assertThat(optionOverSetting.exitCode()).isZero();
    }

    @Test
    void refusesAMaximumThatIsNoDuration() throws IOException {
        String file = write("a.yaml", POLICY);

        assertThat(Cli.run("policy", "lint", file, "--exemption-max-duration", "-1d")
                        .err())
                .contains("--exemption-max-duration", "expected a duration such as 90d, got -1d");
        Run bySetting =
                Cli.alone().with("BULKHEAD_EXEMPTIONS_MAX_DURATION", "soon").go("policy", "lint", file);
        assertThat(bySetting.exitCode()).isEqualTo(2);
        assertThat(bySetting.err())
                .contains("BULKHEAD_EXEMPTIONS_MAX_DURATION: expected a duration such as 90d, got soon");
    }
}
