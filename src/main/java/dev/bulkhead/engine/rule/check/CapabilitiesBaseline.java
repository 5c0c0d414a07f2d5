package dev.bulkhead.engine.rule.check;

import static dev.bulkhead.engine.rule.Standard.CIS;
import static dev.bulkhead.engine.rule.Standard.POD_SECURITY;

import dev.bulkhead.engine.cel.Cel;
import dev.bulkhead.engine.cel.CelCheck;
import dev.bulkhead.engine.edit.Edit;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.Layer;
import dev.bulkhead.engine.rule.PodSummary;
import dev.bulkhead.engine.rule.Remedy;
import dev.bulkhead.engine.rule.RuleAction;
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
 * A capability is a part of root's power. Those beyond the runtimes' default set allow loading modules, tracing other
 * processes or mounting file systems.
 *
 * <p>Fields: {@code securityContext.capabilities.add} of every container. Allowed: the set below, to the letter.
 * Versions: all; from 1.22 restricted has a stricter check in its place.
 */
final class CapabilitiesBaseline extends PodSecurityRule {
    CapabilitiesBaseline() {
        super(RuleInfo.baseline(
                "capabilities_baseline",
                Layer.CAPABILITIES,
                Severity.HIGH,
                "Capability beyond the runtime's default set",
                "No container may add a capability beyond those that container runtimes give by default.",
                POD_SECURITY.control("Capabilities"),
                CIS.control("5.2.8", "Minimize the admission of containers with the NET_RAW capability"),
                CIS.control("5.2.9", "Minimize the admission of containers with capabilities assigned")));
    }

    private static final Set<String> ALLOWED = Set.of(
            "AUDIT_WRITE",
            "CHOWN",
            "DAC_OVERRIDE",
            "FOWNER",
            "FSETID",
            "KILL",
            "MKNOD",
            "NET_BIND_SERVICE",
            "SETFCAP",
            "SETGID",
            "SETPCAP",
            "SETUID",
            "SYS_CHROOT");

    private static final CelCheck CEL = CelCheck.fix("remove it from securityContext.capabilities.add")
            .containers(
                    "c.?securityContext.?capabilities.?add.orValue([])\n.filter(x, !(x in " + Cel.set(ALLOWED) + "))");

    @Override
    public List<VersionedCheck> revisions() {
        return VersionedCheck.only(this::check, CEL);
    }

    /** The restricted check covers everything that this one does. */
    @Override
    public RuleAction leastPrivilege() {
        return RuleAction.OFF;
    }

    /** Removes every occurrence of the capability. */
    static Remedy remedyOf(Finding finding) {
        return new Remedy(
                "remove " + finding.value() + " from securityContext.capabilities.add",
                context -> finding.place().parent().orElseThrow().items().stream()
                        .filter(added -> added.textOrEmpty().equals(finding.value()))
                        .<Edit>map(Edit.Remove::new)
                        .toList());
    }

    private void check(Pod pod, RuleContext context, Consumer<Finding> found) {
        for (Container container : pod.containers()) {
            for (Field added :
                    container.securityContext().get("capabilities").get("add").items()) {
                if (!ALLOWED.contains(added.textOrEmpty())) {
                    found.accept(Finding.unsafe(this, Subject.of(container), added, added.textOrEmpty()));
                }
            }
        }
    }

    @Override
    public PodSummary describe(List<Finding> findings) {
        return new PodSummary(
                "non-default capabilities",
                Wording.containers(findings) + " must not include "
                        + Wording.quoted(Wording.sorted(Finding.values(findings)))
                        + " in securityContext.capabilities.add");
    }

    @Override
    public Remedy remedy(Finding finding) {
        return remedyOf(finding);
    }
}
