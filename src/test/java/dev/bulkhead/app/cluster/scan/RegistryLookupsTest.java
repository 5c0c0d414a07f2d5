package dev.bulkhead.app.cluster.scan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.MovingClock;
import dev.bulkhead.Yaml;
import dev.bulkhead.app.cluster.FakeApiServer;
import dev.bulkhead.app.cluster.resource.ImageConfigMap;
import dev.bulkhead.app.cluster.scan.WantedImages.Puller;
import dev.bulkhead.app.registry.RegistryImages.Answer;
import dev.bulkhead.engine.image.ImageKnowledge;
import dev.bulkhead.engine.image.ImageReference;
import dev.bulkhead.engine.image.ImageUser;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RegistryLookupsTest {
    private static final byte[] SECRET = "of a pod".getBytes(StandardCharsets.UTF_8);

    private final FakeApiServer server = new FakeApiServer();
    private final MovingClock clock = new MovingClock(Instant.parse("2026-11-27T08:00:00Z"));
    private boolean complete = true;
    private final ImageRecorder recorder = new ImageRecorder(
            server.client(), new ImageConfigMap("bulkhead-system", "bulkhead-images"), () -> complete, clock);
    private final Map<String, ImageUser> users = new HashMap<>();
    private final List<String> asked = new ArrayList<>();
    private final List<Puller> pullers = new ArrayList<>();
    private final RegistryLookups lookups = new RegistryLookups(recorder, this::secrets, this::answer, clock);

    @AfterEach
    void close() {
        lookups.close();
        recorder.close();
        server.close();
    }

    private List<byte[]> secrets(Puller puller) {
        pullers.add(puller);
        return List.of(SECRET);
    }

    private Answer answer(ImageReference image, List<byte[]> pullSecrets) {
        assertThat(pullSecrets).containsExactly(SECRET);
        asked.add(image.toString());
        Optional<ImageUser> user = Optional.ofNullable(users.get(image.toString()));
        return new Answer(
                image,
                user.map(of -> ImageKnowledge.ofUser(of, "its registry, registry.example, sha256:12…")),
                user.isPresent() ? Optional.empty() : Optional.of("there is no such image"));
    }

    private void wants(String pod, String image, String securityContext) {
        lookups.listener()
                .arrived(Yaml.tree("""
                metadata: {name: %s, namespace: shop, uid: u-%s}
                spec:
                  serviceAccountName: builder
                  imagePullSecrets: [{name: one}, {name: two}]
                  containers: [{name: a, image: "%s", securityContext: {%s}}]
                """.formatted(pod, pod, image, securityContext))
                        .deepCopy());
    }

    private List<String> lines() {
        return new ImageConfigMap("bulkhead-system", "bulkhead-images")
                .stored(server.client())
                .flatMap(ImageConfigMap::text)
                .orElseThrow()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .toList();
    }

    @Test
    void recordsWhatTheRegistrySays() {
        users.put("registry.example/app:1", new ImageUser.Numeric(1000));
        wants("a", "registry.example/app:1", "");
        recorder.record();

        lookups.ask();
        recorder.record();

        assertThat(lines()).containsExactly("registry.example/app:1 registry 2026-11-27 user=1000");
        assertThat(pullers)
                .containsExactly(
                        new Puller("shop", "builder", List.of("one", "two"), List.of("registry.example/app:1")));
    }

    @Test
    void asksNothingBeforeTheRecordIsKnown() {
        complete = false;
        wants("a", "registry.example/app:1", "");
        recorder.record();
        lookups.ask();
        assertThat(asked).isEmpty();

        complete = true;
        recorder.record();
        lookups.ask();
        assertThat(asked).containsExactly("registry.example/app:1");
    }

    @Test
    void asksOnlyAboutImagesOfWhoseUserNothingIsKnown() {
        users.put("registry.example/app:1", new ImageUser.Root());
        wants("known", "nginx", "");
        wants("set", "registry.example/set:1", "runAsUser: 7");
        wants("gone", "registry.example/gone:1", "");
        lookups.listener().deleted("shop", "gone", "u-gone");
        wants("a", "registry.example/app:1", "");
        wants("b", "registry.example/app:1", "");
        recorder.record();

        askFor(Duration.ofDays(3));

        assertThat(asked).containsExactly("registry.example/app:1");
    }

    /** As often as it does in that time, or now and then if that is long. */
    private void askFor(Duration time) {
        Duration pause = time.compareTo(Duration.ofHours(1)) > 0 ? Duration.ofMinutes(30) : Duration.ofMinutes(1);
        Instant end = clock.instant().plus(time);
        while (clock.instant().isBefore(end)) {
            lookups.ask();
            recorder.record();
            clock.pass(pause);
        }
    }

    @Test
    void asksOneImageAtATime() {
        for (int i = 0; i < 10; i++) {
            wants("p" + i, "registry.example/app:" + i, "");
        }
        recorder.record();

        lookups.ask();
        assertThat(asked).hasSize(1);
        askFor(Duration.ofMinutes(9));
        assertThat(asked).hasSize(10).doesNotHaveDuplicates();
    }

    @Test
    void waitsLongerEachTimeForAnImageThatCannotBeAskedAbout() {
        wants("a", "registry.example/missing:1", "");
        recorder.record();

        askFor(Duration.ofMinutes(10));
        assertThat(asked).hasSize(1);
        askFor(Duration.ofMinutes(20));
        assertThat(asked).hasSize(2);
        askFor(Duration.ofDays(1));
        assertThat(asked).hasSizeBetween(6, 9);
        askFor(Duration.ofDays(7));
        assertThat(asked).hasSizeBetween(12, 17);
    }

    @Test
    void asksAgainAboutATagAndNotAboutADigest() {
        String digest = "registry.example/app@sha256:" + "0".repeat(64);
        users.put(digest, new ImageUser.Numeric(1));
        users.put("registry.example/app:1", new ImageUser.Numeric(1));
        wants("digest", digest, "");
        wants("tag", "registry.example/app:1", "");
        recorder.record();

        askFor(Duration.ofMinutes(3));
        assertThat(asked).containsExactlyInAnyOrder(digest, "registry.example/app:1");
        clock.pass(Duration.ofDays(8));
        recorder.record();
        askFor(Duration.ofMinutes(3));

        assertThat(asked).hasSize(3).endsWith("registry.example/app:1");
    }
}
