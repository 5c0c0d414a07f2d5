package dev.bulkhead.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.app.cli.Cli.Run;
import dev.bulkhead.app.registry.DockerRegistry;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code check --images} makes of what registries answer. */
class CheckImagesTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path directory;

    private static String pod(String name, String image) {
        return """
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: %s}
                spec: {containers: [{name: app, image: "%s"}]}
                """.formatted(name, image);
    }

    private Cli reading(String manifests) {
        return Cli.alone().reading(manifests).with("DOCKER_CONFIG", directory.toString());
    }

    private JsonNode workloads(Run run) throws IOException {
        return JSON.readTree(run.out()).get("workloads");
    }

    @Test
    void knowsTheUsersOfImagesFromTheirRegistry() throws IOException, InterruptedException {
        try (DockerRegistry registry = DockerRegistry.start(directory)) {
            registry.pushWithUser("number", "1", "1000:1000");
            registry.pushWithUser("root", "1", "");
            registry.pushWithUser("name", "1", "app");
            Cli cli = reading(pod("number", registry.name() + "/number:1")
                    + pod("root", registry.name() + "/root:1")
                    + pod("name", registry.name() + "/name:1"));

            JsonNode without = workloads(cli.go("check", "-o", "json"));
            JsonNode with = workloads(cli.go("check", "-o", "json", "--images"));

            assertThat(without.findValuesAsText("verdict")).containsOnly("hardened");
            assertThat(with.get(0).get("verdict").asText()).isEqualTo("hardened");
            assertThat(without.get(0).get("notes").toString()).contains("names a numeric user");
            assertThat(with.get(0).get("notes").toString()).doesNotContain("names a numeric user");
            assertThat(with.get(1).get("verdict").asText()).isEqualTo("denied");
            assertThat(with.get(1).toString())
                    .contains("image " + registry.name() + "/root:1 runs as root (its registry, " + registry.name()
                            + ", sha256:");
            assertThat(with.get(2).get("verdict").asText()).isEqualTo("denied");
            assertThat(with.get(2).toString()).contains("runs as user \\\"app\\\", whose number is not known");
        }
    }

    /** An image may write elsewhere, too, and may have files in its volumes. */
    @Test
    void volumesOfAnImageAreNotAllThatItMayWriteTo() throws IOException, InterruptedException {
        try (DockerRegistry registry = DockerRegistry.start(directory)) {
            registry.pushWithVolume("app", "1", "1000", "/data");

            JsonNode workload = workloads(
                            reading(pod("app", registry.name() + "/app:1")).go("check", "-o", "json", "--images"))
                    .get(0);

            assertThat(workload.get("verdict").asText()).isEqualTo("hardened");
            assertThat(workload.get("starts").asText()).isEqualTo("unknown");
            assertThat(workload.get("notes").toString())
                    .contains("can write only to its volumes and /tmp", "gets empty scratch at /data");
        }
    }

    @Test
    void saysWhichImagesToldNothingAndEvaluatesThemAllTheSame() throws IOException, InterruptedException {
        try (DockerRegistry registry = DockerRegistry.start(directory)) {
            String image = registry.name() + "/missing:1";
            Cli cli = reading(pod("one", image) + pod("two", image));

            Run without = cli.go("check");
            Run with = cli.go("check", "--images");

            assertThat(with.err()).isEqualTo("no answer about image " + image + ": there is no such image\n");
            assertThat(with.out()).isEqualTo(without.out());
            assertThat(with.exitCode()).isZero();
        }
    }

    @Test
    void asksAboutNoImageOfWhatCannotBeRead() {
        Run run = reading("{]\n---\nkind: ConfigMap\napiVersion: v1\n").go("check", "--images");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).doesNotContain("no answer");
    }

    /** In a process of its own, since a helper is looked up on the path. */
    @Test
    void usesACredentialHelper() throws IOException, InterruptedException {
        try (DockerRegistry registry = DockerRegistry.withPassword(directory)) {
            registry.pushWithUser("app", "1", "1000");
            Path helper = Files.writeString(directory.resolve("docker-credential-test"), """
                    #!/bin/sh
                    [ "$1" = get ] && [ "$(cat)" = "%s" ] || exit 1
                    echo '{"ServerURL":"%s","Username":"%s","Secret":"%s"}'
                    """.formatted(
                            registry.name(), registry.name(), DockerRegistry.USER, DockerRegistry.PASSWORD));
            Files.setPosixFilePermissions(helper, PosixFilePermissions.fromString("rwx------"));
            Files.writeString(
                    directory.resolve("config.json"), "{\"credHelpers\":{\"" + registry.name() + "\":\"test\"}}");
            Path manifest = Files.writeString(directory.resolve("pod.yaml"), pod("app", registry.name() + "/app:1"));

            assertThat(start("", List.of("check", "--images", "-f", manifest.toString())))
                    .doesNotContain("no answer")
                    .contains("Pod default/app")
                    .doesNotContain("names a numeric user");
        }
    }

    /** In a process of its own, since Java reads its store of trusted certificates once. */
    @Test
    void trustsTheCertificatesThatJavaDoes() throws IOException, InterruptedException {
        try (DockerRegistry registry = DockerRegistry.withTls(directory)) {
            registry.pushWithUser("app", "1", "1000");
            Path manifest = Files.writeString(directory.resolve("pod.yaml"), pod("app", registry.name() + "/app:1"));
            List<String> check = List.of("check", "--images", "-f", manifest.toString());

            assertThat(start("", check))
                    .contains("no answer about image " + registry.name() + "/app:1: no TLS connection to "
                            + registry.name() + ": ");
            assertThat(start(
                            "-Djavax.net.ssl.trustStore=" + directory.resolve("trusted.p12")
                                    + " -Djavax.net.ssl.trustStorePassword=" + DockerRegistry.TRUSTED_PASSWORD,
                            check))
                    .doesNotContain("no answer")
                    .contains("Pod default/app")
                    .doesNotContain("names a numeric user");
        }
    }

    private String start(String javaOptions, List<String> args) throws IOException, InterruptedException {
        List<String> command = new java.util.ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.bulkhead.app.cli.Bulkhead"));
        command.addAll(args);
        Path output = directory.resolve("output");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("DOCKER_CONFIG", directory.toString());
        builder.environment().put("JAVA_TOOL_OPTIONS", javaOptions);
        builder.environment().merge("PATH", directory + File.pathSeparator, (old, first) -> first + old);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return Files.readString(output, StandardCharsets.UTF_8);
    }
}
