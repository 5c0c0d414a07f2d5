package dev.bulkhead.engine.rule.check;

import static dev.bulkhead.engine.rule.Standard.POD_SECURITY;

import dev.bulkhead.engine.cel.CelCheck;
import dev.bulkhead.engine.edit.Edit;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.Layer;
import dev.bulkhead.engine.rule.PodSummary;
import dev.bulkhead.engine.rule.Remedy;
import dev.bulkhead.engine.rule.RuleContext;
import dev.bulkhead.engine.rule.RuleInfo;
import dev.bulkhead.engine.rule.Severity;
import dev.bulkhead.engine.rule.Subject;
import dev.bulkhead.engine.rule.VersionedCheck;
import dev.bulkhead.engine.rule.Wording;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The kubelet runs probes and lifecycle hooks from the node. A host that the pod chooses makes it connect to addresses
 * that the pod itself cannot reach.
 *
 * <p>Fields: {@code httpGet.host} and {@code tcpSocket.host} of every container's livenessProbe, readinessProbe,
 * startupProbe, lifecycle.postStart and lifecycle.preStop. Allowed: absent, empty. Versions: from 1.34.
 */
final class HostProbesAndHostLifecycle extends PodSecurityRule {
    HostProbesAndHostLifecycle() {
        super(RuleInfo.baseline(
                "hostProbesAndHostLifecycle",
                Layer.HOST,
                Severity.MEDIUM,
                "Probe or lifecycle hook that calls another host",
                "Probes and lifecycle hooks may call only the pod itself.",
                POD_SECURITY.control("Host Probes / Lifecycle Hooks")));
    }

    private static final List<List<String>> HANDLERS = List.of(
            List.of("livenessProbe"),
            List.of("readinessProbe"),
            List.of("startupProbe"),
            List.of("lifecycle", "postStart"),
            List.of("lifecycle", "preStop"));

    private static final CelCheck CEL = CelCheck.fix("remove host, so that the kubelet asks the pod itself")
            .containers(HANDLERS.stream()
                    .map(path -> "c.?" + String.join(".?", path))
                    .flatMap(handler -> Stream.of(handler + ".?httpGet.?host", handler + ".?tcpSocket.?host"))
                    .map(host -> host + ".orValue('')")
                    .collect(Collectors.joining(",\n  ", "[\n  ", "\n].filter(h, h != '')")));

    @Override
    public List<VersionedCheck> revisions() {
        return List.of(VersionedCheck.since(34, this::check).inCel(CEL));
    }

    private void check(Pod pod, RuleContext context, Consumer<Finding> found) {
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
    public PodSummary describe(List<Finding> findings) {
        List<String> containers = Wording.containersOf(findings).stream()
                .map(Container::name)
                .sorted()
                .toList();
        Set<String> hosts = Wording.sorted(Finding.values(findings));
        return new PodSummary(
                "probe or lifecycle host",
                Wording.named("container", containers)
                        + Wording.plural(containers.size(), " uses ", " use ")
                        + Wording.named("probe or lifecycle host", hosts));
    }

    @Override
    public String message(Finding finding) {
        return Wording.containers(List.of(finding)) + " must not use probe or lifecycle host "
                + Wording.quoted(List.of(finding.value()));
    }

    @Override
    public Remedy remedy(Finding finding) {
        return Remedy.of("remove host, so that the kubelet asks the pod itself", new Edit.Remove(finding.place()));
    }
}
