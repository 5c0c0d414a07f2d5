package dev.bulkhead.engine.rule.hostpath;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.engine.rule.hostpath.HostPath.Place;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostPathTest {
    private static final Place DOCKER = Place.of("/run/docker.sock");
    private static final Place PODMAN = Place.of("/run/user/*/podman");
    private static final Place PIPE = Place.of("//./pipe/docker_engine");

    private static HostPath linux(String path) {
        return HostPath.of(path, false);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/run/docker.sock",
                "run/docker.sock",
                "./run/docker.sock",
                "//run//docker.sock",
                "/run/docker.sock/",
                "/run/./docker.sock/.",
                "/var/run/docker.sock",
                "/run/x/../docker.sock",
                "/../run/docker.sock",
                "/proc/1/root/run/docker.sock",
                "/proc/self/root/proc/42/root/var/run/docker.sock",
                "/proc/thread-self/root/run/docker.sock",
                "/run",
                "/var/run",
                "/",
                "",
                ".",
                "/..",
                "/run/docker.sock/below"
            })
    void reachesThePlaceByEverySpelling(String path) {
        assertThat(linux(path).reaches(DOCKER)).isTrue();
        assertThat(linux(path).doubt()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/run/docker.sock2",
                "/run/docker",
                "/run/docker.soc",
                "/runs/docker.sock",
                "/srv/run/docker.sock",
                "/var/log",
                "/Run/docker.sock",
                "/run/docker.sock ",
                "/run/docker.sock.",
                "/run/.../docker.sock",
                "/proc",
                "/proc/1",
                "/proc/1/root/srv",
                "/proc/self/rootless"
            })
    void reachesNoOtherPlace(String path) {
        assertThat(linux(path).reaches(DOCKER)).isFalse();
    }

    @Test
    void takesBothWaysBackUpFromALink() {
        HostPath path = linux("/var/run/../lib/kubelet");
        assertThat(path.reaches(Place.of("/var/lib/kubelet")))
                .as("/var/run is a directory")
                .isTrue();
        assertThat(path.reaches(Place.of("/usr/lib/kubelet")))
                .as("/var/run is a link")
                .isTrue();
        assertThat(path.reaches(DOCKER)).isFalse();
    }

    @Test
    void reachesWhatALinkReplacesThroughTheDirectoryThatHoldsTheLink() {
        assertThat(linux("/var").reaches(DOCKER)).isTrue();
        assertThat(linux("/var/lib").reaches(DOCKER)).isFalse();
    }

    @Test
    void followsTheMergedUsr() {
        Place modules = Place.of("/usr/lib/modules");
        assertThat(linux("/lib/modules").reaches(modules)).isTrue();
        assertThat(linux("/lib/../bin").reaches(Place.of("/usr/bin"))).isTrue();
        assertThat(linux("/lib/../bin").reaches(modules)).isFalse();
    }

    @Test
    void readsAStarAsAnyOneName() {
        assertThat(linux("/run/user/1000/podman/podman.sock").reaches(PODMAN)).isTrue();
        assertThat(linux("/run/user/1000").reaches(PODMAN)).isTrue();
        assertThat(linux("/run/user").reaches(PODMAN)).isTrue();
        assertThat(linux("/run/user/1000/pulse").reaches(PODMAN)).isFalse();
        assertThat(linux("/run/user/podman").reaches(PODMAN)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/proc/1/cwd",
                "/proc/self/cwd/x",
                "/proc/self/fd/3",
                "/dev/fd/3",
                "/dev/fd/../fd",
                "/proc/1/task/1/root",
                "/proc/1/task/7/cwd/x",
                "/proc/1/map_files/x",
                "//proc/./self//fd",
                "/proc/1/root/proc/1/cwd",
                "/proc/net/../fd/7",
                "/proc/thread-self/../../fd/7",
                "/sys/class/net/eth0/device/driver/module/../../../run/docker.sock"
            })
    void goesAnywhereThroughALinkOfAProcess(String path) {
        assertThat(linux(path).doubt())
                .hasValueSatisfying(why -> assertThat(why).contains("link"));
        assertThat(linux(path).reaches(Place.of("/nowhere/at/all"))).isTrue();
    }

    @Test
    void goesAnywhereUpFromALinkOfTheKernelByASubPathAsWell() {
        assertThat(linux("/proc/net").below("../fd").reaches(DOCKER)).isTrue();
        assertThat(linux("/proc").below("thread-self/../../self").reaches(DOCKER))
                .isTrue();
        assertThat(linux("/proc").below("../srv").reaches(DOCKER)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/srv/\u0000data",
                "/srv/\ndata",
                "/srv/data\r",
                "/srv/\u001b[2Jdata",
                "/srv/\u0085",
                "/srv/\uFFFD",
                "/srv/\uD800",
                "/srv/\uDC00\uD800"
            })
    void cannotResolveInvalidText(String path) {
        assertThat(linux(path).doubt()).isPresent();
        assertThat(linux(path).reaches(DOCKER)).isTrue();
        assertThat(linux(path).isWindowsDevice()).isTrue();
    }

    @Test
    void cannotResolvePathsThatAreTooLong() {
        assertThat(linux("/srv" + "/a".repeat(2_045)).doubt()).isEmpty();
        assertThat(linux("/srv" + "/a".repeat(2_046)).doubt()).isPresent();
        assertThat(linux("/srv/" + "é".repeat(127)).doubt()).isEmpty();
        assertThat(linux("/srv/" + "é".repeat(128)).doubt()).isPresent();
    }

    @Test
    void doesNotFoldLettersOfOtherAlphabets() {
        assertThat(linux("/vаr/run/docker.sock").reaches(DOCKER))
                .as("Cyrillic a")
                .isFalse();
        assertThat(linux("/run/docker.soc\u212A").reaches(DOCKER))
                .as("Kelvin sign")
                .isFalse();
        assertThat(HostPath.of("C:\\run\\docker.soc\u212A", true).reaches(DOCKER))
                .isFalse();
        assertThat(linux("/run/\u200Bdocker.sock").reaches(DOCKER)).isFalse();
        assertThat(linux("/srv/\uD83D\uDEA2").doubt()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "C:\\run\\docker.sock",
                "c:/RUN/docker.sock",
                "C:run\\docker.sock",
                "\\var\\run\\docker.sock",
                "/var\\run/docker.sock",
                "C:\\run.\\docker.sock ",
                "C:\\Run \\. \\docker.sock...",
                "C:\\run\\x\\..\\docker.sock",
                "C:\\run\\x\\.. \\docker.sock",
                "\\\\.\\C:\\run",
                "\\\\?\\c:\\run\\docker.sock",
                "//./c:/run",
                "C:\\",
                "c:/",
                "C:",
                "\\"
            })
    void readsPathsOfWindows(String path) {
        assertThat(linux(path).reaches(DOCKER)).isTrue();
        assertThat(linux(path).doubt()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\\\\.\\pipe\\docker_engine",
                "//./pipe/docker_engine",
                "//./PIPE/Docker_Engine",
                "//?/pipe/docker_engine",
                "\\\\.\\pipe/docker_engine",
                "/\\./pipe\\docker_engine",
                "\\\\.\\pipe",
                "\\\\.\\pipe\\"
            })
    void readsNamedPipes(String path) {
        assertThat(linux(path).reaches(PIPE)).isTrue();
        assertThat(linux(path).reaches(DOCKER)).isFalse();
        assertThat(linux(path).isWindowsDevice()).isFalse();
    }

    @Test
    void tellsPipesApart() {
        assertThat(linux("\\\\.\\pipe\\docker_engine2").reaches(PIPE)).isFalse();
        assertThat(linux("/pipe/docker_engine").reaches(PIPE)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\\\\localhost\\c$\\run",
                "\\\\127.0.0.1\\pipe\\docker_engine",
                "\\\\?\\UNC\\localhost\\c$",
                "\\\\?\\GLOBALROOT\\Device\\HarddiskVolume1",
                "\\\\?\\Volume{b75e2c83-0000-0000-0000-602f00000000}\\run",
                "C:\\var\\lib\\kubelet\\PLUGIN~1",
                "\\\\."
            })
    void cannotResolveDetoursOfWindows(String path) {
        assertThat(linux(path).doubt())
                .hasValueSatisfying(why -> assertThat(why).contains("Windows"));
    }

    @Test
    void readsPlainPathsAsWindowsDoesForPodsThatRunThere() {
        assertThat(HostPath.of("/RUN/Docker.Sock", true).reaches(DOCKER)).isTrue();
        assertThat(HostPath.of("//localhost/c$", true).doubt()).isPresent();
        assertThat(HostPath.of("//srv/data", false).doubt()).isEmpty();
        assertThat(HostPath.of("//./srv/data", false).isWindowsDevice()).isFalse();
    }

    @Test
    void knowsDevicesOfWindows() {
        assertThat(linux("\\\\.\\PhysicalDrive0").isWindowsDevice()).isTrue();
        assertThat(HostPath.of("//./PhysicalDrive0", true).isWindowsDevice()).isTrue();
        assertThat(linux("\\\\.\\C:\\data").isWindowsDevice()).isFalse();
    }

    @Test
    void readsUnitNamesOfSystemdAsLinuxDoes() {
        HostPath path = linux("/sys/fs/cgroup/system.slice/dev-disk-by\\x2duuid.swap");
        assertThat(path.doubt()).isEmpty();
        assertThat(path.reaches(Place.of("/sys/fs/cgroup"))).isTrue();
        assertThat(path.reaches(DOCKER)).isFalse();
    }
}
