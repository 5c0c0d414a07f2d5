package dev.bulkhead.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.bulkhead.Golden;
import dev.bulkhead.app.cli.Cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExportFalcoCommandTest {
    private static final String FOLDER = "src/test/resources/export/";

    @TempDir
    private Path directory;

    @Test
    void watchesWhatTheBuiltInPolicyRulesOut() {
        Run run = Cli.run("export", "falco");

        assertThat(run.exitCode()).isZero();
        Golden.file(Path.of(FOLDER, "falco-default.yaml"), run.out());
    }

    @Test
    void narrowsExceptionsToWhatExemptionsExcuse() {
        Run run = Cli.run("export", "falco", "--policy", FOLDER + "policies.yaml");

        assertThat(run.exitCode()).isZero();
        Golden.file(Path.of(FOLDER, "falco-policies.yaml"), run.out());
    }

    @Test
    void looksUpTheLabelsOfNamespaces() {
        Run run = Cli.run(
                "export", "falco", "--policy", FOLDER + "policies.yaml", "--namespaces", FOLDER + "namespaces.yaml");

        assertThat(run.exitCode()).isZero();
        Golden.file(Path.of(FOLDER, "falco-namespaces.yaml"), run.out());
    }

    @Test
    void repeatsOnStandardErrorWhatTheRulesDoNotSay() {
        Run run = Cli.run("export", "falco", "--policy", FOLDER + "policies.yaml");

        assertThat(run.err().lines().map(line -> line.replace("bulkhead: not said: ", "# - ")))
                .isNotEmpty()
                .allSatisfy(line -> assertThat(run.out().lines()).contains(line));
    }

    @ParameterizedTest
    @ValueSource(strings = {"falco-default.yaml", "falco-policies.yaml", "falco-namespaces.yaml"})
    void falcoItselfAcceptsThemWhereItIsInstalled(String golden) throws IOException, InterruptedException {
        assumeThat(Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1)))
                .as("falco is installed")
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, "falco")));
        Path output = directory.resolve("output");

        Process falco = new ProcessBuilder("falco", "--validate", FOLDER + golden)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();

        assertThat(falco.waitFor()).as("%s", output).isZero();
        assertThat(Files.readString(output)).doesNotContain("Warning");
    }

    @Test
    void rejectsFilesThatAreNoNamespaces() {
        Run run = Cli.run("export", "falco", "--namespaces", FOLDER + "policies.yaml");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("expected Namespace");
    }
}
