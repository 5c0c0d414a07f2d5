package dev.bulkhead.app.cli.output.table;

import static dev.bulkhead.app.cli.output.table.TableText.INDENT;

import dev.bulkhead.app.cli.output.TerminalStyle.Style;
import dev.bulkhead.app.cli.output.TextLayout;
import dev.bulkhead.engine.report.Report;
import dev.bulkhead.engine.report.ReportedFinding;
import dev.bulkhead.engine.report.ReportedWorkload;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.RuleInfo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Writes the findings of a report by rule: as numbers, or one by one. */
final class RuleTable {
    private static final List<Action> ACTIONS = List.of(Action.DENY, Action.WARN, Action.HARDEN);

    private final TableText text;
    private final List<ReportedWorkload> workloads;

    RuleTable(TableText text, Report report) {
        this.text = text;
        this.workloads = report.workloads();
    }

    /** A finding and its workload. */
    private record Found(ReportedWorkload workload, ReportedFinding finding) {}

    /** The findings of a rule with one action. */
    private static final class OfRule {
        private final RuleInfo rule;
        private final List<Found> found = new ArrayList<>();
        private final Set<Integer> workloads = new HashSet<>();

        OfRule(RuleInfo rule) {
            this.rule = rule;
        }

        void add(int index, ReportedWorkload workload, ReportedFinding finding) {
            workloads.add(index);
            found.add(new Found(workload, finding));
        }

        /** Whether all findings say the same. */
        boolean isOne(Function<ReportedFinding, String> part) {
            return found.stream().map(Found::finding).map(part).distinct().count() == 1;
        }

        String count() {
            return TextLayout.counted(found.size(), "finding") + " in "
                    + TextLayout.counted(workloads.size(), "workload");
        }
    }

    /** The rules with findings of that action, those with the most findings first. */
    private List<OfRule> rules(Action action) {
        Map<String, OfRule> rules = new LinkedHashMap<>();
        for (int i = 0; i < workloads.size(); i++) {
            ReportedWorkload workload = workloads.get(i);
            for (ReportedFinding finding : workload.leadingTo(action)) {
                rules.computeIfAbsent(finding.rule().id(), id -> new OfRule(finding.rule()))
                        .add(i, workload, finding);
            }
        }
        return rules.values().stream()
                .sorted(Comparator.comparing((OfRule rule) -> -rule.found.size())
                        .thenComparing(rule -> rule.rule.id()))
                .toList();
    }

    /** The numbers. */
    void addNumbers() {
        int widest = ACTIONS.stream()
                .flatMap(action -> rules(action).stream())
                .mapToInt(rule -> rule.rule.id().length())
                .max()
                .orElse(0);
        for (Action action : ACTIONS) {
            for (OfRule rule : rules(action)) {
                text.action(styleOf(action), action.label())
                        .add(TextLayout.pad(rule.rule.id(), widest) + INDENT + rule.count() + "\n");
            }
        }
    }

    /** The findings with these actions, one by one. */
    void addFindings(List<Action> actions) {
        for (Action action : actions) {
            rules(action).forEach(rule -> add(action, rule));
        }
    }

    private void add(Action action, OfRule rule) {
        text.add(styleOf(action), TextLayout.pad(action.label(), TableText.ACTION_WIDTH))
                .add(INDENT)
                .add(Style.BOLD, rule.rule.id())
                .add(INDENT + rule.count() + " (" + rule.rule.severity().label() + ")\n");
        boolean oneMessage = rule.isOne(ReportedFinding::message);
        boolean oneFix = rule.isOne(ReportedFinding::fix);
        ReportedFinding first = rule.found.get(0).finding();
        if (oneMessage) {
            text.below(first.message());
        }
        if (oneFix) {
            text.below("fix: " + first.fix());
        }
        for (Found found : rule.found) {
            ReportedWorkload workload = found.workload();
            ReportedFinding finding = found.finding();
            text.add(INDENT).add(TableText.nameOf(workload));
            workload.location()
                    .ifPresent(at -> text.add(INDENT)
                            .add(Style.FAINT, TableText.place(at, finding.line().orElse(at.line()))));
            text.add("\n");
            if (!oneMessage) {
                text.below(finding.message());
            }
            if (!oneFix) {
                text.below("fix: " + finding.fix());
            }
        }
    }

    private static Style styleOf(Action action) {
        return switch (action) {
            case DENY -> Style.RED;
            case WARN -> Style.YELLOW;
            case HARDEN -> Style.CYAN;
            case AUDIT, OFF -> Style.FAINT;
        };
    }
}
