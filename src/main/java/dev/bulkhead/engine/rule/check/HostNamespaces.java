package dev.bulkhead.engine.rule.check;

import dev.bulkhead.engine.rule.Context;
import dev.bulkhead.engine.rule.Description;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.Layer;
import dev.bulkhead.engine.rule.Level;
import dev.bulkhead.engine.rule.Revision;
import dev.bulkhead.engine.rule.Subject;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * In the host's namespaces a container sees and signals every process, listens on the node's addresses, or reads other
 * programs' shared memory.
 *
 * <p>Fields: {@code spec.hostNetwork}, {@code spec.hostPID}, {@code spec.hostIPC}. Allowed: absent, false. Versions: all.
 */
final class HostNamespaces extends PodSecurityCheck {
    HostNamespaces() {
        super("hostNamespaces", Level.BASELINE, Layer.HOST);
    }

    private static final List<String> FIELDS = List.of("hostNetwork", "hostPID", "hostIPC");

    @Override
    public List<Revision> revisions() {
        return Revision.only(this::check);
    }

    private void check(Pod pod, Context context, Consumer<Finding> found) {
        for (String name : FIELDS) {
            Field field = pod.spec().get(name);
            if (field.isTrue()) {
                found.accept(Finding.unsafe(this, Subject.pod(), field, name));
            }
        }
    }

    @Override
    public Description describe(List<Finding> findings) {
        return new Description(
                "host namespaces",
                findings.stream().map(finding -> finding.value() + "=true").collect(Collectors.joining(", ")));
    }

    @Override
    public String message(Finding finding) {
        return "pod must not set " + finding.value() + "=true";
    }

    @Override
    public String remedy(Finding finding) {
        return "set " + finding.value() + " to false, or remove it";
    }
}
