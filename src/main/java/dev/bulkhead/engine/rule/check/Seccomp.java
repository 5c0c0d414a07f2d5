package dev.bulkhead.engine.rule.check;

import dev.bulkhead.engine.cel.Cel;
import dev.bulkhead.engine.cel.CelCheck;
import dev.bulkhead.engine.edit.Edit;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.PodSummary;
import dev.bulkhead.engine.rule.Remedy;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.Subject;
import dev.bulkhead.engine.rule.Wording;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Reads the seccomp profiles of a pod and its containers, from the fields and the older annotations. */
final class Seccomp {
    private static final String POD_ANNOTATION = "seccomp.security.alpha.kubernetes.io/pod";
    private static final String CONTAINER_ANNOTATION = "container.seccomp.security.alpha.kubernetes.io/";
    private static final Set<String> ALLOWED = Set.of("RuntimeDefault", "Localhost");
    static final String ALLOWED_IN_CEL = Cel.set(ALLOWED);

    /** The annotation values for the runtime's own profile. */
    private static final Set<String> RUNTIME_DEFAULT = Set.of("runtime/default", "docker/default");

    private Seccomp() {}

    /** In CEL: the annotations for seccomp profiles of the pod and of its containers for which the condition holds. */
    static String annotationsInCel(String condition) {
        return "(k == " + Cel.text(POD_ANNOTATION) + "\n || p.containers.exists(c, k == "
                + Cel.text(CONTAINER_ANNOTATION) + " + c.name))\n && " + condition
                + "\n ? [k + '=\"' + p.annotations[k] + '\"'] : []";
    }

    /** In CEL: {@link #findUnsafe}. */
    static CelCheck unsafeInCel() {
        return unsafeInCel("true");
    }

    /** The same where the condition holds. */
    static CelCheck unsafeInCel(String condition) {
        return CelCheck.fix("set securityContext.seccompProfile.type to RuntimeDefault")
                .securityContexts(
                        Optional.of("seccompProfile"),
                        "$.?securityContext.?seccompProfile.optMap(s, [s.?type.orValue('')]).orValue([])\n.filter(t, "
                                + condition + " && !(t in " + ALLOWED_IN_CEL + "))");
    }

    /** In CEL: the optional annotation of the pod. */
    static String podAnnotationInCel() {
        return "p.annotations[?" + Cel.text(POD_ANNOTATION) + "]";
    }

    /** In CEL: the optional annotation of a container. */
    static String containerAnnotationInCel(String container) {
        return "p.annotations[?" + Cel.text(CONTAINER_ANNOTATION) + " + " + container + ".name]";
    }

    static Field podAnnotation(Pod pod) {
        return pod.annotation(POD_ANNOTATION);
    }

    static Field containerAnnotation(Pod pod, String container) {
        return pod.annotation(CONTAINER_ANNOTATION + container);
    }

    static Field profile(Field securityContext) {
        return securityContext.get("seccompProfile");
    }

    /**
     * Whether the annotation's pod or container also sets the field. The API server rejects a pod where they differ.
     */
    static boolean hasProfileBeside(Field annotation, Pod pod) {
        return annotation.name().equals(POD_ANNOTATION)
                ? profile(pod.securityContext()).isPresent()
                : pod.containers().stream()
                        .filter(container -> annotation.name().equals(CONTAINER_ANNOTATION + container.name()))
                        .anyMatch(container ->
                                profile(container.securityContext()).isPresent());
    }

    static boolean isAllowed(Field profile) {
        return profile.isPresent() && ALLOWED.contains(profile.get("type").textOrEmpty());
    }

    /** Reports the profiles with a type that is not allowed. */
    static void findUnsafe(Rule rule, Pod pod, Consumer<Finding> found) {
        findUnsafe(rule, Subject.pod(), profile(pod.securityContext()), found);
        for (Container container : pod.containers()) {
            findUnsafe(rule, Subject.of(container), profile(container.securityContext()), found);
        }
    }

    private static void findUnsafe(Rule rule, Subject subject, Field profile, Consumer<Finding> found) {
        if (profile.isPresent() && !isAllowed(profile)) {
            Field type = profile.get("type");
            found.accept(Finding.unsafe(rule, subject, type, type.textOrEmpty()));
        }
    }

    /**
     * Sets the profile's type to {@code RuntimeDefault}. Removes an annotation that contradicts it, since the API
     * server rejects the contradiction; on a Windows pod it rejects every profile.
     */
    static Remedy remedy(Finding finding, Field profile) {
        return new Remedy("set securityContext.seccompProfile.type to RuntimeDefault", context -> {
            if (RemedyParts.isOnWindows(finding) && profile.isAbsent()) {
                return List.of();
            }
            List<Edit> edits = RemedyParts.runtimeDefault(profile);
            String key = finding.subject()
                    .asContainer()
                    .map(container -> CONTAINER_ANNOTATION + container.name())
                    .orElse(POD_ANNOTATION);
            Field annotation = RemedyParts.objectOf(finding)
                    .get("metadata")
                    .get("annotations")
                    .get(key);
            if (annotation
                    .text()
                    .filter(said -> !RUNTIME_DEFAULT.contains(said))
                    .isPresent()) {
                edits.add(new Edit.Remove(annotation));
            }
            return edits;
        });
    }

    static PodSummary describeUnsafe(List<Finding> findings) {
        return new PodSummary(
                "seccompProfile",
                Wording.setters(findings) + " must not set securityContext.seccompProfile.type to "
                        + Wording.quoted(Wording.sorted(Finding.values(findings))));
    }
}
