package dev.bulkhead.engine.rule.hostpath;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a path on the node leads to, as far as it matters to what can be done about it. */
public enum NodeFile {
    /** A socket: who sees it may connect, whatever the mount says. */
    SOCKET,
    /** A device: a read-only mount does not keep it from being written to. */
    DEVICE,
    /** A directory that holds sockets of runtimes, or devices, somewhere below it. */
    PARENT,
    /** Anything else, and what is unknown. */
    OTHER;

    private static final HostPath.Place DEV = HostPath.Place.of("/dev");

    /** Below /dev, and no devices. */
    private static final Set<String> NO_DEVICES = Set.of("/dev/shm", "/dev/hugepages", "/dev/mqueue");

    private static final Set<String> DEVICE_TYPES = Set.of("CharDevice", "BlockDevice");

    /**
     * What a path is.
     *
     * @param path the path
     * @param type the type that the volume says, or nothing
     */
    public static NodeFile of(HostPath path, String type) {
        if (path.doubt().isPresent()) {
            return OTHER;
        }
        if (DEVICE_TYPES.contains(type)) {
            return DEVICE;
        }
        if (type.equals("Socket")
                || path.plain().filter(plain -> plain.endsWith(".sock")).isPresent()) {
            return SOCKET;
        }
        List<ControlSocket> reached = ControlSocket.ALL.stream()
                .filter(socket -> path.reaches(socket.place()))
                .toList();
        if (!reached.isEmpty()) {
            return reached.stream().anyMatch(socket -> path.isAbove(socket.place())) ? PARENT : SOCKET;
        }
        if (path.isAbove(DEV)) {
            return PARENT;
        }
        Optional<String> plain = path.plain();
        boolean device = path.isWindowsDevice()
                || (path.reaches(DEV) && !plain.filter(NO_DEVICES::contains).isPresent());
        return device ? DEVICE : OTHER;
    }
}
