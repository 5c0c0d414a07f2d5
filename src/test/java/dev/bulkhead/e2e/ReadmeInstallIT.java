package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.InstallCommand;
import dev.bulkhead.Golden;
import dev.bulkhead.e2e.Processes.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The README's lines on a real node: the archive that {@code image/build} wrote is loaded as kind loads it, by {@code ctr
 * images import}, and the kubelet has to find the image under the name that the chart asks for.
 */
@Tag("image")
class ReadmeInstallIT {
    private static final Path README = Path.of("README.md");

    @Test
    void itsLinesInstallWhatHardensAndRejects() throws IOException {
        List<List<String>> lines = commands("install");
        Path archive = Path.of(lines.get(1).get(3));
        assumeThatItIsBuilt(archive);
        try (Node node = Node.start()) {
            for (List<String> line : lines) {
                try {
                    run(node, line);
                } catch (AssertionError e) {
                    throw new AssertionError(e.getMessage() + "\n" + pods(node) + node.logs(), e);
                }
            }

            List<List<String>> attempts = commands("try");
            assertThat(attempts).hasSize(2);
            Run hardened = kubectl(node, attempts.get(0));
            assertThat(hardened.exitCode()).as(hardened.said()).isZero();
            assertThat(hardened.out()).contains("\"runAsNonRoot\":true", "\"type\":\"RuntimeDefault\"");
            Run rejected = kubectl(node, attempts.get(1));
            assertThat(rejected.exitCode()).isEqualTo(1);
            assertThat(rejected.err()).contains("Bulkhead refuses Pod", "must not set securityContext.privileged=true");
        }
    }

    /** In CI the image is built before these tests run with {@code -De2e.image}. */
    private static void assumeThatItIsBuilt(Path archive) {
        if (Boolean.parseBoolean(System.getenv("BULKHEAD_CI")) && System.getProperty("e2e.image") != null) {
            assertThat(archive).isRegularFile();
        }
        if (!Files.exists(archive)) {
            System.err.println("Skipped: there is no " + archive + ", image/build builds it.");
        }
        assumeTrue(Files.exists(archive), "no image: image/build builds one");
    }

    private static void run(Node node, List<String> line) {
        switch (line.get(0)) {
            case "image/build" -> assertThat(line).hasSize(1);
            case "kind" -> {
                assertThat(line).startsWith("kind", "load", "image-archive").hasSize(4);
                node.importImage(Path.of(line.get(3)));
            }
            case "helm" -> install(node, line);
            default -> {
                Run run = kubectl(node, line);
                assertThat(run.exitCode())
                        .as(String.join(" ", line) + ": " + run.said())
                        .isZero();
            }
        }
    }

    private static void install(Node node, List<String> line) {
        assertThat(line)
                .containsExactly(
                        "helm",
                        "install",
                        "bulkhead",
                        "charts/bulkhead",
                        "--namespace",
                        "bulkhead-system",
                        "--create-namespace");
        InstallCommand install = new Helm(Path.of(line.get(3)))
                .install()
                .withName(line.get(2))
                .withNamespace(line.get(5))
                .createNamespace()
                .withKubeVersion(node.plane().version())
                .withKubeConfig(node.plane().kubeconfig());
        install.call();
    }

    private static Run kubectl(Node node, List<String> line) {
        assertThat(line).first().isEqualTo("kubectl");
        return node.plane().kubectl(line.subList(1, line.size()).toArray(String[]::new));
    }

    /** What became of the pods: their conditions and why their containers wait. */
    private static String pods(Node node) {
        StringBuilder text = new StringBuilder();
        JsonNode pods = node.plane().get("-n", Replica.NAMESPACE, "pods").path("items");
        pods.forEach(pod -> text.append(pod.path("status")).append('\n'));
        return text.toString();
    }

    /** The commands of a section, each split into words as a shell does. */
    private static List<List<String>> commands(String section) {
        List<List<String>> commands = new ArrayList<>();
        StringBuilder command = new StringBuilder();
        for (String line : Golden.lines(README, section)) {
            command.append(line);
            if (line.endsWith("\\")) {
                command.setLength(command.length() - 1);
            } else {
                commands.add(words(command.toString()));
                command.setLength(0);
            }
        }
        return commands;
    }

    private static List<String> words(String command) {
        Run run = Processes.run(
                Map.of("LINE", command), "", "bash", "-c", "eval \"set -- $LINE\"; printf '%s\\n' \"$@\"");
        assertThat(run.exitCode()).as(run.err()).isZero();
        return Arrays.asList(run.out().strip().split("\n", -1));
    }
}
