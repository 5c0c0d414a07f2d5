package dev.bulkhead.engine.rule.check;

import static dev.bulkhead.engine.rule.Standard.CIS;
import static dev.bulkhead.engine.rule.Standard.POD_SECURITY;

import com.fasterxml.jackson.databind.node.BooleanNode;
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

/**
 * A host port bypasses Services and network policies and may take a port that the node itself needs.
 *
 * <p>Fields: {@code ports[*].hostPort} of every container. Allowed: absent, 0. Versions: all.
 */
final class HostPorts extends PodSecurityRule {
    HostPorts() {
        super(RuleInfo.baseline(
                "hostPorts",
                Layer.HOST,
                Severity.MEDIUM,
                "Port of the node",
                "No container may take a port of the node.",
                POD_SECURITY.control("Host Ports"),
                CIS.control("5.2.12", "Minimize the admission of containers which use HostPorts")));
    }

    /** On the host network every container port of a template becomes a host port. */
    private static final CelCheck CEL = CelCheck.fix("remove hostPort, and reach the port through a Service")
            .containers("""
                    c.?ports.orValue([])
                    .map(o, o.?hostPort.orValue(0) == 0 && p.template && p.spec.?hostNetwork.orValue(false)
                      ? o.?containerPort.orValue(0) : o.?hostPort.orValue(0))
                    .filter(n, n != 0).map(n, string(n))""");

    @Override
    public List<VersionedCheck> revisions() {
        return VersionedCheck.only(this::check, CEL);
    }

    private void check(Pod pod, RuleContext context, Consumer<Finding> found) {
        for (Container container : pod.containers()) {
            for (Field port : container.field().get("ports").items()) {
                Field hostPort = port.get("hostPort");
                long number = hostPort.integer().orElse(0);
                if (number != 0) {
                    found.accept(Finding.unsafe(this, Subject.of(container), hostPort, Long.toString(number)));
                }
            }
        }
    }

    @Override
    public PodSummary describe(List<Finding> findings) {
        Set<String> ports = Wording.sorted(Finding.values(findings));
        return new PodSummary(
                "hostPort",
                Wording.containers(findings)
                        + Wording.plural(Wording.containersOf(findings).size(), " uses ", " use ")
                        + Wording.plural(ports.size(), "hostPort ", "hostPorts ")
                        + String.join(", ", ports));
    }

    @Override
    public String message(Finding finding) {
        return Wording.containers(List.of(finding)) + " must not use hostPort " + finding.value();
    }

    /** On the host network the API server makes every container port a host port. */
    @Override
    public Remedy remedy(Finding finding) {
        boolean inHostNetwork = finding.subject()
                .asContainer()
                .flatMap(container -> container.field().parent())
                .flatMap(Field::parent)
                .filter(spec -> spec.get("hostNetwork").isTrue())
                .isPresent();
        String text = (inHostNetwork ? "set hostNetwork to false, remove hostPort " : "remove hostPort ")
                + finding.value() + " and reach the port through a Service";
        Edit.Remove removal = new Edit.Remove(finding.place());
        return new Remedy(
                text,
                context -> inHostNetwork
                        ? List.of(
                                new Edit.Replace(RemedyParts.specOf(finding).get("hostNetwork"), BooleanNode.FALSE),
                                removal)
                        : List.of(removal));
    }
}
