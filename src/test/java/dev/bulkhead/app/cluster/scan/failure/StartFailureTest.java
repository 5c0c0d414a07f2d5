package dev.bulkhead.app.cluster.scan.failure;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.Yaml;
import dev.bulkhead.app.cluster.scan.failure.StartFailure.Reason;
import dev.bulkhead.engine.image.ImageLookup;
import dev.bulkhead.engine.image.KnownImages;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StartFailureTest {
    private static final String ROOT =
            "container has runAsNonRoot and image will run as root (pod: \"web_shop(u-1)\", container: a)";
    private static final String NAMED = "container has runAsNonRoot and image has non-numeric user (app), cannot verify"
            + " user is non-root (pod: \"web_shop(u-1)\", container: a)";

    private static JsonNode pod(String hardened, String more, String status) {
        return Yaml.tree("""
                metadata: {name: web, namespace: shop, uid: u-1, annotations: {bulkhead.dev/hardened: "%s"} %s}
                spec: {containers: [{name: a, image: "nginx:1.29"}], initContainers: [{name: i, image: "acme/i:1"}]}
                status: {%s}
                """.formatted(hardened, more, status));
    }

    private static List<StartFailure> failures(String status) {
        return StartFailure.in(pod("runAsNonRoot,readOnlyRootFilesystem", "", status));
    }

    private static String waiting(String reason, String message) {
        return "containerStatuses: [{name: a, state: {waiting: {reason: " + reason + ", message: '"
                + message.replace("'", "''") + "'}}}]";
    }

    private static String ended(String place, String message) {
        return "containerStatuses: [{name: a, ready: false, restartCount: 3, " + place
                + ": {terminated: {exitCode: 1, message: '" + message.replace("'", "''") + "'}}}]";
    }

    @Test
    void kubeletsSayWhatKeepsAnImageFromStarting() {
        assertThat(failures(waiting("CreateContainerConfigError", ROOT)))
                .containsExactly(new StartFailure("a", "nginx:1.29", Reason.ROOT_USER, Optional.empty()));
        assertThat(failures(waiting("CreateContainerConfigError", NAMED)))
                .extracting(StartFailure::reason)
                .containsExactly(Reason.NAMED_USER);
        assertThat(failures(waiting("CreateContainerConfigError", ROOT).replace("containerStatuses", "x")
                        + ", initContainerStatuses: [{name: i, state: {waiting: {reason: CreateContainerConfigError,"
                        + " message: has runAsNonRoot}}}]"))
                .extracting(StartFailure::container)
                .containsExactly("i");
    }

    @ParameterizedTest
    @ValueSource(strings = {"CreateContainerError", "RunContainerError", "CrashLoopBackOff"})
    void runtimesSayWhatTheyCannotWrite(String reason) {
        assertThat(failures(waiting(reason, "failed: mkdir /data/x: read-only file system")))
                .containsExactly(
                        new StartFailure("a", "nginx:1.29", Reason.READ_ONLY_FILE_SYSTEM, Optional.of("/data")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"state", "lastState"})
    void programsSayWhatTheyCannotWrite(String place) {
        assertThat(failures(ended(place, "started\n\nopen /var/lib/x/db: read-only file system\n")))
                .extracting(StartFailure::path)
                .containsExactly(Optional.of("/var/lib/x"));
        assertThat(failures(ended(place, "panic: something else"))).isEmpty();
    }

    @Test
    void containerThatRunsAgainIsNoFailure() {
        String before = "lastState: {terminated: {exitCode: 1, message: 'open /x: read-only file system'}}";

        assertThat(failures("containerStatuses: [{name: a, ready: true, restartCount: 1, state: {running: {}}, "
                        + before + "}]"))
                .isEmpty();
        assertThat(failures("containerStatuses: [{name: a, ready: false, restartCount: 1, state: {running: {}}, "
                        + before + "}]"))
                .hasSize(1);
        assertThat(failures(ended("state", "a read-only file system is fine").replace("exitCode: 1", "exitCode: 0")))
                .isEmpty();
    }

    @Test
    void onlyWhatWasFilledInCounts() {
        String root = waiting("CreateContainerConfigError", ROOT);
        assertThat(StartFailure.in(pod("", "", root))).isEmpty();
        assertThat(StartFailure.in(pod("readOnlyRootFilesystem", "", root))).isEmpty();
        assertThat(StartFailure.in(pod("runAsNonRootX", "", root))).isEmpty();
        assertThat(StartFailure.in(pod("runAsNonRoot", "", root))).hasSize(1);
        assertThat(StartFailure.in(pod("runAsNonRoot", ", deletionTimestamp: x", root)))
                .isEmpty();
        assertThat(StartFailure.in(pod("runAsNonRoot", "", root + ", phase: Failed")))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "configmap \"x\" not found",
                "container's runAsUser breaks non-root policy (pod: \"web_shop(u-1)\", container: a)"
            })
    void otherFaultsOfASettingAreTheAuthors(String message) {
        assertThat(failures(waiting("CreateContainerConfigError", message))).isEmpty();
    }

    @Test
    void theMessageSaysWhatHelps() {
        assertThat(new StartFailure("a", "nginx:1.29", Reason.ROOT_USER, Optional.empty()).message(KnownImages.LOOKUP))
                .isEqualTo(
                        "Container \"a\" does not start: image nginx:1.29 runs as root. Set securityContext.runAsUser:"
                                + " 101 and runAsGroup: 101 in the container, as which it is known to work.");
        assertThat(new StartFailure("a", "acme/web:1", Reason.NAMED_USER, Optional.empty()).message(ImageLookup.NONE))
                .isEqualTo(
                        "Container \"a\" does not start: image acme/web:1 names its user by a name, which the kubelet"
                                + " cannot tell from root. Set securityContext.runAsUser in the container to the number of a user"
                                + " other than root that the program works as.");
        assertThat(new StartFailure("a", "x", Reason.READ_ONLY_FILE_SYSTEM, Optional.of("/var/cache/nginx"))
                        .message(ImageLookup.NONE))
                .isEqualTo("Container \"a\" does not start: its root file system is read-only. Add the annotation"
                        + " bulkhead.dev/scratch: /var/cache/nginx to the pod, or mount a volume there; it must hold no"
                        + " files of the image.");
        assertThat(new StartFailure("a", "x", Reason.READ_ONLY_FILE_SYSTEM, Optional.empty()).message(ImageLookup.NONE))
                .endsWith("such as bulkhead.dev/scratch: /var/cache,/run.");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            open /var/lib/x/db: read-only file system                                     | /var/lib/x
            mkdir: cannot create directory '/data': Read-only file system                 | /data
            mkdir: cannot create directory ‘/data/x’: Read-only file system               | /data
            touch: /foo: Read-only file system                                            | /foo
            sh: can't create /srv/app/log.txt: Read-only file system                      | /srv/app
            OSError: [Errno 30] Read-only file system: '/app/cache/x'                     | /app/cache
            Error: EROFS: read-only file system, mkdir '/home/node/.npm'                  | /home/node
            Error: EROFS, open '/home/node/x/y.lock'                                      | /home/node/x
            java.io.FileNotFoundException: /opt/app/logs/app.log (Read-only file system)  | /opt/app/logs
            nginx: [emerg] mkdir() "/var/cache/nginx/client_temp" failed (30: Read-only file system) | /var/cache/nginx
            Errno::EROFS: Read-only file system @ dir_initialize - /usr/src/app/tmp        | /usr/src/app
            copy /a/b/c to /d/e/f: read-only file system                                  | /d/e
            open /a/b/c: read-only file system, see /d/e/f                                | /a/b
            error mounting "/var/lib/kubelet/x" to rootfs at "/data": mkdir /run/containerd/io/x/rootfs/data: read-only file system | /data
            https://example.com/a/b: read-only file system                                |
            the read-only file system                                                     |
            mkdir /proc/x/y: read-only file system                                        |
            mkdir /sys: read-only file system                                             |
            mkdir /a/../../b: read-only file system                                       |
            """)
    void directoryToBeMadeWritableIsTheOneThatTheMessageIsAbout(String message, String directory) {
        assertThat(ReadOnlyMessage.is(message)).isTrue();
        assertThat(ReadOnlyMessage.directory(message)).isEqualTo(Optional.ofNullable(directory));
    }

    @Test
    void hostileMessagesAreReadInNoTime() {
        for (String part :
                List.of("/", "/.", "/a", "a", "/@", "read-only file system", "\n", "/a read-only file system ")) {
            String message = part.repeat(1_000_000) + " read-only file system";
            assertThat(ReadOnlyMessage.directory(message).map(String::length).orElse(0))
                    .isLessThanOrEqualTo(200);
        }
        assertThat(ReadOnlyMessage.directory("open /" + "x".repeat(300) + "/y: read-only file system"))
                .isEmpty();
    }
}
