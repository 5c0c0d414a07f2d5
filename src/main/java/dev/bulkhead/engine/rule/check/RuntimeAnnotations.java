package dev.bulkhead.engine.rule.check;

import dev.bulkhead.engine.cel.Cel;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Container runtimes read annotations whose settings no field of the pod shows: another hypervisor or kernel for Kata
 * Containers, the host's network for gVisor, devices and writable cgroups for CRI-O, mounts for a plugin of the Node
 * Resource Interface. Admission cannot see whether a node's configuration allows them.
 *
 * <p>Fields: {@code metadata.annotations}. Allowed: every annotation that is in none of the runtimes' families, and the
 * few in them that are known to weaken nothing. New annotations are denied until they are added to that list.
 * Versions: all.
 */
final class RuntimeAnnotations extends BulkheadRule {
    /**
     * A family of annotations.
     *
     * @param reader the runtime that reads them
     * @param text the prefix of their keys; if it begins with a dot, the suffix of their domain
     */
    private record Family(String reader, String text) {
        boolean has(String key) {
            return text.startsWith(".") ? hasDomain(key) : key.startsWith(text);
        }

        /** Whether the annotation of key {@code k} and domain {@code d} is one of the family. */
        String inCel() {
            return text.startsWith(".")
                    ? "d.endsWith(" + Cel.text(text) + ") || d.contains(" + Cel.text(text + ".") + ")"
                    : "k.startsWith(" + Cel.text(text) + ")";
        }

        /** {@code devices.crio.io}, {@code devices.crio.io/web}, and the older {@code devices.crio.io.web}. */
        private boolean hasDomain(String key) {
            String domain = withoutContainer(key);
            return domain.endsWith(text) || domain.contains(text + ".");
        }
    }

    /** The rule's page names the source of each. */
    private static final List<Family> FAMILIES = List.of(
            new Family("Kata Containers", "io.katacontainers."),
            new Family("gVisor", "dev.gvisor."),
            new Family("CRI-O", "io.kubernetes.cri-o."),
            new Family("CRI-O", ".crio.io"),
            new Family("CRI-O", "seccomp-profile.kubernetes.cri-o.io"),
            new Family("the seccomp BPF hook", "io.containers.trace-syscall"),
            new Family("crun", "run.oci."),
            new Family("runc and crun", "org.systemd.property."),
            new Family("runc", "org.criu.config"),
            new Family("plugins of the Node Resource Interface", ".nri.io"),
            new Family("plugins of the Node Resource Interface", ".nri.containerd.io"),
            new Family("plugins of the Node Resource Interface", ".noderesource.dev"),
            new Family("the Container Device Interface", "cdi.k8s.io/"));

    /** Sizes, and settings that only restrict the pod. */
    private static final Set<String> HARMLESS = Set.of(
            "io.katacontainers.config.hypervisor.default_max_vcpus",
            "io.katacontainers.config.hypervisor.default_memory",
            "io.katacontainers.config.hypervisor.default_vcpus",
            "io.katacontainers.config.hypervisor.enable_iommu",
            "io.kubernetes.cri-o.ShmSize",
            "io.kubernetes.cri-o.TrySkipVolumeSELinuxLabel",
            "io.kubernetes.cri-o.umask",
            "shm-size.crio.io",
            "try-skip-volume-selinux-label.crio.io",
            "umask.crio.io",
            "required-plugins.noderesource.dev");

    /** Plugins that assign CPUs and memory to containers. */
    private static final List<String> HARMLESS_DOMAINS =
            List.of(".resource-policy.nri.io", ".resource-policy.noderesource.dev");

    RuntimeAnnotations() {
        super(
                RuleInfo.bulkhead(
                        "runtimeAnnotations",
                        Layer.SANDBOX,
                        Severity.HIGH,
                        "Annotation that weakens the runtime's isolation",
                        "No annotation may give orders to the container runtime that weaken the pod's isolation."),
                RuleAction.of(Action.WARN),
                RuleAction.of(Action.DENY));
    }

    private static final CelCheck CEL = CelCheck.fix("remove the annotation")
            .annotations("[k.split('/')[0]].filter(d,\n"
                    + "  !(d in " + Cel.set(HARMLESS) + ")\n"
                    + HARMLESS_DOMAINS.stream()
                            .map(domain -> "  && !d.endsWith(" + Cel.text(domain) + ")\n")
                            .collect(Collectors.joining())
                    + "  && (" + FAMILIES.stream().map(Family::inCel).collect(Collectors.joining("\n    || "))
                    + ")).map(d, k)");

    @Override
    public List<VersionedCheck> revisions() {
        return VersionedCheck.only(this::check, CEL);
    }

    private void check(Pod pod, RuleContext context, Consumer<Finding> found) {
        for (Field annotation : pod.metadata().get("annotations").members()) {
            String key = annotation.name();
            if (!isHarmless(withoutContainer(key)) && FAMILIES.stream().anyMatch(family -> family.has(key))) {
                found.accept(Finding.unsafe(this, Subject.ofAnnotation(key), annotation, key));
            }
        }
    }

    private static boolean isHarmless(String domain) {
        return HARMLESS.contains(domain) || HARMLESS_DOMAINS.stream().anyMatch(domain::endsWith);
    }

    /** Removes the container's name from keys of the form {@code KEY/CONTAINER}. */
    private static String withoutContainer(String key) {
        int slash = key.indexOf('/');
        return slash < 0 ? key : key.substring(0, slash);
    }

    @Override
    public PodSummary describe(List<Finding> findings) {
        List<String> readers = new ArrayList<>();
        for (Family family : FAMILIES) {
            if (!readers.contains(family.reader())
                    && findings.stream().anyMatch(finding -> family.has(finding.value()))) {
                readers.add(family.reader());
            }
        }
        return new PodSummary(
                "runtime annotations",
                "pod must not set " + Wording.named("annotation", Wording.sorted(Finding.values(findings)))
                        + ", by which " + String.join(", ", readers)
                        + " may weaken its isolation or add devices");
    }

    @Override
    public Remedy remedy(Finding finding) {
        return Remedy.of(
                "remove metadata.annotations[\"" + finding.value()
                        + "\"]; where the runtime needs it, set it for all pods of a RuntimeClass in the runtime's configuration"
                        + " on the node",
                new Edit.Remove(finding.place()));
    }
}
