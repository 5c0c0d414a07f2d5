package dev.bulkhead.app.cluster.scan.observation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.Yaml;
import dev.bulkhead.engine.preview.ObservedPod;
import dev.bulkhead.engine.preview.ObservedPod.Fault;
import dev.bulkhead.engine.preview.ObservedPod.ObservedContainer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ObservedPodsTest {
    private static final String RUNNING =
            "{containerStatuses: [{name: app, ready: true, restartCount: 2, user: {linux: {uid: 101}}}]}";

    private final ObservedPods pods = ObservedPods.unbounded();

    private static void put(ObservedPods pods, String uid, String image, String status) {
        pods.arrived(Yaml.tree("""
                metadata: {name: p, namespace: shop, uid: %s, annotations: {bulkhead.dev/hardened: "runAsNonRoot"}}
                spec: {containers: [{name: app, image: %s}, {name: new, image: a}]}
                status: %s
                """.formatted(uid, image, status)).deepCopy());
    }

    @Test
    void readsWhatTheStatusSaysOfContainersThatWereStarted() {
        put(pods, "u", "nginx", RUNNING);

        assertThat(pods.byUid())
                .containsOnlyKeys("u")
                .containsValue(new ObservedPod(
                        Set.of("runAsNonRoot"),
                        List.of(new ObservedContainer(
                                "app",
                                "docker.io/library/nginx:latest",
                                OptionalLong.of(101),
                                2,
                                true,
                                Optional.empty()))));
    }

    @Test
    void readsWhyAContainerDoesNotStart() {
        put(pods, "u", "nginx", """
                {containerStatuses: [{name: app, ready: false, restartCount: 0, state: {waiting: {
                reason: CreateContainerConfigError,
                message: "container has runAsNonRoot and image will run as root"}}}]}
                """);

        assertThat(pods.byUid().values())
                .flatExtracting(ObservedPod::containers)
                .extracting(ObservedContainer::fault)
                .containsExactly(Optional.of(new Fault("runAsNonRoot", "its image runs as root", Optional.empty())));
    }

    @Test
    void podsThatEndedOrWereDeletedOrNeverStartedShowNothing() {
        put(pods, "ended", "a", "{phase: Succeeded, containerStatuses: [{name: app}]}");
        put(pods, "pending", "a", "{phase: Pending}");
        put(pods, "deleted", "a", RUNNING);
        pods.deleted("shop", "p", "deleted");
        pods.deleted("shop", "p", "never-there");

        assertThat(pods.byUid()).isEmpty();
        assertThat(pods.bytes()).isZero();
    }

    @Test
    void podsThatShowTheSameTakeNoMoreBytes() {
        put(pods, "u-1", "a", RUNNING);
        long one = pods.bytes();
        put(pods, "u-2", "a", RUNNING);

        assertThat(pods.bytes()).isEqualTo(one);
        assertThat(pods.byUid().get("u-1")).isSameAs(pods.byUid().get("u-2"));
        pods.deleted("shop", "p", "u-1");
        assertThat(pods.bytes()).isEqualTo(one);
    }

    @Test
    void whatThereIsNoRoomForIsNotKnown() {
        ObservedPods few = new ObservedPods(2_000);
        for (int i = 0; i < 100; i++) {
            put(few, "u-" + i, "image-" + i, RUNNING);
        }

        assertThat(few.bytes()).isLessThanOrEqualTo(2_000).isPositive();
        assertThat(few.byUid()).hasSizeBetween(1, 20);
        few.byUid().keySet().forEach(uid -> few.deleted("shop", "p", uid));
        assertThat(few.bytes()).isZero();
    }
}
