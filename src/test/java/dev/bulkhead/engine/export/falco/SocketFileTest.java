package dev.bulkhead.engine.export.falco;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.engine.rule.hostpath.ControlSocket;
import dev.bulkhead.engine.rule.hostpath.HostPath;
import java.util.List;
import org.junit.jupiter.api.Test;

class SocketFileTest {
    /** Directories with sockets of plugins, whose names anyone chooses, or with a directory that holds a known one. */
    private static final List<String> WITHOUT_KNOWN_NAMES = List.of(
            "/run/docker/libcontainerd",
            "/run/docker/plugins",
            "/run/docker/swarm",
            "/run/snap.docker",
            "/run/user/*/docker",
            "/var/lib/kubelet/plugins_registry",
            "/var/lib/k0s/kubelet/plugins_registry",
            "/var/snap/microk8s/common/var/lib/kubelet/plugins_registry",
            "/opt/rke/var/lib/kubelet/plugins_registry");

    @Test
    void everyControlSocketOfLinuxIsKnownByItsName() {
        List<String> unknown = ControlSocket.ALL.stream()
                .map(socket -> socket.place().path())
                .filter(path -> path.startsWith("/") && !path.startsWith("//"))
                .filter(path -> SocketFile.ALL.stream().noneMatch(file -> isKnown(path, file)))
                .toList();

        assertThat(unknown).containsExactlyInAnyOrderElementsOf(WITHOUT_KNOWN_NAMES);
    }

    /** By the end of its own path, or as a directory such as one of those that hold a known one. */
    private static boolean isKnown(String path, SocketFile file) {
        String directory = file.place().substring(0, file.place().lastIndexOf('/'));
        return path.endsWith(file.ending())
                || HostPath.of(path, false).holds(HostPath.Place.of(file.place()))
                || path.endsWith(directory.substring(directory.lastIndexOf('/')));
    }
}
