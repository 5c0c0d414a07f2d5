package dev.bulkhead.engine.rule.check;

import static dev.bulkhead.engine.rule.Standard.ATTACK;
import static dev.bulkhead.engine.rule.Standard.CIS;
import static dev.bulkhead.engine.rule.Standard.NSA_CISA;
import static dev.bulkhead.engine.rule.Standard.POD_SECURITY;

import com.fasterxml.jackson.databind.node.TextNode;
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
 * Without a seccomp filter a container can make every system call, including old and rarely tested ones.
 *
 * <p>Fields: before 1.19 the annotations {@code seccomp.security.alpha.kubernetes.io/pod} and {@code
 * container.seccomp.security.alpha.kubernetes.io/NAME}; from 1.19 {@code securityContext.seccompProfile.type} of the pod
 * and of every container. Allowed: absent, RuntimeDefault, Localhost; annotations {@code runtime/default}, {@code
 * docker/default}, {@code localhost/*}. Versions: all; at restricted from 1.19 {@link SeccompProfileRestricted} replaces
 * it.
 */
final class SeccompProfileBaseline extends PodSecurityRule {
    SeccompProfileBaseline() {
        super(RuleInfo.baseline(
                "seccompProfile_baseline",
                Layer.CONFINEMENT,
                Severity.MEDIUM,
                "Seccomp switched off",
                "No pod or container may switch the seccomp filter off.",
                POD_SECURITY.control("Seccomp"),
                CIS.control(
                        "5.6.2", "Ensure that the seccomp profile is set to docker/default in your Pod definitions"),
                NSA_CISA.control("Pod security enforcement"),
                ATTACK.control("T1611", "Escape to Host")));
    }

    private static final CelCheck CEL_ANNOTATIONS = CelCheck.fix("remove the annotation")
            .annotations(Seccomp.annotationsInCel("!(p.annotations[k] in ['runtime/default', 'docker/default'])"
                    + " && !p.annotations[k].startsWith('localhost/')"));
    private static final CelCheck CEL = Seccomp.unsafeInCel();

    @Override
    public List<VersionedCheck> revisions() {
        return List.of(
                VersionedCheck.since(0, this::checkAnnotations).inCel(CEL_ANNOTATIONS),
                VersionedCheck.since(19, (pod, context, found) -> Seccomp.findUnsafe(this, pod, found))
                        .inCel(CEL));
    }

    /** The restricted check covers everything that this one does. */
    @Override
    public RuleAction leastPrivilege() {
        return RuleAction.OFF;
    }

    private void checkAnnotations(Pod pod, RuleContext context, Consumer<Finding> found) {
        checkAnnotation(Seccomp.podAnnotation(pod), found);
        pod.containers().stream()
                .map(Container::name)
                .distinct()
                .forEach(name -> checkAnnotation(Seccomp.containerAnnotation(pod, name), found));
    }

    private void checkAnnotation(Field annotation, Consumer<Finding> found) {
        annotation
                .text()
                .filter(value -> !value.equals("runtime/default")
                        && !value.equals("docker/default")
                        && !value.startsWith("localhost/"))
                .ifPresent(value -> found.accept(Finding.unsafe(
                        this,
                        Subject.ofAnnotation(annotation.name()),
                        annotation,
                        Wording.assigned(annotation.name(), value))));
    }

    @Override
    public PodSummary describe(List<Finding> findings) {
        if (findings.get(0).subject() instanceof Subject.OfAnnotation) {
            Set<String> annotations = Wording.sorted(Finding.values(findings));
            return new PodSummary(
                    "seccompProfile",
                    Wording.plural(annotations.size(), "forbidden annotation ", "forbidden annotations ")
                            + String.join(", ", annotations));
        }
        return Seccomp.describeUnsafe(findings);
    }

    @Override
    public String message(Finding finding) {
        return finding.subject() instanceof Subject.OfAnnotation
                ? "pod must not set annotation " + finding.value()
                : describe(List.of(finding)).detail();
    }

    @Override
    public Remedy remedy(Finding finding) {
        return finding.subject() instanceof Subject.OfAnnotation
                ? new Remedy(
                        "set the annotation to runtime/default, or remove it",
                        context -> List.of(
                                Seccomp.hasProfileBeside(finding.place(), RemedyParts.podOf(finding))
                                        ? new Edit.Remove(finding.place())
                                        : new Edit.Replace(finding.place(), TextNode.valueOf("runtime/default"))))
                : Seccomp.remedy(finding, finding.place().parent().orElseThrow());
    }
}
