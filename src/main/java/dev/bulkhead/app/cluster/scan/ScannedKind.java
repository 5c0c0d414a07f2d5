package dev.bulkhead.app.cluster.scan;

import dev.bulkhead.engine.workload.CustomKind;
import dev.bulkhead.engine.workload.KubernetesKind;
import java.util.List;
import java.util.stream.Stream;

/**
 * A kind of objects that a scan reads.
 *
 * @param resource the plural, as in addresses
 * @param template the members that lead to what holds the pod's metadata and spec; none where that is the object itself
 */
public record ScannedKind(String group, String version, String kind, String resource, List<String> template) {
    static final ScannedKind POD = of(KubernetesKind.POD);

    /** The kinds of Kubernetes itself, but PodTemplate, which makes no pods. */
    static final List<ScannedKind> OF_KUBERNETES = Stream.of(KubernetesKind.values())
            .filter(kind -> kind != KubernetesKind.POD_TEMPLATE)
            .map(ScannedKind::of)
            .toList();

    public ScannedKind {
        template = List.copyOf(template);
    }

    /** A kind of Kubernetes itself. */
    public static ScannedKind of(KubernetesKind kind) {
        return new ScannedKind(kind.group(), "v1", kind.kind(), kind.resource(), kind.template());
    }

    static ScannedKind of(CustomKind kind, String version, String resource) {
        return new ScannedKind(kind.group(), version, kind.kind(), resource, kind.path());
    }

    boolean is(KubernetesKind other) {
        return group.equals(other.group()) && kind.equals(other.kind());
    }

    /** As in an object's {@code apiVersion}. */
    String apiVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }

    /** Where the API server lists them, below its address and without the resource. */
    String path() {
        return (group.isEmpty() ? "api/" : "apis/") + apiVersion() + "/";
    }
}
