package dev.bulkhead.engine.reach;

import dev.bulkhead.engine.reach.Reached.Kind;
import dev.bulkhead.engine.rule.Severity;
import dev.bulkhead.engine.rule.hostpath.ControlSocket;
import dev.bulkhead.engine.rule.hostpath.HostPath;
import dev.bulkhead.engine.rule.hostpath.HostPathVolume;
import dev.bulkhead.engine.rule.hostpath.NodeFile;
import dev.bulkhead.engine.text.SafeText;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Field;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A mount of a path of the node into a container.
 *
 * @param path what of the volume the container sees
 */
record MountedPath(
        Container container,
        ContainerUserId user,
        Boundary boundary,
        HostPathVolume volume,
        Field mount,
        HostPath path) {
    private static final HostPath.Place RUN = HostPath.Place.of("/run");

    /** Where the kubelet reads logs as root: a symbolic link there shows any file to those who may read logs. */
    private static final HostPath.Place LOGS = HostPath.Place.of("/var/log/pods");

    /** Those behind whose sockets is no power over the whole node by itself, or only a user's. */
    private static final List<String> LIMITED = List.of("the kubelet", "BuildKit");

    private static final String OF_USERS = "/run/user/";

    private static final int MOST_NAMED = 3;

    /** Passes on what the container reaches by it. */
    void find(Consumer<Reached> found) {
        List<ControlSocket> sockets = path.doubt().isPresent()
                ? List.of()
                : ControlSocket.ALL.stream()
                        .filter(socket -> path.reaches(socket.place()))
                        .toList();
        if (!sockets.isEmpty()) {
            found.accept(controlSocket(sockets));
        }
        String type = volume.volume().source("hostPath").get("type").textOrEmpty();
        switch (NodeFile.of(path, type)) {
            case SOCKET -> {
                if (sockets.isEmpty()) {
                    found.accept(reached(
                            Kind.SOCKET, Severity.MEDIUM, "may connect to " + label() + " of the node", List.of()));
                }
            }
            case DEVICE -> found.accept(device());
            case PARENT, OTHER -> found.accept(files());
        }
    }

    private Reached controlSocket(List<ControlSocket> sockets) {
        ControlSocket first =
                sockets.stream().filter(MountedPath::rulesNode).findFirst().orElse(sockets.get(0));
        String socket = "the control socket of " + first.label();
        String more = sockets.size() == 1 ? "" : " and " + (sockets.size() - 1) + " more";
        if (boundary == Boundary.SANDBOX) {
            return reached(
                    Kind.SOCKET,
                    Severity.MEDIUM,
                    "mounts " + socket + more + ", to which its sandbox does not connect",
                    List.of());
        }
        String reaches = "reaches " + socket + more;
        if (!rulesNode(first)) {
            return reached(Kind.SOCKET, Severity.HIGH, reaches, List.of());
        }
        if (boundary == Boundary.USER_NAMESPACE && path.isAbove(RUN)) {
            return reached(
                    Kind.SOCKET, Severity.HIGH, reaches + ", whose owner its user namespace does not know", List.of());
        }
        if (boundary != Boundary.WINDOWS && !user.mayOpenSockets()) {
            return reached(
                    Kind.SOCKET,
                    Severity.HIGH,
                    reaches + ", if the socket's permissions let " + user.label() + " connect",
                    List.of());
        }
        return reached(
                Kind.SOCKET,
                Severity.CRITICAL,
                reaches,
                List.of(
                        "connects to " + socket + " by the mount of " + label(),
                        "has it start a container with all of the node's files and rights"));
    }

    private static boolean rulesNode(ControlSocket socket) {
        return !LIMITED.contains(socket.owner()) && !socket.place().path().startsWith(OF_USERS);
    }

    /** The runtime's device cgroup stops every container that is not privileged, whatever is mounted and whichever user owns it. */
    private Reached device() {
        boolean privileged =
                container.securityContext().get("privileged").isTrue() && boundary == Boundary.NONE && user.root();
        return reached(
                Kind.DEVICE,
                privileged || boundary == Boundary.WINDOWS ? Severity.HIGH : Severity.MEDIUM,
                privileged
                        ? "uses devices of the node at " + label()
                        : "sees devices of the node at " + label() + ", which only a privileged container may open",
                List.of());
    }

    private Reached files() {
        if (path.doubt().isPresent()) {
            return reached(
                    Kind.HOST_PATH,
                    Severity.HIGH,
                    (isReadOnly() ? "reads " : "writes to ") + "a path of the node that may be any",
                    List.of());
        }
        Optional<NodePlace> place = boundary == Boundary.WINDOWS
                ? Optional.empty()
                : NodePlace.WRITTEN.stream().filter(this::isWritten).findFirst();
        if (place.isPresent() && user.root()) {
            return reached(
                    Kind.HOST_PATH,
                    Severity.CRITICAL,
                    isReadOnly()
                            ? "mounts " + label()
                                    + " of the node read-only, but what is mounted below it stays writable"
                            : "writes to " + label() + " of the node",
                    List.of(place.get().step() + ", by the mount of " + label()));
        }
        if (!isReadOnly()) {
            boolean logs = user.root() && boundary != Boundary.WINDOWS && path.reaches(LOGS);
            return reached(
                    Kind.HOST_PATH,
                    user.root() ? Severity.HIGH : Severity.MEDIUM,
                    "writes to " + label() + " of the node"
                            + (logs
                                    ? ", where a symbolic link shows any file of the node to every account that may read logs"
                                    : permissions()),
                    List.of());
        }
        List<String> credentials = boundary == Boundary.WINDOWS
                ? List.of()
                : NodePlace.READ.stream()
                        .filter(read -> read.isShownBy(path))
                        .map(NodePlace::step)
                        .distinct()
                        .limit(MOST_NAMED)
                        .toList();
        String among = credentials.isEmpty() ? "" : ", with " + String.join("; ", credentials);
        return reached(
                Kind.HOST_PATH,
                credentials.isEmpty() ? Severity.LOW : user.root() ? Severity.HIGH : Severity.MEDIUM,
                "reads " + label() + " of the node" + among + permissions(),
                List.of());
    }

    private String permissions() {
        return user.root() ? "" : " (as " + user.label() + ", where its permissions allow it)";
    }

    private boolean isWritten(NodePlace place) {
        if (!place.isShownBy(path)) {
            return false;
        }
        boolean onMountBelow = place.isOnMountBelow(path);
        boolean reachable = switch (boundary) {
            case NONE -> true;
            // What is mounted below has no mapped ids, and the kernel's file systems cannot have them.
            case USER_NAMESPACE -> !place.isOfKernel() && !onMountBelow;
            case SANDBOX -> !place.isOfKernel();
            case WINDOWS -> false;
        };
        return reachable && (!isReadOnly() || (onMountBelow && !isReadOnlyBelow()));
    }

    private boolean isReadOnly() {
        return mount.get("readOnly").isTrue();
    }

    /** {@code IfPossible} leaves it writable on a node that cannot do it, without a word. */
    private boolean isReadOnlyBelow() {
        return mount.get("recursiveReadOnly").textOrEmpty().equals("Enabled");
    }

    private String label() {
        return path.doubt().isPresent()
                ? "a path that cannot be resolved"
                : SafeText.line(path.plain().orElseGet(volume::path));
    }

    private Reached reached(Kind kind, Severity severity, String message, List<String> steps) {
        return new Reached(
                kind,
                severity,
                Optional.of(container.name()),
                mount.pointer(),
                label(),
                message,
                steps.isEmpty() ? Optional.empty() : Optional.of(new Escape(Escape.Target.NODE, steps)));
    }
}
