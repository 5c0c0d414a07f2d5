package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.e2e.Processes.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code e2e/control-plane} finds the programs of the version it is asked for, and of no other. */
class ControlPlaneScriptTest {
    private static final String SCRIPT = Path.of("e2e", "control-plane").toString();

    @TempDir
    Path cache;

    @TempDir
    Path bin;

    private Run run(String... args) {
        return Processes.run(
                Map.of("BULKHEAD_CONTROL_PLANE", cache.toString()),
                "",
                Stream.concat(Stream.of(SCRIPT, "--if-built"), Stream.of(args)).toArray(String[]::new));
    }

    /** Builds with a Go that does what the script says: $1 is the directory that programs go to. */
    private Run build(String go, String... args) throws Exception {
        Path program = Files.writeString(bin.resolve("go"), """
                #!/bin/bash
                while [ "$1" != -o ]; do shift; done
                shift
                """ + go);
        assertThat(program.toFile().setExecutable(true)).isTrue();
        return Processes.run(
                Map.of("BULKHEAD_CONTROL_PLANE", cache.toString(), "PATH", bin + ":" + System.getenv("PATH")),
                "",
                Stream.concat(Stream.of(SCRIPT), Stream.of(args)).toArray(String[]::new));
    }

    private Path derived() throws Exception {
        Path directory = built("v1.30.9-derived");
        Files.createFile(directory.resolve("go.mod"));
        Files.createFile(directory.resolve("go.sum"));
        return directory;
    }

    private Path built(String name) throws Exception {
        Path directory = Files.createDirectory(cache.resolve(name));
        assertThat(Files.createFile(directory.resolve("kube-apiserver"))
                        .toFile()
                        .setExecutable(true))
                .isTrue();
        return directory;
    }

    @Test
    void findsTheNewestPatchReleaseThatWasBuilt() throws Exception {
        built("v1.30.9-derived");
        Path newest = built("v1.30.14-derived");
        built("v1.31.2-derived");
        Files.createDirectory(cache.resolve("v1.30.15-derived"));

        assertThat(run("--version", "1.30").out().strip()).isEqualTo(newest.toString());
    }

    @Test
    void findsThePatchReleaseThatIsNamed() throws Exception {
        Path older = built("v1.30.9-derived");
        built("v1.30.14-derived");

        assertThat(run("--version", "1.30.9").out().strip()).isEqualTo(older.toString());
    }

    @Test
    void takesAnotherVersionForNone() throws Exception {
        built("v1.30.14-derived");

        assertThat(run("--version", "1.31").exitCode()).isEqualTo(1);
        assertThat(run("--version", "1.3").exitCode()).isEqualTo(1);
        assertThat(run().exitCode()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "v1.30", "2.0", "1.x", "1.30.", "1.030", "1.30; true"})
    void refusesWhatIsNoVersion(String version) {
        Run run = run("--version", version);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("--version '" + version + "'", "expected [--if-built] [--version 1.N[.PATCH]]");
    }

    @Test
    void addsPodSecuritysWebhookToWhatWasBuiltWithoutIt() throws Exception {
        Path directory = derived();

        Run run = build("echo '#' >\"$1/webhook\"; chmod +x \"$1/webhook\"", "--version", "1.30.9");

        assertThat(run.out().strip()).isEqualTo(directory.toString());
        assertThat(directory.resolve("pod-security-webhook")).isExecutable();
        assertThat(run.err()).contains("adding pod-security-webhook of Kubernetes v1.30.9");
        try (Stream<Path> left = Files.list(cache)) {
            assertThat(left).containsExactly(directory);
        }
    }

    @Test
    void staysWithWhatWasBuiltWhereThatWebhookCannotBe() throws Exception {
        Path directory = derived();

        Run run = build("echo no network >&2; exit 1", "--version", "1.30.9");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out().strip()).isEqualTo(directory.toString());
        assertThat(run.err()).contains("no network", "could not add pod-security-webhook to " + directory);
    }

    @Test
    void refusesAnUnknownArgument() {
        assertThat(run("--versions").err()).contains("unknown argument '--versions'");
    }
}
