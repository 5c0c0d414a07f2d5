package dev.bulkhead.engine.rule.check;

import dev.bulkhead.engine.cel.CelCheck;
import dev.bulkhead.engine.edit.Edit;
import dev.bulkhead.engine.rule.Action;
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
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import java.util.List;
import java.util.function.Consumer;

/**
 * CRI-O, from 1.19 to the patches of March 2022, passes all sysctls to its helper as one text, separated by {@code +}.
 * A {@code +} in a value adds another sysctl, such as {@code kernel.core_pattern}, which makes the node's kernel run a
 * program of the attacker (CVE-2022-0811). The named sysctl may be a safe one.
 *
 * <p>Fields: {@code securityContext.sysctls[*].value} of the pod. Allowed: values without {@code +}; no sysctl that a pod
 * may set has a use for it. Versions: all.
 *
 * @see <a href="https://nvd.nist.gov/vuln/detail/CVE-2022-0811">CVE-2022-0811</a>
 */
final class SysctlValues extends BulkheadRule {
    /** The most characters of a value that a message shows. */
    private static final int LONGEST_SHOWN = 80;

    SysctlValues() {
        super(
                RuleInfo.bulkhead(
                        "sysctlValues",
                        Layer.CONFINEMENT,
                        Severity.HIGH,
                        "Kernel parameter that smuggles in another",
                        "The value of a kernel parameter may not smuggle in another parameter."),
                RuleAction.of(Action.DENY),
                RuleAction.of(Action.DENY));
    }

    private static final CelCheck CEL = CelCheck.fix("remove what follows the plus sign")
            .pod("p.spec.?securityContext.?sysctls.orValue([])\n"
                    + ".map(s, s.?value.orValue('')).filter(x, x.contains('+'))");

    @Override
    public List<VersionedCheck> revisions() {
        return VersionedCheck.only(this::check, CEL);
    }

    private void check(Pod pod, RuleContext context, Consumer<Finding> found) {
        for (Field sysctl : pod.securityContext().get("sysctls").items()) {
            Field value = sysctl.get("value");
            String text = value.textOrEmpty();
            if (text.indexOf('+') >= 0) {
                found.accept(Finding.unsafe(this, Subject.pod(), value, text));
            }
        }
    }

    @Override
    public PodSummary describe(List<Finding> findings) {
        return new PodSummary(
                "sysctl values",
                "pod must not set sysctl "
                        + String.join(
                                ", ",
                                findings.stream().map(SysctlValues::assignment).toList())
                        + ": CRI-O would take what follows a \"+\" for another sysctl");
    }

    private static String assignment(Finding finding) {
        Field sysctl = finding.place().parent().orElseThrow();
        String value = finding.value();
        return Wording.assigned(
                sysctl.get("name").textOrEmpty(),
                value.length() <= LONGEST_SHOWN ? value : value.substring(0, LONGEST_SHOWN) + "...");
    }

    @Override
    public Remedy remedy(Finding finding) {
        return Remedy.of(
                "set the value to the number or numbers that the sysctl takes, without \"+\", or remove the sysctl",
                new Edit.Remove(finding.place().parent().orElseThrow()));
    }
}
