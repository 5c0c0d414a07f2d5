package dev.bulkhead.engine.report;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.engine.edit.EditScript;
import dev.bulkhead.engine.edit.Operation;
import dev.bulkhead.engine.evaluation.EvaluatedFinding;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.Remedy;
import dev.bulkhead.engine.rule.RuleContext;
import dev.bulkhead.engine.rule.RuleInfo;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A finding as outputs show it.
 *
 * @param rule the rule that found it, with its layer, severity and page
 * @param action what is done about it, unless an exemption excuses it
 * @param container the name of the container that it is about; empty where it is about the pod
 * @param path the JSON Pointer from the document's root
 * @param line where that stands, or what is nearest to it; empty where there is no file
 * @param column the same; in Unicode code points from 1
 * @param message what is wrong, in a sentence without its end
 * @param value the offending value, which is what exemptions name; never a secret
 * @param exemption the exemption that excuses it, if one does
 * @param fix how it is put right, in words
 * @param edits the same as a JSON Patch of the document; empty where no edit can be right
 * @param notHardenedReason why the safe value was not filled in, where it might have been
 * @param baseline whether it is in the baseline; empty where it was not compared with one
 */
public record ReportedFinding(
        RuleInfo rule,
        Action action,
        Optional<String> container,
        String path,
        OptionalInt line,
        OptionalInt column,
        String message,
        String value,
        Optional<String> exemption,
        String fix,
        List<Operation> edits,
        Optional<String> notHardenedReason,
        Optional<BaselineState> baseline) {
    public ReportedFinding {
        edits = List.copyOf(edits);
    }

    static ReportedFinding of(EvaluatedFinding evaluated, RuleContext context, JsonNode given, ObjectOrigin origin) {
        Finding finding = evaluated.finding();
        Remedy remedy = finding.remedy();
        List<Operation> edits =
                EditScript.of(remedy.edits().in(context)).onto(given).operations();
        String pointer = finding.place().pointer();
        return new ReportedFinding(
                finding.rule().info(),
                evaluated.action(),
                finding.subject().asContainer().map(container -> container.name()),
                origin.prefix() + pointer,
                origin.line(pointer),
                origin.column(pointer),
                finding.message(),
                finding.value(),
                evaluated.exemption(),
                remedy.text(),
                edits.stream().map(edit -> edit.below(origin.prefix())).toList(),
                evaluated.notHardenedReason(),
                Optional.empty());
    }

    /** The same, compared with a baseline. */
    ReportedFinding with(BaselineState state) {
        return new ReportedFinding(
                rule,
                action,
                container,
                path,
                line,
                column,
                message,
                value,
                exemption,
                fix,
                edits,
                notHardenedReason,
                Optional.of(state));
    }

    /** Whether the finding has this action, and neither an exemption nor a baseline excuses it. */
    public boolean leadsTo(Action wanted) {
        return action == wanted && exemption.isEmpty() && !isKnown();
    }

    /** Whether it is in the baseline. */
    public boolean isKnown() {
        return baseline.filter(state -> state == BaselineState.KNOWN).isPresent();
    }
}
