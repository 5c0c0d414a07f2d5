package dev.bulkhead.app.registry;

import static dev.bulkhead.app.registry.FakeRegistry.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.app.registry.Credentials.Login;
import dev.bulkhead.engine.image.ImageReference;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PullSecretsTest {
    private static Optional<Login> find(String registry, String... configurations) {
        return new PullSecrets(
                        Stream.of(configurations).map(FakeRegistry::bytes).toList())
                .find(registry, Deadline.in(Duration.ofSeconds(1)))
                .login();
    }

    private static String auth(String name, String pair) {
        return "{\"auths\":{\"" + name + "\":{\"auth\":\"" + Base64.getEncoder().encodeToString(bytes(pair)) + "\"}}}";
    }

    @ParameterizedTest
    @ValueSource(strings = {"registry.example", "https://registry.example", "https://registry.example/"})
    void readsAPassword(String name) {
        assertThat(find("registry.example", auth("other.example", "a:b"), auth(name, "me:pass:word")))
                .contains(new Login("me", "pass:word", false));
    }

    @Test
    void readsWhatKubectlWrites() {
        String both = "{\"auths\":{\"https://index.docker.io/v1/\":{\"username\":\"me\",\"password\":\"word\","
                + "\"email\":\"\",\"auth\":\"bWU6d29yZA==\"}}}";

        assertThat(find("docker.io", both)).contains(new Login("me", "word", false));
        assertThat(find("registry.example", both)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{\"auths\":[]}",
                "{\"auths\":{\"registry.example\":{\"auth\":\"?\"}}}",
                "{\"auths\":{\"registry.example\":{\"auth\":\"OmI=\"}}}",
                "{\"credsStore\":\"x\",\"credHelpers\":{\"registry.example\":\"x\"}}",
            })
    void findsNothingInOthersAndRunsNoHelper(String configuration) {
        assertThat(find("registry.example", configuration)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:5000/app:1", "127.0.0.1:9000/app:1", "127.9.9.9/app:1", "[::1]:80/app:1"})
    void podMakesItAskNothingOnItsOwnMachine(String image) {
        assertThat(RegistryImages.askForPod(ImageReference.parse(image).orElseThrow(), List.of())
                        .failure()
                        .orElseThrow())
                .endsWith("is on the machine that runs the image");
    }
}
