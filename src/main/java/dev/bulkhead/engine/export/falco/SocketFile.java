package dev.bulkhead.engine.export.falco;

import dev.bulkhead.engine.rule.hostpath.HostPath;
import java.util.Collection;
import java.util.List;

/**
 * A control socket by the name of its file, which it keeps wherever a pod mounts it. The places are those of
 * {@code ControlSocket}, with what the directories among them hold.
 *
 * @param ending how its path ends, or, if it ends in a slash, what its path contains
 * @param place where it is on a node
 */
record SocketFile(String ending, String place) {
    static final List<SocketFile> ALL = List.of(
            new SocketFile("/docker.sock", "/run/docker.sock"),
            new SocketFile("/docker.proxy.sock", "/run/host-services/docker.proxy.sock"),
            new SocketFile("/containerd.sock", "/run/containerd/containerd.sock"),
            new SocketFile("/containerd.sock", "/run/docker/containerd/containerd.sock"),
            new SocketFile("/containerd.sock", "/run/k3s/containerd/containerd.sock"),
            new SocketFile("/containerd.sock", "/var/snap/microk8s/common/run/containerd.sock"),
            new SocketFile("/containerd.sock", "/run/k0s/containerd.sock"),
            new SocketFile("/containerd.sock", "/run/host-containerd/containerd.sock"),
            new SocketFile("/containerd.sock", "/system/run/containerd/containerd.sock"),
            new SocketFile("/containerd.sock.ttrpc", "/run/containerd/containerd.sock.ttrpc"),
            new SocketFile("/containerd.sock.ttrpc", "/run/k0s/containerd.sock.ttrpc"),
            new SocketFile("/containerd/s/", "/run/containerd/s"),
            new SocketFile("/nri.sock", "/run/nri/nri.sock"),
            new SocketFile("/crio.sock", "/run/crio/crio.sock"),
            new SocketFile("/podman.sock", "/run/podman/podman.sock"),
            new SocketFile("/io.podman", "/run/podman/io.podman"),
            new SocketFile("/cri-dockerd.sock", "/run/cri-dockerd.sock"),
            new SocketFile("/cri-dockerd.sock", "/run/k3s/cri-dockerd/cri-dockerd.sock"),
            new SocketFile("/dockershim.sock", "/run/dockershim.sock"),
            new SocketFile("/buildkitd.sock", "/run/buildkit/buildkitd.sock"),
            new SocketFile("/lxd/unix.socket", "/var/snap/lxd/common/lxd/unix.socket"),
            new SocketFile("/lxd/unix.socket", "/var/lib/lxd/unix.socket"),
            new SocketFile("/incus/unix.socket", "/var/lib/incus/unix.socket"),
            new SocketFile("/incus/unix.socket", "/run/incus/unix.socket"),
            new SocketFile("/kubelet.sock", "/var/lib/kubelet/device-plugins/kubelet.sock"),
            new SocketFile("/kubelet.sock", "/var/lib/kubelet/pod-resources/kubelet.sock"));

    /** That a connection leads to one of these. */
    static String condition() {
        return ALL.stream()
                .map(SocketFile::ending)
                .distinct()
                .map(ending -> "fd.name " + (ending.endsWith("/") ? "contains " : "endswith ") + ending)
                .reduce((one, other) -> one + "\n  or " + other)
                .orElseThrow();
    }

    /** Those that a mount of these paths of the node shows. */
    static List<SocketFile> shownBy(Collection<String> hostPaths) {
        List<HostPath> paths =
                hostPaths.stream().map(path -> HostPath.of(path, false)).toList();
        return ALL.stream()
                .filter(file -> paths.stream().anyMatch(path -> path.reaches(HostPath.Place.of(file.place()))))
                .toList();
    }

    /** Matches the name that Falco gives a connection to one of these. */
    static String regex(Collection<SocketFile> files) {
        List<String> endings = files.stream()
                .map(SocketFile::ending)
                .distinct()
                .sorted()
                .map(ending -> ending.replace(".", "[.]") + (ending.endsWith("/") ? ".*" : ""))
                .toList();
        return ".*" + (endings.size() == 1 ? endings.get(0) : "(" + String.join("|", endings) + ")");
    }
}
