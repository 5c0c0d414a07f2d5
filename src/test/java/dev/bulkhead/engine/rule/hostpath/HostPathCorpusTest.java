package dev.bulkhead.engine.rule.hostpath;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.check.HostPods;
import dev.bulkhead.engine.rule.check.RuleRegistry;
import dev.bulkhead.engine.workload.Pod;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The ways around a hostPath rule that are known, numbered. Every hostPath is denied by hostPathVolumes first; these
 * tests pin what the rules answer that stand behind it, for whom a path was allowed.
 */
class HostPathCorpusTest {
    private static final Rule SOCKET = RuleRegistry.named("runtimeSocket").orElseThrow();
    private static final Rule WRITABLE = RuleRegistry.named("writableHostPath").orElseThrow();
    private static final Rule DEVICES = RuleRegistry.named("hostDevices").orElseThrow();
    private static final Rule PROPAGATION =
            RuleRegistry.named("mountPropagation").orElseThrow();

    private static void findsSocket(String... paths) {
        for (String path : paths) {
            assertThat(HostPods.findings(SOCKET, HostPods.mounted(path)))
                    .as(path)
                    .hasSize(1);
        }
    }

    private static void findsNoSocket(String... paths) {
        for (String path : paths) {
            assertThat(HostPods.findings(SOCKET, HostPods.mounted(path)))
                    .as(path)
                    .isEmpty();
        }
    }

    private static void findsNothing(Pod pod) {
        for (Rule rule : List.of(SOCKET, WRITABLE, DEVICES, PROPAGATION)) {
            assertThat(HostPods.findings(rule, pod)).as(rule.id()).isEmpty();
        }
    }

    private static Pod writable(String path) {
        HostPods pods = HostPods.hostPath(path);
        pods.mount("containers", 0, "host");
        return pods.pod();
    }

    @Test
    void pa01DeniesTheSocketItself() {
        findsSocket("/var/run/docker.sock");
    }

    @Test
    void pa02DeniesDoubledSlashes() {
        findsSocket("//var/run/docker.sock", "///var///run/docker.sock", "/var/run//docker.sock");
    }

    @Test
    void pa03DeniesTrailingSlashesAndDots() {
        findsSocket("/var/run/docker.sock/", "/var/./run/docker.sock", "/./var/run/docker.sock", "/run/docker.sock/.");
    }

    @Test
    void pa04DeniesWaysBackUp() {
        findsSocket("/run/../var/run/docker.sock", "/var/run/x/../docker.sock", "/srv/../../run/docker.sock");
    }

    @Test
    void pa05DeniesOtherNamesOfTheDirectory() {
        findsSocket(
                "/run/docker.sock",
                "/var/run/containerd/containerd.sock",
                "/run/containerd/containerd.sock",
                "/proc/1/root/run/docker.sock",
                "/proc/self/root/run/docker.sock");
    }

    @Test
    void pa06DeniesParentDirectories() {
        findsSocket("/", "/var", "/var/run", "/run", "", ".");
    }

    @Test
    void pa07DeniesRelativePaths() {
        findsSocket("var/run/docker.sock", "run");
    }

    @Test
    void pa08DeniesLinksOfTheKernel() {
        findsSocket("/proc/1/root/var/run/docker.sock", "/dev/fd/..", "/proc/1/cwd", "/proc/self/fd/7");
        // These lead to no socket. They stay with hostPathVolumes, and here with writableHostPath.
        findsNoSocket("/sys/fs/cgroup", "/proc/sys/kernel");
        assertThat(HostPods.findings(WRITABLE, HostPods.mounted("/sys/fs/cgroup")))
                .hasSize(1);
        assertThat(HostPods.findings(WRITABLE, writable("/proc/sys/kernel"))).hasSize(1);
    }

    @Test
    void pa09AdmitsSiblingsWhoseNamesBeginAlike() {
        findsNoSocket("/var/run/docker.sock2", "/var/run/docker.socket", "/running", "/etcfoo", "/run/crio2");
        assertThat(HostPods.findings(DEVICES, HostPods.mounted("/device"))).isEmpty();
    }

    @Test
    void pa10DeniesDirectoriesOfOtherSockets() {
        findsSocket(
                "/run/containerd",
                "/var/run/crio",
                "/run/cri-dockerd.sock",
                "/run/podman",
                "/run/user/1000",
                "/run/k3s",
                "/run/k3s/containerd/containerd.sock",
                "/var/snap/microk8s/common/run",
                "/run/k0s",
                "/run/buildkit",
                "/var/lib/kubelet/device-plugins",
                "/var/lib/kubelet/pod-resources");
    }

    @Test
    void pa11LeavesTheNodesFilesToHostPathVolumesAndDeniesWritingThem() {
        for (String path : List.of(
                "/var/lib/kubelet",
                "/var/lib/kubelet/pods",
                "/etc/kubernetes",
                "/etc/kubernetes/manifests",
                "/etc/kubernetes/pki",
                "/var/lib/etcd",
                "/root/.ssh",
                "/etc/cron.d",
                "/boot",
                "/dev",
                "/lib/modules",
                "/usr")) {
            assertThat(HostPods.findings(WRITABLE, writable(path))).as(path).hasSize(1);
        }
        findsSocket("/var/lib/kubelet");
        assertThat(HostPods.findings(DEVICES, HostPods.mounted("/dev"))).hasSize(1);
    }

    @Test
    void pa12DeniesAWritableLogDirectory() {
        assertThat(HostPods.findings(WRITABLE, writable("/var/log"))).hasSize(1);
        findsNothing(HostPods.mounted("/var/log"));
    }

    @Test
    void pa13EvaluatesTypesByWhatTheyGive() {
        for (String type : List.of(
                "Socket", "CharDevice", "BlockDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate")) {
            HostPods socket = new HostPods();
            socket.volume("v")
                    .putObject("hostPath")
                    .put("path", "/run/docker.sock")
                    .put("type", type);
            assertThat(HostPods.findings(SOCKET, socket.pod())).as(type).hasSize(1);

            HostPods data = new HostPods();
            data.volume("v").putObject("hostPath").put("path", "/srv/x").put("type", type);
            assertThat(HostPods.findings(SOCKET, data.pod())).as(type).isEmpty();
            assertThat(HostPods.findings(DEVICES, data.pod())).as(type).hasSize(type.endsWith("Device") ? 1 : 0);
        }
    }

    @Test
    void pa14DeniesAReadOnlySocket() {
        HostPods pods = HostPods.hostPath("/run/docker.sock");
        pods.mount("containers", 0, "host").put("readOnly", true).put("recursiveReadOnly", "Enabled");

        assertThat(HostPods.onlyFinding(SOCKET, pods.pod()).message()).contains("readOnly does not prevent connecting");
        assertThat(HostPods.findings(WRITABLE, pods.pod())).isEmpty();
    }

    @Test
    void pa15CannotSeeLinksMadeInsideAVolume() {
        HostPods pods = new HostPods();
        pods.volume("scratch").putObject("emptyDir");
        pods.mount("initContainers", 0, "scratch");
        pods.mount("containers", 0, "scratch").put("subPath", "link");

        findsNothing(pods.pod());
    }

    @Test
    void pa16DeniesWritingWhereALinkCouldBePlanted() {
        assertThat(HostPods.findings(WRITABLE, writable("/srv/allowed"))).hasSize(1);
        findsNothing(HostPods.mounted("/srv/allowed"));
    }

    @Test
    void pa17TakesAnExpressionForAnySubPath() {
        HostPods pods = HostPods.hostPath("/var");
        ObjectNode mount = pods.mount("containers", 0, "host").put("readOnly", true);
        mount.put("subPathExpr", "$(POD_NAME)");
        assertThat(HostPods.findings(SOCKET, pods.pod())).hasSize(1);

        mount.remove("subPathExpr");
        mount.put("subPath", "log");
        assertThat(HostPods.findings(SOCKET, pods.pod())).isEmpty();
    }

    @Test
    void pa19ToPa23LeaveOtherVolumesToRestrictedVolumes() {
        HostPods pods = new HostPods();
        pods.volume("ephemeral").putObject("ephemeral").putObject("volumeClaimTemplate");
        pods.volume("csi").putObject("csi").put("driver", "hostpath.csi.example.org");
        pods.volume("flex").putObject("flexVolume").put("driver", "example.org/flex");
        pods.volume("git").putObject("gitRepo").put("repository", "https://example.org/x");
        pods.volume("projected").putObject("projected").putArray("sources");
        pods.volume("nfs").putObject("nfs").put("path", "/run/docker.sock");
        pods.volume("image").putObject("image").put("reference", "example.org/x");

        findsNothing(pods.pod());
    }

    @Test
    void pa24DeniesRawBlockDevices() {
        HostPods pods = new HostPods();
        pods.volume("data").putObject("persistentVolumeClaim").put("claimName", "disk");
        pods.container("containers", 0)
                .withArrayProperty("volumeDevices")
                .addObject()
                .put("name", "data")
                .put("devicePath", "/dev/xvda");

        assertThat(HostPods.onlyFinding(DEVICES, pods.pod()).value()).isEqualTo("data");
    }

    @Test
    void pa25DeniesSpellingsOfWindows() {
        findsSocket(
                "C:\\var\\run",
                "c:\\VAR\\Run\\docker.sock",
                "c:/",
                "C:",
                "\\\\.\\pipe\\docker_engine",
                "\\\\.\\PIPE\\Docker_Engine",
                "//./pipe/containerd-containerd",
                "/\\./pipe/containerd-containerd",
                "C:\\var/run. \\docker.sock.",
                "C:\\srv\\..\\run",
                "/srv/..\\run");
        findsNoSocket("C:\\data", "\\\\.\\pipe\\my-service", "D:/logs");
    }

    @Test
    void pa26TakesLookAlikesForTheOtherFilesTheyAre() {
        findsNoSocket("/vаr/run/docker.sock", "/run/docker.sock\u200B", "/ｒun/docker.sock", "/run/döcker.sock");
        findsSocket("/run/docker.s\uFFFDck");
    }

    @Test
    void pa27DeniesWhatCannotBeAPath() {
        findsSocket("/srv/data\u0000", "/srv/data\n/run", "/srv/" + "a".repeat(256), "/srv" + "/abcdefg".repeat(512));
        assertThat(HostPods.onlyFinding(SOCKET, HostPods.mounted("/srv/\n")).message())
                .contains("cannot be resolved (it contains a control character)");
    }

    @Test
    void pa28FindsMountPropagation() {
        for (String value : List.of("Bidirectional", "HostToContainer")) {
            HostPods pods = HostPods.hostPath("/srv/data");
            pods.mount("containers", 0, "host").put("readOnly", true).put("mountPropagation", value);

            assertThat(HostPods.onlyFinding(PROPAGATION, pods.pod()).value()).isEqualTo(value);
        }
    }

    @Test
    void pa29DeniesAVolumeThatNothingMounts() {
        assertThat(HostPods.findings(
                        SOCKET, HostPods.hostPath("/run/docker.sock").pod()))
                .hasSize(1);
        assertThat(HostPods.findings(DEVICES, HostPods.hostPath("/dev").pod())).hasSize(1);
        assertThat(HostPods.findings(WRITABLE, HostPods.hostPath("/etc").pod())).isEmpty();
    }
}
