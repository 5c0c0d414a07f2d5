package dev.bulkhead.engine.rule.check;

import static dev.bulkhead.engine.rule.Standard.NSA_CISA;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.bulkhead.engine.cel.Cel;
import dev.bulkhead.engine.cel.CelCheck;
import dev.bulkhead.engine.cel.CelFilling;
import dev.bulkhead.engine.cel.CelNeed;
import dev.bulkhead.engine.edit.Edit;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.HardeningPass;
import dev.bulkhead.engine.rule.HardeningRule;
import dev.bulkhead.engine.rule.Layer;
import dev.bulkhead.engine.rule.PodSummary;
import dev.bulkhead.engine.rule.Remedy;
import dev.bulkhead.engine.rule.RuleAction;
import dev.bulkhead.engine.rule.RuleContext;
import dev.bulkhead.engine.rule.RuleInfo;
import dev.bulkhead.engine.rule.RuleSettings;
import dev.bulkhead.engine.rule.Severity;
import dev.bulkhead.engine.rule.Subject;
import dev.bulkhead.engine.rule.VersionedCheck;
import dev.bulkhead.engine.rule.Wording;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Containers share the node's kernel, so one bug in it exposes all of them. A sandboxed runtime (gVisor, Kata) adds a
 * kernel of its own.
 *
 * <p>Fields: {@code spec.runtimeClassName}. Allowed: the RuntimeClasses that the policy counts as a sandbox. Versions:
 * all.
 */
final class SandboxRuntime extends BulkheadRule implements HardeningRule {
    static final String ID = "sandboxRuntime";

    private static final String UNSET = "unset";

    /** They require nothing of pods in a sandbox that leave the field unset. */
    private static final List<String> RELAXED = List.of(UserNamespace.ID);

    SandboxRuntime() {
        super(
                RuleInfo.bulkhead(
                        ID,
                        Layer.SANDBOX,
                        Severity.LOW,
                        "No sandboxed runtime",
                        "A pod must run under a sandboxed runtime, which keeps it off the node's kernel.",
                        NSA_CISA.control("Hardening container environments")),
                RuleAction.OFF,
                RuleAction.of(Action.HARDEN));
    }

    private static CelCheck cel(RuleSettings settings, ClusterCapabilities cluster) {
        return CelCheck.fix("set spec.runtimeClassName to one of " + String.join(", ", settings.sandboxClasses()))
                .pod(Cel.values("p.spec.?runtimeClassName") + "\n.filter(x, !(x in "
                        + Cel.list(settings.sandboxClasses()) + ")).map(x, x == '' ? '" + UNSET + "' : x)")
                .unsetInPod("!p.spec.?runtimeClassName.hasValue()", UNSET)
                .but("whether the cluster has the RuntimeClass is not looked up");
    }

    @Override
    public List<VersionedCheck> revisions() {
        return List.of(VersionedCheck.since(0, this::check).inCel(SandboxRuntime::cel));
    }

    /** Whether a pod runs in what the policy counts as a sandbox. */
    static boolean isSandboxed(Pod pod, RuleSettings settings) {
        return settings.sandboxClasses()
                .contains(pod.spec().get("runtimeClassName").textOrEmpty());
    }

    private void check(Pod pod, RuleContext context, Consumer<Finding> found) {
        Field runtimeClass = pod.spec().get("runtimeClassName");
        String name = runtimeClass.textOrEmpty();
        if (!isSandboxed(pod, context.settings())) {
            String value = name.isEmpty() ? UNSET : name;
            found.accept(new Finding(this, Subject.pod(), runtimeClass, value, runtimeClass.isAbsent()));
        }
    }

    @Override
    public PodSummary describe(List<Finding> findings) {
        String value = findings.get(0).value();
        return new PodSummary(
                "runtime without sandbox",
                value.equals(UNSET)
                        ? "pod must set runtimeClassName to a sandboxed runtime"
                        : "pod must not set runtimeClassName to " + Wording.quoted(List.of(value))
                                + ", which is no sandboxed runtime");
    }

    @Override
    public Remedy remedy(Finding finding) {
        return new Remedy(
                "set spec.runtimeClassName to a RuntimeClass that the policy counts as a sandbox, such as gVisor or Kata",
                context -> RemedyParts.isOnWindows(finding)
                        ? List.of()
                        : sandbox(context)
                                .map(name -> List.of(Edit.set(finding.place(), TextNode.valueOf(name))))
                                .orElse(List.of()));
    }

    /**
     * The API server rejects an unknown class, and one whose overhead differs from the pod's. It adds the class's
     * overhead, nodeSelector and tolerations itself.
     */
    @Override
    public void harden(HardeningPass hardening) {
        RuleContext context = hardening.context();
        Optional<String> sandbox = sandbox(context);
        for (Finding finding : hardening.open()) {
            if (!hardening.mayFillPod(id())) {
                hardening.skip(finding, "only a pod that is being created can be given a runtime");
            } else if (hardening.pod().isWindows()) {
                hardening.skip(finding, "sandboxed runtimes run no Windows pods");
            } else if (!hardening.pod().spec().get("overhead").members().isEmpty()) {
                hardening.skip(finding, "the API server accepts no RuntimeClass whose overhead is not spec.overhead");
            } else if (sandbox.isEmpty()) {
                hardening.skip(finding, missing(context.settings().sandboxClasses()));
            } else {
                hardening.fill(finding.place(), TextNode.valueOf(sandbox.get()));
                hardening.relax(RELAXED);
            }
        }
    }

    @Override
    public CelFilling hardenInCel(RuleSettings settings) {
        return CelFilling.inexpressible("CEL does not see which RuntimeClasses the cluster has");
    }

    @Override
    public CelNeed needInCel(RuleSettings settings, ClusterCapabilities cluster) {
        return settings.sandboxClasses().stream().anyMatch(cluster::hasRuntimeClass)
                ? CelNeed.ofPod("!s.?runtimeClassName.hasValue()")
                : CelNeed.NOTHING;
    }

    /** The first of the policy's classes that the cluster has. */
    private static Optional<String> sandbox(RuleContext context) {
        return context.settings().sandboxClasses().stream()
                .filter(context.cluster()::hasRuntimeClass)
                .findFirst();
    }

    private static String missing(List<String> classes) {
        return classes.isEmpty()
                ? "the policy counts no RuntimeClass as a sandbox"
                : "the cluster has no RuntimeClass " + Wording.quoted(classes);
    }
}
