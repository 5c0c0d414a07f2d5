package dev.bulkhead.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.Golden;
import dev.bulkhead.app.cli.Cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What the page about rootless Podman shows is what the program says of a file that Podman generated. */
class RootlessPageTest {
    private static final Path PAGE = Path.of("docs/rootless.md");
    private static final Path PLAIN = Path.of("src/test/resources/check/podman/plain-manifests.yaml");

    @Test
    void showsTheVerdictOnAGeneratedPod() throws IOException {
        Run run = Cli.alone().reading(Files.readString(PLAIN)).go("check");

        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).isEmpty();
        Golden.section(
                PAGE,
                "plain",
                "```console\n$ podman create --name plain docker.io/nginxinc/nginx-unprivileged:1.27\n"
                        + "$ podman kube generate plain | bulkhead check\n" + run.out() + "```\n");
    }
}
