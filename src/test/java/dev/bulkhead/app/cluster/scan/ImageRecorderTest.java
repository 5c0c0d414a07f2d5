package dev.bulkhead.app.cluster.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.MovingClock;
import dev.bulkhead.Yaml;
import dev.bulkhead.app.cluster.FakeApiServer;
import dev.bulkhead.app.cluster.resource.ImageConfigMap;
import dev.bulkhead.app.server.LogListener;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ImageRecorderTest {
    private final FakeApiServer server = new FakeApiServer();
    private final MovingClock clock = new MovingClock(Instant.parse("2026-11-27T08:00:00Z"));
    private boolean complete = true;
    private final ImageRecorder recorder = recorder();

    private ImageRecorder recorder() {
        return new ImageRecorder(
                server.client(), new ImageConfigMap("bulkhead-system", "bulkhead-images"), () -> complete, clock);
    }

    @AfterEach
    void close() {
        recorder.close();
        server.close();
    }

    private static void runs(ImageRecorder in, String pod, String image, String securityContext, String user) {
        in.listener()
                .arrived(Yaml.tree("""
                metadata: {name: %s, namespace: shop, uid: u-%s}
                spec: {containers: [{name: a, image: "%s", securityContext: {%s}}]}
                status:
                  containerStatuses:
                    - {name: a, image: "%s", imageID: "", containerID: "containerd://1", user: {linux: {%s}}}
                """.formatted(pod, pod, image, securityContext, image, user))
                        .deepCopy());
    }

    private void runs(String pod, String image, String user) {
        runs(recorder, pod, image, "", user);
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

    private long writes() {
        return server.count(request -> request.startsWith("PATCH"));
    }

    @Test
    void recordsWhatRunsOnceAllPodsAreKnown() {
        complete = false;
        runs("web-1", "acme/web:1", "uid: 1000, gid: 1000");
        recorder.record();
        assertThat(server.requests()).isEmpty();

        complete = true;
        recorder.record();

        assertThat(lines()).containsExactly("docker.io/acme/web:1 running 2026-11-27 user=1000:1000");
    }

    @Test
    void writesOnlyWhatChangesAndLooksNowAndThen() {
        runs("web-1", "acme/web:1", "uid: 1000, gid: 1000");
        recorder.record();
        long requests = server.requests().size();
        runs("web-1", "acme/web:1", "uid: 1000, gid: 1000");
        runs("web-2", "acme/web:1", "uid: 1000, gid: 1000");
        recorder.listener().deleted("shop", "web-1", "u-web-1");
        recorder.record();
        assertThat(server.requests()).hasSize((int) requests);

        clock.pass(Duration.ofMinutes(2));
        recorder.record();
        assertThat(server.requests()).hasSizeGreaterThan((int) requests);
        assertThat(writes()).isOne();

        clock.pass(Duration.ofDays(1));
        recorder.record();
        assertThat(writes()).isEqualTo(2);
        assertThat(lines()).containsExactly("docker.io/acme/web:1 running 2026-11-28 user=1000:1000");
    }

    @Test
    void remembersImagesThatCanNoLongerBeSeenAcrossRestarts() {
        runs("web-1", "acme/web:1", "uid: 1000, gid: 1000");
        recorder.record();
        clock.pass(Duration.ofDays(200));

        try (ImageRecorder next = recorder()) {
            runs(next, "web-2", "acme/web:1", "runAsUser: 1000", "uid: 1000, gid: 1000");
            runs(next, "other-1", "acme/other:1", "", "uid: 7, gid: 7");
            next.record();
        }

        assertThat(lines())
                .containsExactly(
                        "docker.io/acme/other:1 running 2027-06-15 user=7:7",
                        "docker.io/acme/web:1 running 2027-06-15 user=1000:1000");
    }

    @Test
    void tagThatRunsAsTwoUsersIsUnknown() {
        runs("web-1", "acme/web:1", "uid: 0, gid: 0");
        runs("web-2", "acme/web:1", "uid: 1000, gid: 1000");
        recorder.record();

        assertThat(lines()).containsExactly("docker.io/acme/web:1 running 2026-11-27 user=differs");
    }

    @Test
    void tagThatWasMovedHasTheUserOfTheVersionOfTheYoungestPod() {
        for (String user : List.of("1000", "2000")) {
            for (String namespace : List.of("shop", "bank")) {
                recorder.listener()
                        .arrived(Yaml.tree("""
                        metadata: {name: web, namespace: %s, uid: %s, creationTimestamp: "2026-11-27T0%s:00:00Z"}
                        spec: {containers: [{name: a, image: "acme/web:1"}]}
                        status:
                          containerStatuses:
                            - {name: a, image: "acme/web:1", imageID: "acme/web@sha256:%s", user: {linux: {uid: %s}}}
                        """.formatted(
                                                namespace, namespace + user, user.charAt(0), user.repeat(16), user))
                                .deepCopy());
            }
        }
        recorder.record();

        assertThat(lines())
                .containsExactly(
                        "docker.io/acme/web:1 running 2026-11-27 digest=sha256:2000200020002000 user=2000",
                        "docker.io/acme/web@sha256:" + "1000".repeat(16) + " running 2026-11-27 user=1000",
                        "docker.io/acme/web@sha256:" + "2000".repeat(16) + " running 2026-11-27 user=2000");
    }

    @Test
    void brokenRecordIsReportedAndWrittenAnew() {
        server.create("""
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: bulkhead-images, namespace: bulkhead-system}
                data:
                  images: |
                    - docker.io/acme/web:1: 7
                    docker.io/acme/kept:1 running 2026-11-26 user=5:5
                """);
        try (LogListener log = LogListener.to(ImageRecorder.class.getName())) {
            recorder.record();

            assertThat(log.messages())
                    .containsExactly(
                            "ConfigMap bulkhead-system/bulkhead-images has a line that Bulkhead does not write:"
                                    + " \"- docker.io/acme/web:1: 7\", which is removed");
        }
        assertThat(lines()).containsExactly("docker.io/acme/kept:1 running 2026-11-26 user=5:5");
    }

    @Test
    void lineThatAPersonRemovesIsForgotten() {
        runs("web-1", "acme/web:1", "uid: 0, gid: 0");
        recorder.record();
        recorder.listener().deleted("shop", "web-1", "u-web-1");
        server.update("{apiVersion: v1, kind: ConfigMap, metadata: {name: bulkhead-images, namespace: bulkhead-system},"
                + " data: {images: ''}}");

        clock.pass(Duration.ofMinutes(2));
        recorder.record();

        assertThat(lines()).isEmpty();
    }

    @Test
    void whatCannotBeWrittenIsWrittenLater() {
        runs("web-1", "acme/web:1", "uid: 1000, gid: 1000");
        server.fail(request -> request.startsWith("PATCH"), 409);
        assertThatThrownBy(recorder::record).isInstanceOf(RuntimeException.class);

        server.recover();
        recorder.record();

        assertThat(lines()).containsExactly("docker.io/acme/web:1 running 2026-11-27 user=1000:1000");
    }

    @Test
    void deletedRecordComesBack() {
        runs("web-1", "acme/web:1", "uid: 1000, gid: 1000");
        recorder.record();
        server.client()
                .configMaps()
                .inNamespace("bulkhead-system")
                .withName("bulkhead-images")
                .delete();

        clock.pass(Duration.ofMinutes(2));
        recorder.record();

        assertThat(lines()).hasSize(1);
    }

    @Test
    void hostileNamesAndPodsMakeNoLine() {
        for (String image : List.of(
                "acme/web:1\\ndocker.io/library/nginx:1 running 2026-11-27 user=7",
                "acme/web:1 running 2026-11-27 user=7",
                "acme/web:1 user=7",
                "#",
                "acme/" + "x".repeat(1_000))) {
            runs("web-1", image, "uid: 1000, gid: 1000");
            recorder.record();
            assertThat(lines()).isEmpty();
        }
    }
}
