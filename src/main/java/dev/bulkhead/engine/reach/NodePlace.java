package dev.bulkhead.engine.reach;

import dev.bulkhead.engine.rule.hostpath.HostPath;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A file or directory of a Linux node whose writer becomes root, or that holds credentials.
 *
 * <p>The places are those of common distributions and of kubeadm, K3s and RKE2, as of November 2026. A mount counts if it
 * shows the place: at it, above it, or below it where all that lies below is as good.
 *
 * @param below whether what lies below is as good
 * @param mounted the file system that holds it and that nodes mount separately, if they do: a read-only mount of a
 *     directory above leaves that one writable, and ids are not mapped in it
 * @param step what an attacker does with it
 */
record NodePlace(HostPath.Place place, boolean below, Optional<HostPath.Place> mounted, String step) {
    private static final HostPath.Place PROC = HostPath.Place.of("/proc");
    private static final HostPath.Place SYS = HostPath.Place.of("/sys");
    private static final HostPath.Place RUN = HostPath.Place.of("/run");

    /** Whoever writes these as root is root on the node; the surest first. */
    static final List<NodePlace> WRITTEN = written();

    /** Whoever reads these as root has credentials. */
    static final List<NodePlace> READ = read();

    /** Where the kernel keeps its settings: no file system that can be mounted with mapped ids. */
    boolean isOfKernel() {
        return mounted.filter(at -> at.equals(PROC) || at.equals(SYS)).isPresent();
    }

    /** Whether a mount of that path shows it. */
    boolean isShownBy(HostPath path) {
        return below ? path.reaches(place) : path.holds(place);
    }

    /** Whether a mount of that path shows it on a file system that is mounted below the mount's own. */
    boolean isOnMountBelow(HostPath path) {
        return mounted.filter(path::isAbove).isPresent();
    }

    private static List<NodePlace> written() {
        List<NodePlace> all = new ArrayList<>();
        String cron = "which cron runs as root";
        all(all, "adds a job to %s, " + cron, "/etc/cron.d", "/etc/crontab", "/var/spool/cron");
        all(all, "adds a script to %s, " + cron, "/etc/cron.hourly", "/etc/cron.daily", "/etc/cron.weekly");
        String systemd = "adds a unit to %s, which systemd runs as root";
        all(all, systemd, "/etc/systemd/system", "/usr/lib/systemd/system", "/usr/local/lib/systemd/system");
        String pod = "adds a privileged static pod to %s, which the kubelet starts";
        all(all, pod, "/etc/kubernetes/manifests");
        all(all, pod, "/var/lib/rancher/k3s/agent/pod-manifests", "/var/lib/rancher/rke2/agent/pod-manifests");
        all(all, "names a library in %s, which every program of the node loads", "/etc/ld.so.preload");
        String login = "changes %s, so that root can be logged in to";
        all(all, login, "/etc/passwd", "/etc/shadow", "/etc/sudoers", "/etc/sudoers.d", "/etc/pam.d", "/root/.ssh");
        String start = "changes %s, which is run as root when the node starts";
        all(
                all,
                start,
                "/etc/init.d",
                "/etc/rc.local",
                "/etc/udev/rules.d",
                "/etc/modprobe.d",
                "/var/lib/cloud/scripts");
        all(all, "replaces the kernel or what it loads in %s", "/boot", "/usr/lib/modules");
        String program = "replaces a program in %s that root runs";
        all(all, program, "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin", "/opt/bin");
        // The runtime runs them as root for every pod: github.com/containernetworking/cni, SPEC.md.
        all(all, "replaces a network plugin in %s, which the runtime runs as root", "/opt/cni/bin");
        all(all, "adds a plugin to %s, which the kubelet runs as root", "/usr/libexec/kubernetes/kubelet-plugins");
        String runtime =
                "changes the runtime's configuration in %s, so that it starts containers as the attacker wants";
        all(all, runtime, "/etc/containerd", "/etc/crio", "/etc/docker", "/etc/rancher");
        at(all, "changes %s, so that the kubelet starts a privileged static pod", "/var/lib/kubelet/config.yaml");
        String files = "changes programs of privileged containers in %s";
        all(all, files, "/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs", "/var/lib/docker/overlay2");
        all(all, files, "/var/lib/containers/storage/overlay", "/var/lib/rancher/k3s/data");
        at(all, "replaces a library in %s, which programs of root load", "/usr/lib");
        mounted(all, RUN, systemd, "/run/systemd/system");
        // core(5): a name that begins with a pipe is a program that the kernel runs as root, outside of the container.
        String core = "names a program in %s, which the kernel runs as root when a process crashes";
        mounted(all, PROC, core, "/proc/sys/kernel/core_pattern");
        String helper = "names a program in %s, which the kernel runs as root, where it was built with that";
        mounted(all, SYS, helper, "/sys/kernel/uevent_helper");
        return List.copyOf(all);
    }

    private static List<NodePlace> read() {
        List<NodePlace> all = new ArrayList<>();
        all(all, "the keys of the cluster, on a control-plane node", "/etc/kubernetes/pki");
        all(all, "an administrator's access to the cluster, on a control-plane node", "/etc/kubernetes/admin.conf");
        all(all, "every Secret of the cluster, on a node with etcd", "/var/lib/etcd");
        all(all, "an administrator's access to the cluster, on a server of K3s", "/etc/rancher/k3s/k3s.yaml");
        all(all, "the keys of the cluster, on a server of K3s or RKE2", "/var/lib/rancher/k3s/server");
        all(all, "the keys of the cluster, on a server of K3s or RKE2", "/var/lib/rancher/rke2/server");
        all(all, "the tokens and Secrets of all pods of the node", "/var/lib/kubelet/pods");
        all(all, "the node's own access to the API server", "/var/lib/kubelet/pki");
        all(all, "root's keys", "/root/.ssh");
        all(all, "the hashes of passwords", "/etc/shadow");
        all(all, "the node's host keys", "/etc/ssh");
        all(all, "the configuration of the node's instance, often with credentials", "/var/lib/cloud");
        return List.copyOf(all);
    }

    private static void all(List<NodePlace> places, String step, String... paths) {
        for (String path : paths) {
            places.add(new NodePlace(HostPath.Place.of(path), true, Optional.empty(), step.replace("%s", path)));
        }
    }

    private static void at(List<NodePlace> places, String step, String path) {
        places.add(new NodePlace(HostPath.Place.of(path), false, Optional.empty(), step.replace("%s", path)));
    }

    private static void mounted(List<NodePlace> places, HostPath.Place mount, String step, String path) {
        places.add(new NodePlace(HostPath.Place.of(path), true, Optional.of(mount), step.replace("%s", path)));
    }
}
