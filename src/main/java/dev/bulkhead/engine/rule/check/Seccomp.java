package dev.bulkhead.engine.rule.check;

import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.PodSummary;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.Subject;
import dev.bulkhead.engine.rule.Wording;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Where a pod and its containers say their seccomp profile, in the fields and in the annotations that came before. */
final class Seccomp {
    private static final String POD_ANNOTATION = "seccomp.security.alpha.kubernetes.io/pod";
    private static final String CONTAINER_ANNOTATION = "container.seccomp.security.alpha.kubernetes.io/";
    private static final Set<String> ALLOWED = Set.of("RuntimeDefault", "Localhost");

    private Seccomp() {}

    static Field podAnnotation(Pod pod) {
        return pod.annotation(POD_ANNOTATION);
    }

    static Field containerAnnotation(Pod pod, String container) {
        return pod.annotation(CONTAINER_ANNOTATION + container);
    }

    static Field profile(Field securityContext) {
        return securityContext.get("seccompProfile");
    }

    static boolean isAllowed(Field profile) {
        return profile.isPresent() && ALLOWED.contains(profile.get("type").textOrEmpty());
    }

    /** Hands over the profiles that are set to something other than the allowed types. */
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

    static PodSummary describeUnsafe(List<Finding> findings) {
        return new PodSummary(
                "seccompProfile",
                Wording.setters(findings) + " must not set securityContext.seccompProfile.type to "
                        + Wording.quoted(Wording.sorted(Finding.values(findings))));
    }
}
