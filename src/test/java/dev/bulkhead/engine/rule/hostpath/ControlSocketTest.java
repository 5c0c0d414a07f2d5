package dev.bulkhead.engine.rule.hostpath;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.engine.rule.check.HostPods;
import dev.bulkhead.engine.rule.check.RuleRegistry;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class ControlSocketTest {
    private static final List<String> PATHS =
            ControlSocket.ALL.stream().map(socket -> socket.place().path()).toList();

    @Test
    void listsEveryPlaceOnceUnderItsShortestName() {
        assertThat(PATHS).doesNotHaveDuplicates().allSatisfy(path -> {
            assertThat(path).startsWith("/").doesNotEndWith("/").isEqualTo(path.toLowerCase(Locale.ROOT));
            if (!path.startsWith("//./pipe/")) {
                List<String> names = HostPathLinks.names(path);
                assertThat("/" + String.join("/", names)).isEqualTo(path);
                assertThat(HostPathLinks.follow(names)).contains(names);
            }
        });
    }

    @Test
    void isReachedByItself() {
        assertThat(ControlSocket.ALL)
                .allSatisfy(socket -> assertThat(socket.isReachedBy(
                                List.of(HostPath.of(socket.place().path().replace("*", "1000"), false))))
                        .isTrue());
    }

    @Test
    void knowsTheRuntimesOfKubernetes() {
        List<String> sockets = List.of(
                "/var/run/docker.sock",
                "/run/docker/containerd/containerd.sock",
                "/run/containerd/containerd.sock",
                "/run/containerd/containerd.sock.ttrpc",
                "/run/containerd/s/3c8b1f",
                "/run/k3s/containerd/containerd.sock",
                "/var/snap/microk8s/common/run/containerd.sock",
                "/run/k0s/containerd.sock",
                "/var/run/crio/crio.sock",
                "/run/podman/podman.sock",
                "/run/user/1000/podman/podman.sock",
                "/run/user/1000/docker.sock",
                "/var/run/cri-dockerd.sock",
                "/var/run/dockershim.sock",
                "/run/buildkit/buildkitd.sock",
                "/var/run/nri/nri.sock",
                "/var/lib/kubelet/pod-resources/kubelet.sock",
                "/var/lib/kubelet/device-plugins/kubelet.sock",
                "/var/lib/kubelet/plugins_registry",
                "\\\\.\\pipe\\containerd-containerd",
                "\\\\.\\pipe\\docker_engine");
        assertThat(sockets)
                .allSatisfy(path -> assertThat(HostPods.findings(
                                RuleRegistry.named("runtimeSocket").orElseThrow(), HostPods.mounted(path)))
                        .hasSize(1));
    }

    @Test
    void ignoresNeighbouringPaths() {
        List<String> neighbours = List.of(
                "/var/lib/kubelet/device-plugins/gpu.sock",
                "/var/lib/kubelet/pki",
                "/var/lib/kubelet/pods",
                "/run/docker/netns",
                "/run/k3s/flannel",
                "/run/user/1000/bus",
                "/run/systemd",
                "/run/containerd-fuse",
                "/var/snap/lxd/common/lxd/images",
                "/var/log/pods",
                "/etc/containerd",
                "/proc",
                "/sys");
        assertThat(neighbours)
                .allSatisfy(path -> assertThat(HostPods.findings(
                                RuleRegistry.named("runtimeSocket").orElseThrow(), HostPods.mounted(path)))
                        .isEmpty());
    }
}
