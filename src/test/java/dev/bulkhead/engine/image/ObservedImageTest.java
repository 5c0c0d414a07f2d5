package dev.bulkhead.engine.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.Yaml;
import dev.bulkhead.engine.workload.Field;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ObservedImageTest {
    private static final String DIGEST = "sha256:" + "a".repeat(64);
    private static final String OTHER = "sha256:" + "b".repeat(64);
    private static final String WEB = "docker.io/acme/web";

    private static List<String> observed(String spec, String status) {
        return ObservedImage.in(Field.root(
                        Yaml.tree("{metadata: {name: web}, spec: {" + spec + "}, status: {" + status + "}}")))
                .stream()
                .map(image ->
                        image.image() + image.user().map(user -> " " + user).orElse(""))
                .toList();
    }

    private static String container(String more) {
        return "containers: [{name: a, image: 'acme/web:1'" + more + "}]";
    }

    private static String status(String image, String imageId, String user) {
        return "{name: a, image: '" + image + "', imageID: '" + imageId + "', containerID: 'containerd://1'" + user
                + "}";
    }

    private static String running(String user) {
        return "containerStatuses: [" + status(WEB + ":1", WEB + "@" + DIGEST, user) + "]";
    }

    private static final String AS_1000 = ", user: {linux: {uid: 1000, gid: 50, supplementalGroups: [50]}}";

    @Test
    void userOfAnImageIsSeenByNameAndByDigest() {
        assertThat(observed(container(""), running(AS_1000)))
                .containsExactly(WEB + ":1 1000:50", WEB + "@" + DIGEST + " 1000:50");
        assertThat(observed(container(""), running(", user: {linux: {uid: 0, gid: 0}}")))
                .containsExactly(WEB + ":1 0", WEB + "@" + DIGEST + " 0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"initContainer", "container", "ephemeralContainer"})
    void containersOfEveryKindCount(String kind) {
        assertThat(observed(
                        kind + "s: [{name: a, image: 'acme/web:1'}]",
                        kind + "Statuses: [" + status(WEB + ":1", "", AS_1000) + "]"))
                .containsExactly(WEB + ":1 1000:50");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "containers: [{name: a, image: 'acme/web:1', securityContext: {runAsUser: 1000}}]",
                "securityContext: {runAsUser: 1000}, containers: [{name: a, image: 'acme/web:1'}]"
            })
    void userThatThePodNamesSaysNothingOfTheImage(String spec) {
        assertThat(observed(spec, running(AS_1000))).containsExactly(WEB + ":1", WEB + "@" + DIGEST);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "containers: [{name: a, image: 'acme/web:1', securityContext: {runAsGroup: 50}}]",
                "securityContext: {runAsGroup: 50}, containers: [{name: a, image: 'acme/web:1'}]"
            })
    void groupThatThePodNamesSaysNothingOfTheImage(String spec) {
        assertThat(observed(spec, running(AS_1000))).containsExactly(WEB + ":1 1000", WEB + "@" + DIGEST + " 1000");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                                  | :1
            ', user: {}'                        | :1
            ', user: {linux: {gid: 7}}'         | :1
            ', user: {linux: {uid: 4294967295, gid: 7}}' | :1
            ', user: {linux: {uid: -1, gid: 7}}' | :1
            ', user: {linux: {uid: 9, gid: 4294967295}}' | :1 9
            """)
    void numbersThatNoPodCanNameAreUnknown(String user, String expected) {
        assertThat(observed(container(""), "containerStatuses: [" + status(WEB + ":1", "", user) + "]"))
                .containsExactly(WEB + expected);
    }

    @Test
    void containersThatWereNeverMadeDoNotCount() {
        assertThat(observed(container(""), "")).isEmpty();
        assertThat(observed(
                        container(""),
                        "containerStatuses: [{name: a, image: 'acme/web:1', imageID: '', state: {waiting: {}}}]"))
                .isEmpty();
    }

    @Test
    void statusOfTheImageBeforeDoesNotCountForTheNextOne() {
        assertThat(observed(
                        container(""),
                        "containerStatuses: [" + status("docker.io/evil/x:1", "docker.io/evil/x@" + OTHER, AS_1000)
                                + "]"))
                .as("another name")
                .containsExactly("docker.io/evil/x@" + OTHER + " 1000:50");
        assertThat(observed(
                        "containers: [{name: a, image: 'acme/web@" + DIGEST + "'}]",
                        "containerStatuses: [" + status(WEB + "@" + DIGEST, WEB + "@" + OTHER, AS_1000) + "]"))
                .as("another digest")
                .containsExactly(WEB + "@" + OTHER + " 1000:50");
    }

    @Test
    void imagesByDigestCountOnce() {
        assertThat(observed(
                        "containers: [{name: a, image: 'acme/web:1@" + DIGEST + "'}]",
                        "containerStatuses: [" + status("sha256:1", "docker-pullable://acme/web@" + DIGEST, AS_1000)
                                + "]"))
                .containsExactly(WEB + "@" + DIGEST + " 1000:50");
        assertThat(observed(
                        "containers: [{name: a, image: 'mirror.example/web@" + DIGEST + "'}]",
                        "containerStatuses: [" + status("sha256:1", WEB + "@" + DIGEST, AS_1000) + "]"))
                .containsExactly("mirror.example/web@" + DIGEST + " 1000:50", WEB + "@" + DIGEST + " 1000:50");
    }

    @Test
    void digestOfAConfigurationNamesNoImage() {
        assertThat(observed(container(""), "containerStatuses: [" + status(WEB + ":1", DIGEST, AS_1000) + "]"))
                .containsExactly(WEB + ":1 1000:50");
    }

    @Test
    void windowsTellsNothing() {
        assertThat(observed("os: {name: windows}, " + container(""), running(AS_1000)))
                .isEmpty();
    }

    @Test
    void podsThatTheKubeletReadFromFilesTellNothing() {
        String pod = "metadata: {name: web%s}, spec: {" + container("") + "}, status: {" + running(AS_1000) + "}";

        assertThat(ObservedImage.in(Field.root(Yaml.tree("{" + pod.formatted("") + "}"))))
                .hasSize(2);
        assertThat(ObservedImage.in(Field.root(
                        Yaml.tree("{" + pod.formatted(", annotations: {kubernetes.io/config.mirror: a}") + "}"))))
                .isEmpty();
    }

    @Test
    void tagTellsTheDigestThatItStandsFor() {
        assertThat(ObservedImage.in(Field.root(Yaml.tree(
                        "{metadata: {name: web}, spec: {" + container("") + "}, status: {" + running("") + "}}"))))
                .extracting(ObservedImage::digest)
                .containsExactly(Optional.of(DIGEST), Optional.of(DIGEST));
    }
}
