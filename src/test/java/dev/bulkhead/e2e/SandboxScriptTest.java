package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.e2e.Processes.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code e2e/sandbox} finds the programs that were built from the pinned module, and no others. */
class SandboxScriptTest {
    private static final String SCRIPT = Path.of("e2e", "sandbox").toString();

    @TempDir
    Path cache;

    private Run run(String... args) {
        return Processes.run(
                Map.of("BULKHEAD_SANDBOX", cache.toString()),
                "",
                Stream.concat(Stream.of(SCRIPT), Stream.of(args)).toArray(String[]::new));
    }

    @Test
    void takesProgramsOfOtherModulesForNone() throws Exception {
        Path other = Files.createDirectory(cache.resolve("v0.0.0-20260101000000-000000000000-000000000000"));
        assertThat(Files.createFile(other.resolve("runsc")).toFile().setExecutable(true))
                .isTrue();

        Run run = run("--if-built");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.said()).isEmpty();
    }

    @Test
    void refusesAnUnknownArgument() {
        Run run = run("--version");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("unknown argument '--version'; expected [--if-built]");
    }
}
