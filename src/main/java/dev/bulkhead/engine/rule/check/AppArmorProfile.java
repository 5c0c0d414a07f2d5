package dev.bulkhead.engine.rule.check;

import static dev.bulkhead.engine.rule.Standard.NSA_CISA;
import static dev.bulkhead.engine.rule.Standard.POD_SECURITY;

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
import dev.bulkhead.engine.rule.Wording;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * AppArmor restricts the files, mounts and capabilities of a process that has been taken over. Without a profile, or
 * with one that the pod chooses, nothing restricts it.
 *
 * <p>Fields: {@code securityContext.appArmorProfile.type} of the pod and of every container; annotations {@code
 * container.apparmor.security.beta.kubernetes.io/*}. Allowed: absent, RuntimeDefault, Localhost; annotations empty,
 * {@code runtime/default}, {@code localhost/*}. Versions: all.
 */
final class AppArmorProfile extends PodSecurityRule {
    AppArmorProfile() {
        super(RuleInfo.baseline(
                "appArmorProfile",
                Layer.CONFINEMENT,
                Severity.MEDIUM,
                "AppArmor profile disabled or unknown",
                "No pod or container may replace its AppArmor profile by none or by an unknown one.",
                POD_SECURITY.control("AppArmor"),
                NSA_CISA.control("Pod security enforcement")));
    }

    private static final String ANNOTATION = "container.apparmor.security.beta.kubernetes.io/";
    private static final Set<String> ALLOWED = Set.of("RuntimeDefault", "Localhost");

    private static final CelCheck CEL = CelCheck.fix(
                    "set securityContext.appArmorProfile.type to RuntimeDefault, or remove it and its annotation")
            .securityContexts(
                    Optional.of("appArmorProfile"),
                    "$.?securityContext.?appArmorProfile.optMap(a, [a.?type.orValue('')]).orValue([])\n"
                            + ".filter(t, !(t in " + Cel.set(ALLOWED) + "))")
            .annotations("(k.startsWith(" + Cel.text(ANNOTATION) + ")\n"
                    + " && !(p.annotations[k] in ['', 'runtime/default'])\n"
                    + " && !p.annotations[k].startsWith('localhost/')\n"
                    + " ? [k + '=\"' + p.annotations[k] + '\"'] : [])");

    @Override
    public List<VersionedCheck> revisions() {
        return VersionedCheck.only(this::check, CEL);
    }

    private void check(Pod pod, RuleContext context, Consumer<Finding> found) {
        check(Subject.pod(), pod.securityContext(), found);
        for (Container container : pod.containers()) {
            check(Subject.of(container), container.securityContext(), found);
        }
        for (Field annotation : pod.annotations()) {
            String value = annotation.textOrEmpty();
            if (annotation.name().startsWith(ANNOTATION)
                    && !value.isEmpty()
                    && !value.equals("runtime/default")
                    && !value.startsWith("localhost/")) {
                found.accept(Finding.unsafe(
                        this,
                        Subject.ofAnnotation(annotation.name()),
                        annotation,
                        Wording.assigned(annotation.name(), value)));
            }
        }
    }

    private void check(Subject subject, Field securityContext, Consumer<Finding> found) {
        Field profile = securityContext.get("appArmorProfile");
        if (profile.isPresent()) {
            Field type = profile.get("type");
            if (!ALLOWED.contains(type.textOrEmpty())) {
                found.accept(Finding.unsafe(this, subject, type, type.textOrEmpty()));
            }
        }
    }

    @Override
    public PodSummary describe(List<Finding> findings) {
        List<String> values = new ArrayList<>();
        values.addAll(Wording.sorted(Finding.values(findings.stream()
                .filter(finding -> !(finding.subject() instanceof Subject.OfAnnotation))
                .toList())));
        values.addAll(Wording.sorted(Finding.values(findings.stream()
                .filter(finding -> finding.subject() instanceof Subject.OfAnnotation)
                .toList())));
        return new PodSummary(
                Wording.plural(values.size(), "forbidden AppArmor profile", "forbidden AppArmor profiles"),
                Wording.setters(findings) + " must not set AppArmor profile type to " + Wording.quoted(values));
    }

    @Override
    public String message(Finding finding) {
        return finding.subject() instanceof Subject.OfAnnotation
                ? "pod must not set annotation " + finding.value()
                : describe(List.of(finding)).detail();
    }

    @Override
    public Remedy remedy(Finding finding) {
        if (finding.subject() instanceof Subject.OfAnnotation) {
            return new Remedy(
                    "remove the annotation, and set securityContext.appArmorProfile.type to RuntimeDefault",
                    context -> editsOfAnnotation(finding));
        }
        return new Remedy(
                "set securityContext.appArmorProfile.type to RuntimeDefault, or remove appArmorProfile",
                context -> RemedyParts.runtimeDefault(finding.place().parent().orElseThrow()));
    }

    /** Sets the field of the container that the annotation names, unless it is set already. */
    private static List<Edit> editsOfAnnotation(Finding finding) {
        List<Edit> edits = new ArrayList<>();
        edits.add(new Edit.Remove(finding.place()));
        Pod pod = RemedyParts.podOf(finding);
        for (Container container : pod.containers()) {
            Field profile = container.securityContext().get("appArmorProfile");
            if ((ANNOTATION + container.name()).equals(finding.place().name())
                    && profile.isAbsent()
                    && !pod.isWindows()) {
                edits.addAll(RemedyParts.runtimeDefault(profile));
            }
        }
        return edits;
    }
}
