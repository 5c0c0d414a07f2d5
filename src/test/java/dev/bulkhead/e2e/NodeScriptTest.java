package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.e2e.Processes.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code e2e/node} finds the programs that were built from the pinned modules, and no others. */
class NodeScriptTest {
    private static final String SCRIPT = Path.of("e2e", "node").toString();

    @TempDir
    Path cache;

    private Run run(String... args) {
        return Processes.run(
                Map.of("BULKHEAD_NODE", cache.toString()),
                "",
                Stream.concat(Stream.of(SCRIPT), Stream.of(args)).toArray(String[]::new));
    }

    @Test
    void takesProgramsOfOtherModulesForNone() throws Exception {
        Path other = Files.createDirectory(cache.resolve("v1.37.2-000000000000"));
        assertThat(Files.createFile(other.resolve("kubelet")).toFile().setExecutable(true))
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

    /** What runs on the node is of the version of its control plane. */
    @Test
    void kubeletIsOfTheControlPlanesVersion() throws Exception {
        assertThat(kubernetes("kubelet")).isEqualTo(kubernetes("controlplane"));
    }

    private static String kubernetes(String modules) throws Exception {
        return Files.readAllLines(Path.of("e2e", modules, "go.mod")).stream()
                .filter(line -> line.strip().startsWith("k8s.io/kubernetes v"))
                .findFirst()
                .orElseThrow()
                .strip();
    }
}
