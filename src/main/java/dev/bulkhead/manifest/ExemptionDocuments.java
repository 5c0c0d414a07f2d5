package dev.bulkhead.manifest;

import static dev.bulkhead.manifest.YamlWriter.entry;
import static dev.bulkhead.manifest.YamlWriter.list;
import static dev.bulkhead.manifest.YamlWriter.map;

import dev.bulkhead.engine.policy.Exemption;
import dev.bulkhead.engine.policy.document.PolicyReader;
import dev.bulkhead.engine.proposal.DeniedWorkload;
import dev.bulkhead.engine.proposal.Proposal;
import dev.bulkhead.engine.proposal.Proposal.Denial;
import dev.bulkhead.engine.proposal.Proposal.Proposed;
import dev.bulkhead.engine.text.SafeText;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Writes proposed exemptions as YAML documents for review: each with a comment that says what it is for, then the workloads
 * for which none is proposed, as a comment. See {@link YamlWriter}.
 */
public final class ExemptionDocuments {
    /** How many denials a comment lists. */
    private static final int MOST_DENIALS = 20;

    private static final int LONGEST_DENIAL = 300;

    private ExemptionDocuments() {}

    /** The documents as one text. */
    public static String write(List<Proposal> proposals) {
        StringBuilder text = new StringBuilder();
        for (Proposal proposal : proposals) {
            for (Proposed proposed : proposal.exemptions()) {
                write(proposal.workload(), proposed, text);
            }
        }
        List<Proposal> refused = proposals.stream()
                .filter(proposal -> proposal.objection().isPresent())
                .toList();
        if (!refused.isEmpty()) {
            text.append("---\n# No exemption is proposed for these:\n");
            for (Proposal proposal : refused) {
                text.append("#\n# ")
                        .append(SafeText.line(describe(proposal.workload()) + ": "
                                + proposal.objection().orElseThrow()))
                        .append(".\n");
                write(proposal.denials(), text);
            }
        }
        if (text.isEmpty()) {
            text.append("# No exemption is needed.\n");
        }
        return text.toString();
    }

    /** A workload as people name it. */
    public static String describe(DeniedWorkload.Id workload) {
        return workload.kind() + " " + workload.namespace() + "/"
                + (workload.name().isEmpty() ? "(no name)" : workload.name());
    }

    private static void write(DeniedWorkload.Id workload, Proposed proposed, StringBuilder text) {
        List<String> containers =
                proposed.exemption().match().containers().stream().sorted().toList();
        String named = containers.isEmpty()
                ? ""
                : (containers.size() == 1 ? " (container " : " (containers ") + String.join(", ", containers) + ")";
        text.append("---\n# ")
                .append(SafeText.line(describe(workload) + named + " would be denied without this:"))
                .append('\n');
        write(proposed.excuses(), text);
        text.append(yaml(proposed));
    }

    private static void write(List<Denial> denials, StringBuilder text) {
        denials.stream()
                .limit(MOST_DENIALS)
                .forEach(denial -> text.append("#   ")
                        .append(SafeText.line(denial.ruleId() + ": " + denial.message(), LONGEST_DENIAL))
                        .append('\n'));
        if (denials.size() > MOST_DENIALS) {
            text.append("#   and ").append(denials.size() - MOST_DENIALS).append(" more\n");
        }
    }

    private static String yaml(Proposed proposed) {
        Exemption exemption = proposed.exemption();
        List<NodeTuple> match = new ArrayList<>();
        match.add(entry("namespaces", list(exemption.match().namespaces(), FlowStyle.FLOW)));
        match.add(entry(
                "workloads",
                new SequenceNode(
                        Tag.SEQ,
                        exemption.match().workloads().stream()
                                .sorted()
                                .map(owner -> (Node) new MappingNode(
                                        Tag.MAP,
                                        List.of(entry("kind", owner.kind()), entry("name", owner.name())),
                                        FlowStyle.FLOW))
                                .toList(),
                        FlowStyle.BLOCK)));
        if (!exemption.match().containers().isEmpty()) {
            match.add(entry("containers", list(exemption.match().containers(), FlowStyle.FLOW)));
        }
        List<Node> allow = exemption.allow().keySet().stream()
                .sorted()
                .map(rule -> (Node) map(
                        entry("rule", rule),
                        entry("values", list(exemption.allow().getOrDefault(rule, Set.of()), FlowStyle.BLOCK))))
                .toList();
        return YamlWriter.write(map(
                entry("apiVersion", PolicyReader.API_VERSION),
                entry("kind", PolicyReader.EXEMPTION_KIND),
                entry("metadata", map(entry("name", proposed.name()), entry("namespace", proposed.namespace()))),
                entry(
                        "spec",
                        map(
                                entry("reason", exemption.reason()),
                                entry("owner", exemption.owner()),
                                entry("expires", exemption.expires().toString()),
                                entry("match", new MappingNode(Tag.MAP, match, FlowStyle.BLOCK)),
                                entry("allow", new SequenceNode(Tag.SEQ, allow, FlowStyle.BLOCK))))));
    }
}
