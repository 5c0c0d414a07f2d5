package dev.bulkhead.engine.rule.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.engine.rule.Finding;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkingDirectoryTest {
    private static Trial in(String list, String workingDir) {
        return Trial.of(
                new WorkingDirectory(), "{" + list + ":[{name:'x'},{name:'app',workingDir:'" + workingDir + "'}]}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/proc/self/fd/7",
                "/proc/self/fd",
                "/proc/self/fd/",
                "//proc//self/fd/7/../..",
                "/proc/./self/fd/7",
                "/srv/../proc/self/fd/7",
                "/proc/self/../self/fd/7",
                "/proc/1/fd/7",
                "/proc/thread-self/fd/7",
                "/proc/self/task/1/fd/7",
                "/proc/self/root/proc/self/fd/7",
                "/proc/self/cwd",
                "/dev/fd/7",
                "proc/self/fd/7",
                "../../proc/self/fd/7",
                "./proc/self/fd/7"
            })
    void findsDirectoriesThatAProcessHasOpenByAnySpelling(String workingDir) {
        Finding finding = in("containers", workingDir).finding();

        assertThat(finding.value()).isEqualTo(workingDir);
        assertThat(finding.place().pointer()).isEqualTo("/spec/containers/1/workingDir");
    }

    /** {@code /proc/net} leads to {@code self/net}, {@code /proc/thread-self} three names down, in /sys links abound. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/proc/net/../fd/7",
                "/proc/net/./..//fd/7/",
                "/proc/net/../../self/fd/7",
                "/proc/thread-self/../../fd/7",
                "/proc/thread-self/../../../self/fd/7",
                "/proc/self/../7/../net/../cwd",
                "/proc/mounts/../fd/7",
                "/proc/self/net/../fd/7",
                "/proc/self/task/1/../../fd/7",
                "/proc/self/attr/../../thread-self/../../fd",
                "proc/net/../fd/7",
                "/srv/../proc/net/../fd/7",
                "/proc/self/root/proc/net/../fd/7",
                "/proc/../proc/net/../fd/7",
                "/var/run/../proc/net/../fd/7",
                "/sys/class/net/eth0/device/driver/module/../../../proc/self/fd/7",
                "/sys/devices/virtual/mem/null/subsystem/../../../proc/self/fd/7",
                "/dev/stdin",
                "/dev/./stdout/.."
            })
    void findsWaysBackUpBehindLinksOfTheKernel(String workingDir) {
        assertThat(in("containers", workingDir).finding().value()).isEqualTo(workingDir);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/proc/..",
                "/proc/../srv",
                "/sys/../srv/app",
                "/proc/net",
                "/sys/fs/cgroup",
                "/proc/.../x",
                "/srv/app/../other",
                "/dev/shm/..",
                "/proc/self/root/../srv",
                "/opt/proc/net/../fd/7"
            })
    void sparesWaysBackUpElsewhere(String workingDir) {
        assertThat(in("containers", workingDir).findings()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"initContainers", "containers", "ephemeralContainers"})
    void looksAtContainersOfEveryKind(String list) {
        assertThat(in(list, "/proc/self/fd/8").places()).containsExactly("/spec/" + list + "/1/workingDir");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "/", "/srv/app", "/proc/self/fdinfo", "/srv/proc/self/fd/7", "/proc", "C:\\\\app", "app"})
    void sparesOtherDirectories(String workingDir) {
        assertThat(in("containers", workingDir).findings()).isEmpty();
    }

    @Test
    void namesTheContainer() {
        assertThat(in("containers", "/proc/self/fd/8").finding().message())
                .isEqualTo(
                        "container \"app\" must not set workingDir to \"/proc/self/fd/8\", which may be a directory of"
                                + " the node that the runtime has open");
    }
}
