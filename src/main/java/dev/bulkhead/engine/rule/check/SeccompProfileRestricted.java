package dev.bulkhead.engine.rule.check;

import static dev.bulkhead.engine.rule.Standard.ATTACK;
import static dev.bulkhead.engine.rule.Standard.CIS;
import static dev.bulkhead.engine.rule.Standard.NSA_CISA;
import static dev.bulkhead.engine.rule.Standard.POD_SECURITY;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.cel.CelCheck;
import dev.bulkhead.engine.cel.CelFilling;
import dev.bulkhead.engine.cel.CelNeed;
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
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Without a seccomp filter a container can make every system call, including old and rarely tested ones.
 *
 * <p>Fields: {@code securityContext.seccompProfile.type} of the pod and of every container. Allowed: RuntimeDefault,
 * Localhost, of the container's own or by way of the pod. Versions: from 1.19; from 1.25 not on Windows pods.
 */
final class SeccompProfileRestricted extends PodSecurityRule implements HardeningRule {
    SeccompProfileRestricted() {
        super(RuleInfo.restricted(
                "seccompProfile_restricted",
                Layer.CONFINEMENT,
                Severity.MEDIUM,
                "No seccomp filter",
                "Every container must run under a seccomp filter.",
                POD_SECURITY.control("Seccomp"),
                CIS.control(
                        "5.6.2", "Ensure that the seccomp profile is set to docker/default in your Pod definitions"),
                NSA_CISA.control("Pod security enforcement"),
                ATTACK.control("T1611", "Escape to Host")));
    }

    private static final String UNSET = "unset";
    private static final String ALLOWED = "\"RuntimeDefault\" or \"Localhost\"";

    private static final CelCheck CEL = cel("true");
    private static final CelCheck CEL_LINUX = cel("!p.windows");

    private static CelCheck cel(String where) {
        return Seccomp.unsafeInCel(where)
                .unsetInContainers(
                        where + " && !c.?securityContext.?seccompProfile.hasValue()\n"
                                + " && !(p.spec.?securityContext.?seccompProfile.?type.orValue('') in "
                                + Seccomp.ALLOWED_IN_CEL + ")",
                        UNSET);
    }

    @Override
    public List<VersionedCheck> revisions() {
        return List.of(
                VersionedCheck.since(19, this::check).inCel(CEL).replacing("seccompProfile_baseline"),
                VersionedCheck.since(25, this::checkLinux).inCel(CEL_LINUX).replacing("seccompProfile_baseline"));
    }

    private void checkLinux(Pod pod, RuleContext context, Consumer<Finding> found) {
        if (!pod.isWindows()) {
            check(pod, context, found);
        }
    }

    private void check(Pod pod, RuleContext context, Consumer<Finding> found) {
        Seccomp.findUnsafe(this, pod, found);
        if (Seccomp.isAllowed(Seccomp.profile(pod.securityContext()))) {
            return;
        }
        for (Container container : pod.containers()) {
            Field profile = Seccomp.profile(container.securityContext());
            if (profile.isAbsent()) {
                found.accept(Finding.unset(this, Subject.of(container), profile, UNSET));
            }
        }
    }

    /**
     * Like Pod Security Admission, names the parts that set a wrong profile; only if there are none, those that set
     * none.
     */
    @Override
    public PodSummary describe(List<Finding> findings) {
        List<Finding> unsafe =
                findings.stream().filter(finding -> !finding.unset()).toList();
        return unsafe.isEmpty()
                ? new PodSummary(
                        "seccompProfile",
                        "pod or " + Wording.containers(findings) + " must set securityContext.seccompProfile.type to "
                                + ALLOWED)
                : Seccomp.describeUnsafe(unsafe);
    }

    @Override
    public String message(Finding finding) {
        return finding.unset()
                ? Wording.setters(List.of(finding)) + " must set securityContext.seccompProfile.type to " + ALLOWED
                : describe(List.of(finding)).detail();
    }

    @Override
    public Remedy remedy(Finding finding) {
        return Seccomp.remedy(
                finding,
                finding.unset() ? finding.place() : finding.place().parent().orElseThrow());
    }

    @Override
    public void harden(HardeningPass hardening) {
        Pod pod = hardening.pod();
        if (hardening.open().isEmpty()) {
            return;
        }
        Field onPod = Seccomp.profile(pod.securityContext());
        boolean containersSpeak = pod.containers().stream()
                .anyMatch(container ->
                        Seccomp.containerAnnotation(pod, container.name()).isPresent());
        if (hardening.mayFillPod(id()) && onPod.isAbsent() && !containersSpeak && !pod.isWindows()) {
            Optional<ObjectNode> profile = profileSaidBy(Seccomp.podAnnotation(pod));
            profile.ifPresent(said -> hardening.fill(onPod, said));
            if (profile.isPresent()) {
                return;
            }
        }
        for (Finding finding : hardening.open()) {
            hardenContainer(hardening, finding);
        }
    }

    /** Fills in the profile of the annotation, since the API server rejects a field that differs from it. */
    private static void hardenContainer(HardeningPass hardening, Finding finding) {
        Pod pod = hardening.pod();
        if (pod.isWindows()) {
            hardening.skip(finding, "the API server accepts no seccomp profile on a Windows pod");
            return;
        }
        String name = finding.subject().asContainer().map(Container::name).orElse("");
        Field own = Seccomp.containerAnnotation(pod, name);
        profileSaidBy(own.isPresent() ? own : Seccomp.podAnnotation(pod))
                .ifPresentOrElse(
                        profile -> hardening.fill(finding.place(), profile),
                        () -> hardening.skip(finding, "a seccomp annotation asks for a profile that is not allowed"));
    }

    @Override
    public CelFilling hardenInCel(RuleSettings settings) {
        String onPod = Seccomp.podAnnotationInCel() + ".orValue('runtime/default')";
        String own = Seccomp.containerAnnotationInCel("c") + ".orValue(" + onPod + ")";
        return CelFilling.where(
                        "!p.windows && " + profileInCel(own) + ".size() > 0",
                        CelFilling.member("seccompProfile", profileInCel(own) + "[0]"))
                .orOnPod(
                        "!p.windows && !p.spec.?securityContext.?seccompProfile.hasValue()\n && !p.containers.exists(c, "
                                + Seccomp.containerAnnotationInCel("c") + ".hasValue())\n && " + profileInCel(onPod)
                                + ".size() > 0",
                        CelFilling.member("seccompProfile", profileInCel(onPod) + "[0]"));
    }

    @Override
    public CelNeed needInCel(RuleSettings settings, ClusterCapabilities cluster) {
        return CelNeed.ofContainers("!c.?securityContext.?seccompProfile.hasValue()"
                + " && !(s.?securityContext.?seccompProfile.?type.orValue('') in " + Seccomp.ALLOWED_IN_CEL + ")");
    }

    /** In CEL: a list with the field that corresponds to the annotation, or an empty one. */
    private static String profileInCel(String annotation) {
        return "[" + annotation
                + "].map(a, a in ['runtime/default', 'docker/default'] ? [dyn({'type': 'RuntimeDefault'})]"
                + " : a.startsWith('localhost/') && a.size() > 10"
                + " ? [dyn({'type': 'Localhost', 'localhostProfile': a.substring(10)})] : [])[0]";
    }

    /** The field that corresponds to the annotation; the runtime's own profile without one. */
    private static Optional<ObjectNode> profileSaidBy(Field annotation) {
        String said = annotation.text().orElse("runtime/default");
        ObjectNode profile = JsonNodeFactory.instance.objectNode();
        if (said.equals("runtime/default") || said.equals("docker/default")) {
            return Optional.of(profile.put("type", "RuntimeDefault"));
        }
        return said.startsWith("localhost/") && said.length() > "localhost/".length()
                ? Optional.of(
                        profile.put("type", "Localhost").put("localhostProfile", said.substring("localhost/".length())))
                : Optional.empty();
    }
}
