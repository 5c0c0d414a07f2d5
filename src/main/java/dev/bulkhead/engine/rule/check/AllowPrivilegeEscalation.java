package dev.bulkhead.engine.rule.check;

import static dev.bulkhead.engine.rule.Standard.CIS;
import static dev.bulkhead.engine.rule.Standard.NSA_CISA;
import static dev.bulkhead.engine.rule.Standard.POD_SECURITY;

import com.fasterxml.jackson.databind.node.BooleanNode;
import dev.bulkhead.engine.cel.Cel;
import dev.bulkhead.engine.cel.CelCheck;
import dev.bulkhead.engine.cel.CelFilling;
import dev.bulkhead.engine.cel.CelNeed;
import dev.bulkhead.engine.edit.Edit;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.HardeningPass;
import dev.bulkhead.engine.rule.HardeningRule;
import dev.bulkhead.engine.rule.Layer;
import dev.bulkhead.engine.rule.PodSummary;
import dev.bulkhead.engine.rule.Remedy;
import dev.bulkhead.engine.rule.RuleContext;
import dev.bulkhead.engine.rule.RuleInfo;
import dev.bulkhead.engine.rule.RuleSettings;
import dev.bulkhead.engine.rule.Severity;
import dev.bulkhead.engine.rule.Subject;
import dev.bulkhead.engine.rule.VersionedCheck;
import dev.bulkhead.engine.rule.Wording;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Without the no_new_privs bit, a setuid binary in the image turns any user into root.
 *
 * <p>Fields: {@code securityContext.allowPrivilegeEscalation} of every container. Allowed: false. Versions: from 1.8;
 * from 1.25 not on Windows pods.
 */
final class AllowPrivilegeEscalation extends PodSecurityRule implements HardeningRule {
    AllowPrivilegeEscalation() {
        super(RuleInfo.restricted(
                "allowPrivilegeEscalation",
                Layer.FILESYSTEM,
                Severity.MEDIUM,
                "Privilege escalation not forbidden",
                "Every container must forbid its processes to gain more privileges than they started with.",
                POD_SECURITY.control("Privilege Escalation"),
                CIS.control("5.2.6", "Minimize the admission of containers with allowPrivilegeEscalation"),
                NSA_CISA.control("Pod security enforcement")));
    }

    /** The only spelling that the API server checks. */
    private static final String SYS_ADMIN = "CAP_SYS_ADMIN";

    private static final CelCheck CEL = cel("true");
    private static final CelCheck CEL_LINUX = cel("!p.windows");

    private static CelCheck cel(String where) {
        String field = "c.?securityContext.?allowPrivilegeEscalation";
        return CelCheck.fix("set securityContext.allowPrivilegeEscalation to false")
                .containers(Cel.when(where + " && " + field + ".orValue(false)", "true"))
                .unsetInContainers(where + " && !" + field + ".hasValue()", "true");
    }

    @Override
    public List<VersionedCheck> revisions() {
        return List.of(
                VersionedCheck.since(8, this::check).inCel(CEL),
                VersionedCheck.since(25, (pod, context, found) -> {
                            if (!pod.isWindows()) {
                                check(pod, context, found);
                            }
                        })
                        .inCel(CEL_LINUX));
    }

    private void check(Pod pod, RuleContext context, Consumer<Finding> found) {
        for (Container container : pod.containers()) {
            Field escalation = container.securityContext().get("allowPrivilegeEscalation");
            if (!escalation.isFalse()) {
                found.accept(new Finding(this, Subject.of(container), escalation, "true", escalation.isAbsent()));
            }
        }
    }

    @Override
    public PodSummary describe(List<Finding> findings) {
        return new PodSummary(
                "allowPrivilegeEscalation != false",
                Wording.containers(findings) + " must set securityContext.allowPrivilegeEscalation=false");
    }

    @Override
    public Remedy remedy(Finding finding) {
        Field securityContext = finding.place().parent().orElseThrow();
        return new Remedy(
                "set securityContext.allowPrivilegeEscalation to false"
                        + (RemedyParts.isTrue(securityContext.get("privileged")) ? ", and privileged as well" : "")
                        + (RemedyParts.contains(
                                        securityContext.get("capabilities").get("add"), SYS_ADMIN)
                                ? ", and remove CAP_SYS_ADMIN from capabilities.add"
                                : ""),
                context -> RemedyParts.isOnWindows(finding) ? List.of() : edits(finding, securityContext));
    }

    /** The API server rejects false together with privileged or CAP_SYS_ADMIN. */
    private static List<Edit> edits(Finding finding, Field securityContext) {
        List<Edit> edits = new ArrayList<>();
        edits.add(Edit.set(finding.place(), BooleanNode.FALSE));
        Field privileged = securityContext.get("privileged");
        if (privileged.isTrue()) {
            edits.add(new Edit.Replace(privileged, BooleanNode.FALSE));
        }
        added(securityContext, SYS_ADMIN).forEach(capability -> edits.add(new Edit.Remove(capability)));
        return edits;
    }

    /**
     * The API server rejects false together with privileged or CAP_SYS_ADMIN (only in that spelling). It also rejects
     * the field on Windows pods, which revisions before 1.25 do not exempt.
     */
    @Override
    public void harden(HardeningPass hardening) {
        for (Finding finding : hardening.open()) {
            Field securityContext = finding.place().parent().orElseThrow();
            if (hardening.pod().isWindows()) {
                hardening.skip(finding, "the API server accepts no allowPrivilegeEscalation on a Windows pod");
            } else if (securityContext.get("privileged").isTrue()) {
                hardening.skip(finding, "the API server accepts no false in a privileged container");
            } else if (adds(securityContext, SYS_ADMIN)) {
                hardening.skip(finding, "the API server accepts no false beside capability CAP_SYS_ADMIN");
            } else {
                hardening.fill(finding.place(), BooleanNode.FALSE);
            }
        }
    }

    @Override
    public CelFilling hardenInCel(RuleSettings settings) {
        String securityContext = "c.?securityContext";
        return CelFilling.where(
                "!p.windows && !" + securityContext + ".?privileged.orValue(false)\n && !(" + Cel.text(SYS_ADMIN)
                        + " in " + securityContext + ".?capabilities.?add.orValue([]))",
                CelFilling.member("allowPrivilegeEscalation", "false"));
    }

    @Override
    public CelNeed needInCel(RuleSettings settings, ClusterCapabilities cluster) {
        return CelNeed.ofContainers("!c.?securityContext.?allowPrivilegeEscalation.hasValue()");
    }

    private static boolean adds(Field securityContext, String capability) {
        return !added(securityContext, capability).isEmpty();
    }

    private static List<Field> added(Field securityContext, String capability) {
        return securityContext.get("capabilities").get("add").items().stream()
                .filter(added -> added.textOrEmpty().equals(capability))
                .toList();
    }
}
