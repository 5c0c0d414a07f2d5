package dev.bulkhead.engine.rule.hostpath;

import java.util.ArrayList;
import java.util.List;

/**
 * A socket through which a container runtime or the kubelet takes orders, or a directory that holds such sockets, at the
 * place where its maker puts it. Where an administrator moves it, hostPathVolumes alone stands in the way.
 *
 * <p>The list is of November 2026. Each entry says where its place is written down; a new runtime wants a line here and
 * one in the rule's page.
 *
 * @param owner who listens
 * @param place where
 */
public record ControlSocket(String owner, HostPath.Place place) {
    public static final List<ControlSocket> ALL = all();

    private static List<ControlSocket> all() {
        List<ControlSocket> all = new ArrayList<>();
        // docs.docker.com/reference/cli/dockerd: --host, and --exec-root for the containerd, plugins and swarm control
        add(all, "Docker", "/run/docker.sock", "/run/docker/containerd", "/run/docker/libcontainerd");
        add(all, "Docker", "/run/docker/plugins", "/run/docker/swarm", "/run/snap.docker");
        // docs.docker.com/engine/security/rootless: below XDG_RUNTIME_DIR
        add(all, "rootless Docker", "/run/user/*/docker.sock", "/run/user/*/docker");
        // Docker Desktop, in the machine that it runs nodes in
        add(all, "Docker", "/run/host-services/docker.proxy.sock");
        add(all, "Docker", "//./pipe/docker_engine", "//./pipe/docker_engine_linux", "//./pipe/docker_engine_windows");
        add(all, "Docker", "//./pipe/dockerdesktoplinuxengine", "//./pipe/dockerdesktopwindowsengine");

        // containerd/defaults: DefaultStateDir with containerd.sock, containerd.sock.ttrpc, debug.sock, and in s/ the
        // sockets of the shims, which start processes in the containers they watch
        add(all, "containerd", "/run/containerd", "//./pipe/containerd-containerd");
        add(all, "containerd", "//./pipe/containerd-containerd.ttrpc");
        // docs.k3s.io, docs.rke2.io: both
        add(all, "containerd of K3s or RKE2", "/run/k3s/containerd");
        // microk8s.io: args/containerd, --address ${SNAP_COMMON}/run/containerd.sock
        add(all, "containerd of MicroK8s", "/var/snap/microk8s/common/run");
        // docs.k0sproject.io/stable/runtime
        add(
                all,
                "containerd of k0s",
                "/run/k0s/containerd.sock",
                "/run/k0s/containerd.sock.ttrpc",
                "/run/k0s/containerd");
        // bottlerocket-os/bottlerocket, SECURITY_GUIDANCE.md
        add(all, "host containerd of Bottlerocket", "/run/host-containerd");
        // siderolabs/talos: the containerd of the system's own services
        add(all, "system containerd of Talos", "/system/run/containerd");
        // containerd/nerdctl, containerd-rootless.sh
        add(all, "rootless containerd", "/run/user/*/containerd");

        // containerd/nri: a plugin that connects here rewrites containers as they are made, also those of CRI-O
        add(all, "the Node Resource Interface", "/run/nri");
        // cri-o/cri-o, crio.conf(5): listen, and container_attach_socket_dir
        add(all, "CRI-O", "/run/crio");
        // docs.podman.io, podman-system-service(1); in the same directory the io.podman of Podman 3 and before
        add(all, "Podman", "/run/podman", "/run/user/*/podman");
        // Mirantis/cri-dockerd: --container-runtime-endpoint; K3s puts its own elsewhere
        add(all, "cri-dockerd", "/run/cri-dockerd.sock", "/run/k3s/cri-dockerd", "//./pipe/cri-dockerd");
        // The kubelet before 1.24; Bottlerocket still serves CRI there
        add(all, "dockershim", "/run/dockershim.sock", "//./pipe/dockershim");
        // moby/buildkit: buildkitd --addr
        add(all, "BuildKit", "/run/buildkit", "/run/user/*/buildkit", "//./pipe/buildkitd");
        // documentation.ubuntu.com/lxd, linuxcontainers.org/incus: anyone who may connect is root
        add(all, "LXD", "/var/snap/lxd/common/lxd/unix.socket", "/var/lib/lxd/unix.socket");
        add(all, "Incus", "/var/lib/incus/unix.socket", "/run/incus/unix.socket");

        // --root-dir, and where distributions put it: docs.k0sproject.io, microk8s.io, rke.docs.rancher.com
        // (prefix_path)
        addKubelet(all, "/var/lib/kubelet");
        addKubelet(all, "/var/lib/k0s/kubelet");
        addKubelet(all, "/var/snap/microk8s/common/var/lib/kubelet");
        addKubelet(all, "/opt/rke/var/lib/kubelet");
        add(all, "the kubelet", "//./pipe/kubelet-pod-resources");
        return List.copyOf(all);
    }

    /** See kubernetes.io/docs/concepts/extend-kubernetes/compute-storage-net/device-plugins. */
    private static void addKubelet(List<ControlSocket> all, String root) {
        add(all, "the kubelet", root + "/device-plugins/kubelet.sock", root + "/pod-resources");
        // The kubelet connects to every socket that appears here, and trusts it as a plugin.
        add(all, "the kubelet", root + "/plugins_registry");
    }

    private static void add(List<ControlSocket> all, String owner, String... paths) {
        for (String path : paths) {
            all.add(new ControlSocket(owner, HostPath.Place.of(path)));
        }
    }

    /** Whether one of these paths shows it. */
    public boolean isReachedBy(List<HostPath> paths) {
        for (HostPath path : paths) {
            if (path.reaches(place)) {
                return true;
            }
        }
        return false;
    }

    /** The owner's name and the place, as a message names it. */
    public String label() {
        return owner + " (" + place.path() + ")";
    }
}
