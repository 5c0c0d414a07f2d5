package dev.bulkhead.engine.reach;

import dev.bulkhead.engine.reach.Reached.Kind;
import dev.bulkhead.engine.rule.RuleContext;
import dev.bulkhead.engine.rule.Severity;
import dev.bulkhead.engine.rule.Wording;
import dev.bulkhead.engine.rule.hostpath.HostPath;
import dev.bulkhead.engine.rule.hostpath.HostPathVolume;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** What a pod's containers reach of the node's files, sockets and devices, by mounts of hostPath volumes and local claims. */
final class NodeFiles {
    private final RuleContext context;
    private final Boundary boundary;
    private final Map<String, HostPathVolume> volumes = new HashMap<>();

    NodeFiles(Pod pod, RuleContext context, Boundary boundary) {
        this.context = context;
        this.boundary = boundary;
        HostPathVolume.of(pod, context)
                .forEach(volume -> volumes.putIfAbsent(volume.volume().name(), volume));
    }

    /** Passes on what the container reaches. */
    void find(Container container, ContainerUserId user, Consumer<Reached> found) {
        if (!volumes.isEmpty()) {
            for (Field mount : container.volumeMounts()) {
                HostPathVolume volume = volumes.get(mount.get("name").textOrEmpty());
                if (volume != null) {
                    context.work().steps(NodePlace.WRITTEN.size());
                    HostPath path = volume.shownBy(mount);
                    new MountedPath(container, user, boundary, volume, mount, path).find(found);
                }
            }
        }
        for (Field device : container.field().get("volumeDevices").items()) {
            String volume = device.get("name").textOrEmpty();
            found.accept(new Reached(
                    Kind.DEVICE,
                    Severity.HIGH,
                    Optional.of(container.name()),
                    device.pointer(),
                    volume,
                    "reads and writes the raw block device of volume " + Wording.quoted(List.of(volume)),
                    Optional.empty()));
        }
    }
}
