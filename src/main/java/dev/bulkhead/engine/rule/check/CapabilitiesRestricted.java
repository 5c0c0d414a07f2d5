package dev.bulkhead.engine.rule.check;

import static dev.bulkhead.engine.rule.Standard.CIS;
import static dev.bulkhead.engine.rule.Standard.POD_SECURITY;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.bulkhead.engine.cel.Cel;
import dev.bulkhead.engine.cel.CelCheck;
import dev.bulkhead.engine.cel.CelFilling;
import dev.bulkhead.engine.cel.CelNeed;
import dev.bulkhead.engine.edit.Edit;
import dev.bulkhead.engine.image.ImageKnowledge;
import dev.bulkhead.engine.image.ImageKnowledge.Fact;
import dev.bulkhead.engine.image.KnownImages;
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
import dev.bulkhead.engine.rule.Starts;
import dev.bulkhead.engine.rule.Subject;
import dev.bulkhead.engine.rule.VersionedCheck;
import dev.bulkhead.engine.rule.Wording;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The runtimes' default capabilities are more than almost any program needs. Each one can turn a bug into a container
 * escape.
 *
 * <p>Fields: {@code securityContext.capabilities.drop} and {@code add} of every container. Allowed: drop contains ALL;
 * add at most NET_BIND_SERVICE. Versions: from 1.22; from 1.25 not on Windows pods.
 */
final class CapabilitiesRestricted extends PodSecurityRule implements HardeningRule {
    private static final String NET_BIND_SERVICE = "NET_BIND_SERVICE";
    private static final int UNPRIVILEGED_PORTS = 1_024;

    /** Longer lists are not searched in CEL, which bounds its work. */
    private static final int MOST_CAPABILITIES = 50;

    /** Longer names are not searched in CEL. */
    private static final int LONGEST_IMAGE = 512;

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

    private static final CelCheck CEL = cel("true");
    private static final CelCheck CEL_LINUX = cel("!p.windows");

    private static CelCheck cel(String where) {
        String capabilities = "c.?securityContext.?capabilities";
        return CelCheck.fix("set securityContext.capabilities.drop to [ALL], and add nothing but NET_BIND_SERVICE")
                .containers(capabilities + ".?add.orValue([])\n.filter(x, " + where + " && x != '" + NET_BIND_SERVICE
                        + "')")
                .unsetInContainers(where + " && !('ALL' in " + capabilities + ".?drop.orValue([]))", DEFAULT_SET);
    }

    @Override
    public List<VersionedCheck> revisions() {
        return List.of(
                VersionedCheck.since(22, this::check).inCel(CEL).replacing("capabilities_baseline"),
                VersionedCheck.since(25, this::checkLinux).inCel(CEL_LINUX).replacing("capabilities_baseline"));
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
                if (!added.textOrEmpty().equals(NET_BIND_SERVICE)) {
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
        if (hardening.isFilling(id()) && !hardening.pod().isWindows()) {
            hardening.pod().containers().stream()
                    .filter(container -> hardening.isEditable(container) && !hardening.isExcused(id(), container))
                    .filter(container -> !adds(container, NET_BIND_SERVICE))
                    .forEach(container -> noteWhatNeedsCapabilities(hardening, container));
        }
    }

    @Override
    public CelFilling hardenInCel(RuleSettings settings) {
        String capabilities = "c.?securityContext.?capabilities";
        String drop = capabilities + ".?drop";
        return CelFilling.where(
                "!p.windows",
                new CelFilling.Addition(
                        drop + ".hasValue() ? '/capabilities/drop/-' : " + capabilities
                                + ".hasValue() ? '/capabilities/drop' : '/capabilities'",
                        drop + ".hasValue() ? dyn('ALL') : " + capabilities
                                + ".hasValue() ? dyn(['ALL']) : dyn({'drop': ['ALL']})"));
    }

    @Override
    public CelNeed needInCel(RuleSettings settings, ClusterCapabilities cluster) {
        String capabilities = "c.?securityContext.?capabilities";
        CelNeed need = CelNeed.ofPod("s.?hostNetwork.orValue(false)")
                .orOfContainers("[" + capabilities + ".?drop.orValue([])].exists(d, d.size() > " + MOST_CAPABILITIES
                        + " || !('ALL' in d))");
        String adds = "[" + capabilities + ".?add.orValue([])].exists(a, a.size() <= " + MOST_CAPABILITIES + " && "
                + Cel.text(NET_BIND_SERVICE) + " in a)";
        String image = KnownImages.requiring(NET_BIND_SERVICE).stream()
                .map(repository -> "i.contains(" + Cel.text(repository) + ")")
                .collect(Collectors.joining(" || "));
        return image.isEmpty()
                ? need
                : need.orOfContainers("[c.?image.orValue('')].exists(i, i.size() > " + LONGEST_IMAGE + " || " + image
                        + ") && !" + adds);
    }

    private static boolean adds(Container container, String capability) {
        return RemedyParts.contains(
                container.securityContext().get("capabilities").get("add"), capability);
    }

    /** What does not work without any capability, and is known beforehand. */
    private static void noteWhatNeedsCapabilities(HardeningPass hardening, Container container) {
        Optional<ImageKnowledge> known = ContainerUsers.knowledge(container, hardening.context());
        Optional<Fact<List<String>>> required = known.flatMap(ImageKnowledge::requires)
                .filter(capabilities -> capabilities.value().contains(NET_BIND_SERVICE));
        if (required.isPresent()) {
            hardening.note(
                    Starts.NO,
                    "container \"" + container.name() + "\" will not start: the program in its image carries the file"
                            + " capability " + NET_BIND_SERVICE + "; add it to securityContext.capabilities.add",
                    required.get().source());
            return;
        }
        if (hardening.pod().spec().get("hostNetwork").isTrue()) {
            lowPort(container, known)
                    .ifPresent(port -> hardening.note("container \"" + container.name()
                            + "\" may not be able to listen on port " + port
                            + " of the node as a user other than root; use a port above 1023"));
        }
    }

    /** A port below 1024 that the container listens on, which in a network namespace of its own needs no capability. */
    private static Optional<Long> lowPort(Container container, Optional<ImageKnowledge> known) {
        List<Long> ports = new ArrayList<>();
        container
                .field()
                .get("ports")
                .items()
                .forEach(port -> port.get("containerPort").integer().ifPresent(ports::add));
        if (ports.isEmpty()) {
            known.flatMap(ImageKnowledge::ports)
                    .ifPresent(listened -> listened.value().forEach(port -> ports.add((long) port)));
        }
        return ports.stream()
                .filter(port -> port > 0 && port < UNPRIVILEGED_PORTS)
                .findFirst();
    }
}
