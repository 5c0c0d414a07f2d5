package dev.bulkhead.engine.rule.check;

import static dev.bulkhead.engine.rule.Standard.CIS;
import static dev.bulkhead.engine.rule.Standard.NSA_CISA;
import static dev.bulkhead.engine.rule.Standard.POD_SECURITY;

import com.fasterxml.jackson.databind.node.BooleanNode;
import dev.bulkhead.engine.cel.Cel;
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
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * In the host's namespaces a container sees and signals every process, listens on the node's addresses, or reads the
 * shared memory of other programs.
 *
 * <p>Fields: {@code spec.hostNetwork}, {@code spec.hostPID}, {@code spec.hostIPC}. Allowed: absent, false. Versions: all.
 */
final class HostNamespaces extends PodSecurityRule {
    HostNamespaces() {
        super(RuleInfo.baseline(
                "hostNamespaces",
                Layer.HOST,
                Severity.HIGH,
                "Host network, process or IPC namespace",
                "A pod may not share the node's network, process or IPC namespace.",
                POD_SECURITY.control("Host Namespaces"),
                CIS.control(
                        "5.2.3", "Minimize the admission of containers wishing to share the host process ID namespace"),
                CIS.control("5.2.4", "Minimize the admission of containers wishing to share the host IPC namespace"),
                CIS.control(
                        "5.2.5", "Minimize the admission of containers wishing to share the host network namespace"),
                NSA_CISA.control("Pod security enforcement")));
    }

    private static final List<String> FIELDS = List.of("hostNetwork", "hostPID", "hostIPC");

    private static final CelCheck CEL = CelCheck.fix("set it to false, or remove it")
            .pod(Cel.list(FIELDS) + "\n.filter(n, p.spec[?n].orValue(false))");

    @Override
    public List<VersionedCheck> revisions() {
        return VersionedCheck.only(this::check, CEL);
    }

    private void check(Pod pod, RuleContext context, Consumer<Finding> found) {
        for (String name : FIELDS) {
            Field field = pod.spec().get(name);
            if (field.isTrue()) {
                found.accept(Finding.unsafe(this, Subject.pod(), field, name));
            }
        }
    }

    @Override
    public PodSummary describe(List<Finding> findings) {
        return new PodSummary(
                "host namespaces",
                findings.stream().map(finding -> finding.value() + "=true").collect(Collectors.joining(", ")));
    }

    @Override
    public String message(Finding finding) {
        return "pod must not set " + finding.value() + "=true";
    }

    @Override
    public Remedy remedy(Finding finding) {
        return Remedy.of(
                "set " + finding.value() + " to false, or remove it", Edit.set(finding.place(), BooleanNode.FALSE));
    }
}
