package dev.bulkhead.app.registry;

import static dev.bulkhead.app.registry.FakeRegistry.configuration;
import static dev.bulkhead.app.registry.FakeRegistry.entry;
import static dev.bulkhead.app.registry.FakeRegistry.index;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.engine.image.ImageReference;
import dev.bulkhead.engine.image.ImageUser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a registry that is in use everywhere answers. */
class DockerRegistryTest {
    @TempDir
    private Path directory;

    private RegistryImages ask(ImageReference... images) {
        return RegistryImages.ask(List.of(images), Map.of("DOCKER_CONFIG", directory.toString()), count -> {});
    }

    private static ImageUser user(RegistryImages answers, ImageReference image) {
        return answers.find(image).orElseThrow().user().orElseThrow().value();
    }

    @Test
    void readsImagesByTagAndByDigestAndOfSeveralPlatforms() throws IOException, InterruptedException {
        try (DockerRegistry registry = DockerRegistry.start(directory)) {
            byte[] amd = registry.push("team/app", "amd64", configuration(Map.of("User", "1000:1000")));
            byte[] arm = registry.push("team/app", "arm64", configuration(Map.of("User", "2000")));
            registry.pushManifest(
                    "team/app",
                    "both",
                    FakeRegistry.INDEX,
                    index(List.of(entry(arm, "linux", "arm64"), entry(amd, "linux", "amd64"))));
            ImageReference byTag = registry.image("team/app:arm64");
            ImageReference byDigest = registry.image("team/app@" + Digests.of(arm));
            ImageReference both = registry.image("team/app:both");
            ImageReference missing = registry.image("team/other");

            RegistryImages answers = ask(byTag, missing, byDigest, both);

            assertThat(user(answers, byTag)).isEqualTo(new ImageUser.Numeric(2000));
            assertThat(user(answers, byDigest)).isEqualTo(new ImageUser.Numeric(2000));
            assertThat(user(answers, both)).isEqualTo(new ImageUser.Numeric(1000, Optional.of(1000L)));
            assertThat(answers.unanswered())
                    .containsExactly(new RegistryImages.Unanswered(missing, "there is no such image"));
        }
    }

    @Test
    void readsWithThePasswordOfDockerLogin() throws IOException, InterruptedException {
        try (DockerRegistry registry = DockerRegistry.withPassword(directory)) {
            registry.push("app", "1", configuration(Map.of("User", "app")));
            ImageReference image = registry.image("app:1");

            assertThat(ask(image).unanswered())
                    .extracting(RegistryImages.Unanswered::reason)
                    .containsExactly("it wants credentials, and there are none for " + registry.name());

            login(registry, "wrong");
            assertThat(ask(image).unanswered())
                    .extracting(RegistryImages.Unanswered::reason)
                    .containsExactly("it refuses the credentials for " + registry.name());

            login(registry, DockerRegistry.PASSWORD);
            assertThat(user(ask(image), image)).isInstanceOf(ImageUser.Named.class);
        }
    }

    private void login(DockerRegistry registry, String password) throws IOException {
        String pair = DockerRegistry.USER + ":" + password;
        String auth = Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
        Files.writeString(
                directory.resolve("config.json"),
                "{\"auths\":{\"" + registry.name() + "\":{\"auth\":\"" + auth + "\"}}}");
    }
}
