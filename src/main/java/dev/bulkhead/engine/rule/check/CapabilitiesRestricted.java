package dev.bulkhead.engine.rule.check;

import static dev.bulkhead.engine.rule.Standard.CIS;
import static dev.bulkhead.engine.rule.Standard.POD_SECURITY;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.bulkhead.engine.edit.Edit;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.HardeningPass;
import dev.bulkhead.engine.rule.HardeningRule;
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
import java.util.function.Consumer;

/**
 * The runtimes' default capabilities are more than almost any program needs. Each one can turn a bug into a container
 * escape.
 *
 * <p>Fields: {@code securityContext.capabilities.drop} and {@code add} of every container. Allowed: drop contains ALL;
 * add at most NET_BIND_SERVICE. Versions: from 1.22; from 1.25 not on Windows pods.
 */
final class CapabilitiesRestricted extends PodSecurityRule implements HardeningRule {
    CapabilitiesRestricted() {
        super(RuleInfo.restricted(
                "capabilities_restricted",
                Layer.CAPABILITIES,
                Severity.MEDIUM,
                "Capabilities not dropped",
                "Every container must drop all capabilities and may add back only NET_BIND_SERVICE.",
                POD_SECURITY.control("Capabilities"),
                CIS.control("5.2.8", "Minimize the admission of containers with the NET_RAW capability"),
                CIS.control("5.2.9", "Minimize the admission of containers with capabilities assigned")));
    }

    /** The value of a finding about a container that does not drop all capabilities. */
    private static final TextNode ALL = TextNode.valueOf("ALL");

    private static final String DEFAULT_SET = "default";

    @Override
    public List<VersionedCheck> revisions() {
        return List.of(
                VersionedCheck.since(22, this::check).replacing("capabilities_baseline"),
                VersionedCheck.since(25, this::checkLinux).replacing("capabilities_baseline"));
    }

    private void checkLinux(Pod pod, RuleContext context, Consumer<Finding> found) {
        if (!pod.isWindows()) {
            check(pod, context, found);
        }
    }

    private void check(Pod pod, RuleContext context, Consumer<Finding> found) {
        for (Container container : pod.containers()) {
            Field capabilities = container.securityContext().get("capabilities");
            Field drop = capabilities.get("drop");
            if (drop.items().stream().noneMatch(dropped -> dropped.textOrEmpty().equals("ALL"))) {
                found.accept(Finding.unset(this, Subject.of(container), drop, DEFAULT_SET));
            }
            for (Field added : capabilities.get("add").items()) {
                if (!added.textOrEmpty().equals("NET_BIND_SERVICE")) {
                    found.accept(Finding.unsafe(this, Subject.of(container), added, added.textOrEmpty()));
                }
            }
        }
    }

    @Override
    public PodSummary describe(List<Finding> findings) {
        List<Finding> keeping = findings.stream().filter(Finding::unset).toList();
        List<Finding> adding =
                findings.stream().filter(finding -> !finding.unset()).toList();
        List<String> clauses = new ArrayList<>();
        if (!keeping.isEmpty()) {
            clauses.add(Wording.containers(keeping) + " must set securityContext.capabilities.drop=[\"ALL\"]");
        }
        if (!adding.isEmpty()) {
            clauses.add(Wording.containers(adding) + " must not include "
                    + Wording.quoted(Wording.sorted(Finding.values(adding)))
                    + " in securityContext.capabilities.add");
        }
        return new PodSummary("unrestricted capabilities", String.join("; ", clauses));
    }

    @Override
    public Remedy remedy(Finding finding) {
        if (!finding.unset()) {
            return CapabilitiesBaseline.remedyOf(finding);
        }
        return new Remedy(
                "add ALL to securityContext.capabilities.drop",
                context ->
                        RemedyParts.isOnWindows(finding) ? List.of() : List.of(new Edit.Append(finding.place(), ALL)));
    }

    @Override
    public void harden(HardeningPass hardening) {
        for (Finding finding : hardening.open()) {
            if (hardening.pod().isWindows()) {
                hardening.skip(finding, "the API server accepts no capabilities on a Windows pod");
            } else {
                hardening.append(finding.place(), ALL);
            }
        }
    }
}
