package dev.bulkhead.app.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.app.registry.Credentials.Found;
import dev.bulkhead.app.registry.Credentials.Login;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DockerCredentialsTest {
    private static final Deadline PATIENT = Deadline.in(Duration.ofSeconds(60));

    @TempDir
    private Path directory;

    private static String auth(String pair) {
        return "\"auth\":\"" + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)) + "\"";
    }

    private Found find(String configuration, String registry) throws IOException {
        Files.writeString(directory.resolve("config.json"), configuration);
        return DockerCredentials.of(Map.of("DOCKER_CONFIG", directory.toString()))
                .find(registry, PATIENT);
    }

    private static Found password(String user, String secret) {
        return new Found(Optional.of(new Login(user, secret, false)), Optional.empty());
    }

    @Test
    void readsAPassword() throws IOException {
        String configuration = "{\"auths\":{\"registry.example\":{" + auth("me:pass:word") + "}}}";

        assertThat(find(configuration, "registry.example")).isEqualTo(password("me", "pass:word"));
        assertThat(find(configuration, "other.example").login()).isEmpty();
        assertThat(find(configuration, "registry.example:5000").login()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://index.docker.io/v1/", "index.docker.io", "docker.io", "registry-1.docker.io"})
    void findsDockerHubByItsNames(String name) throws IOException {
        assertThat(find("{\"auths\":{\"" + name + "\":{" + auth("me:word") + "}}}", "docker.io"))
                .isEqualTo(password("me", "word"));
    }

    @Test
    void readsTheFilesOfTheUser() throws IOException {
        String configuration = "{\"auths\":{\"registry.example\":{" + auth("me:word") + "}}}";
        Path docker = Files.createDirectories(directory.resolve("home/.docker"));
        Path podman = Files.createDirectories(directory.resolve("run/containers"));
        Files.writeString(docker.resolve("config.json"), configuration);
        Files.writeString(podman.resolve("auth.json"), configuration.replace("registry", "other"));
        DockerCredentials credentials = DockerCredentials.of(Map.of(
                "HOME",
                directory.resolve("home").toString(),
                "XDG_RUNTIME_DIR",
                directory.resolve("run").toString()));

        assertThat(credentials.find("registry.example", PATIENT)).isEqualTo(password("me", "word"));
        assertThat(credentials.find("other.example", PATIENT)).isEqualTo(password("me", "word"));
    }

    @Test
    void findsNothingWithoutFiles() {
        DockerCredentials credentials = DockerCredentials.of(Map.of("DOCKER_CONFIG", directory.toString()));

        assertThat(credentials.find("registry.example", PATIENT))
                .isEqualTo(new Found(Optional.empty(), Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hunter2",
                "{\"auths\":\"hunter2\"}",
                "{\"auths\":{\"registry.example\":{\"auth\":\"hunter2\"}}}",
                "{\"auths\":{\"registry.example\":{\"auth\":\"aHVudGVyMg==\"}}}",
            })
    void quotesNothingOfAFileThatCannotBeRead(String content) throws IOException {
        assertThat(find(content, "registry.example"))
                .isEqualTo(
                        new Found(Optional.empty(), Optional.of(directory.resolve("config.json") + " cannot be read")));
    }

    @Test
    void saysWhichHelperIsMissing() throws IOException {
        Found found = find("{\"credHelpers\":{\"registry.example\":\"of-bulkhead-tests\"}}", "registry.example");

        assertThat(found.login()).isEmpty();
        assertThat(found.problem().orElseThrow()).contains("docker-credential-of-bulkhead-tests");
    }

    @Test
    void printsNoSecret() {
        assertThat(new Login("me", "hunter2", false)).asString().doesNotContain("hunter2");
        assertThat(password("me", "hunter2")).asString().doesNotContain("hunter2");
    }
}
