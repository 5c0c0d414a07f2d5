package dev.bulkhead.engine.rule.check;

import dev.bulkhead.engine.rule.Context;
import dev.bulkhead.engine.rule.Description;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.Layer;
import dev.bulkhead.engine.rule.Level;
import dev.bulkhead.engine.rule.Phrases;
import dev.bulkhead.engine.rule.Revision;
import dev.bulkhead.engine.rule.Subject;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The kubelet runs probes and lifecycle hooks from the node; a host of the pod's choice makes it knock at doors that the
 * pod itself cannot reach.
 *
 * <p>Fields: {@code httpGet.host} and {@code tcpSocket.host} of every container's livenessProbe, readinessProbe,
 * startupProbe, lifecycle.postStart and lifecycle.preStop. Allowed: absent, empty. Versions: from 1.34.
 */
final class HostProbesAndHostLifecycle extends PodSecurityCheck {
    HostProbesAndHostLifecycle() {
        super("hostProbesAndHostLifecycle", Level.BASELINE, Layer.HOST);
    }

    private static final List<List<String>> HANDLERS = List.of(
            List.of("livenessProbe"),
            List.of("readinessProbe"),
            List.of("startupProbe"),
            List.of("lifecycle", "postStart"),
            List.of("lifecycle", "preStop"));

    @Override
    public List<Revision> revisions() {
        return List.of(Revision.since(34, this::check));
    }

    private void check(Pod pod, Context context, Consumer<Finding> found) {
        for (Container container : pod.containers()) {
            for (List<String> path : HANDLERS) {
                Field handler = container.field().get(path);
                if (handler.isAbsent()) {
                    continue;
                }
                for (String action : List.of("httpGet", "tcpSocket")) {
                    Field host = handler.get(action).get("host");
                    if (!host.textOrEmpty().isEmpty()) {
                        found.accept(Finding.unsafe(this, Subject.of(container), host, host.textOrEmpty()));
                    }
                }
            }
        }
    }

    @Override
    public Description describe(List<Finding> findings) {
        List<String> containers = Phrases.containersOf(findings).stream()
                .map(Container::name)
                .sorted()
                .toList();
        Set<String> hosts = Phrases.sorted(Finding.values(findings));
        return new Description(
                "probe or lifecycle host",
                Phrases.named("container", containers)
                        + Phrases.plural(containers.size(), " uses ", " use ")
                        + Phrases.named("probe or lifecycle host", hosts));
    }

    @Override
    public String message(Finding finding) {
        return Phrases.containers(List.of(finding)) + " must not use probe or lifecycle host "
                + Phrases.quoted(List.of(finding.value()));
    }

    @Override
    public String remedy(Finding finding) {
        return "remove host, so that the kubelet asks the pod itself";
    }
}
