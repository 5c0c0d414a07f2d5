package dev.bulkhead.app.cli.output;

import dev.bulkhead.app.cli.output.TerminalStyle.Style;
import dev.bulkhead.engine.edit.Operation;
import dev.bulkhead.engine.preview.Evidence;
import dev.bulkhead.engine.preview.Preview;
import dev.bulkhead.engine.preview.Preview.Group;
import dev.bulkhead.engine.preview.PreviewOutcome;
import dev.bulkhead.engine.preview.PreviewedWorkload;
import dev.bulkhead.engine.report.ReportedFinding;
import dev.bulkhead.engine.report.ReportedWorkload;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.Starts;
import dev.bulkhead.engine.text.SafeText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Writes a preview for a person: the numbers first, then the workloads by outcome, owner and namespace, from the worst to the
 * best, with the reason.
 */
public final class PreviewTable {
    private static final String GROUP = "  ";
    private static final String WORKLOAD = "    ";
    private static final String DETAIL = "      ";
    private static final int LONGEST_VALUE = 120;
    private static final int NUMBER_WIDTH = 6;

    private final Preview preview;
    private final TerminalStyle look;
    private final boolean verbose;
    private final StringBuilder out = new StringBuilder();

    private PreviewTable(Preview preview, TerminalStyle look, boolean verbose) {
        this.preview = preview;
        this.look = look;
        this.verbose = verbose;
    }

    /**
     * The preview as text.
     *
     * @param verbose whether all evidence is listed, and every edit
     */
    public static String of(Preview preview, TerminalStyle look, boolean verbose) {
        PreviewTable table = new PreviewTable(preview, look, verbose);
        table.addNumbers();
        table.addSection(PreviewOutcome.DENIED, "Denied");
        table.addSection(PreviewOutcome.AT_RISK, "Hardened, but may not start");
        table.addSection(PreviewOutcome.HARDENED, "Hardened");
        table.addSection(PreviewOutcome.PASSES, "Pass as they are");
        table.addHints();
        return table.out.toString();
    }

    private void addNumbers() {
        long warned =
                preview.workloads().stream().filter(PreviewedWorkload::isWarned).count();
        add(
                "",
                "Enforcing " + SafeText.line(preview.name()) + " here, of "
                        + TextLayout.counted(preview.workloads().size(), "workload") + ":");
        addNumber(Style.RED, preview.count(PreviewOutcome.DENIED), "would be denied");
        addNumber(
                Style.YELLOW,
                preview.count(PreviewOutcome.AT_RISK),
                "would be hardened, and would not start or may not");
        addNumber(Style.CYAN, preview.count(PreviewOutcome.HARDENED), "would be hardened, and start");
        addNumber(
                Style.GREEN,
                preview.count(PreviewOutcome.PASSES),
                "pass as they are" + (warned > 0 ? ", " + warned + " of them with a warning" : ""));
        if (preview.excluded() > 0) {
            add(
                    GROUP,
                    TextLayout.counted(preview.excluded(), "more workload")
                            + " in namespaces that are excluded from admission: nothing changes for them.");
        }
        preview.remarks().forEach(remark -> add(GROUP, "Note: " + SafeText.line(remark) + "."));
    }

    private void addNumber(Style style, long number, String what) {
        String text = String.valueOf(number);
        out.append(" ".repeat(Math.max(0, NUMBER_WIDTH - text.length())))
                .append(look.styled(number == 0 ? Style.FAINT : style, text))
                .append("  ")
                .append(what)
                .append('\n');
    }

    private void addSection(PreviewOutcome outcome, String title) {
        long count = preview.count(outcome);
        if (count == 0) {
            return;
        }
        out.append('\n')
                .append(look.styled(Style.BOLD, title + " (" + count + ")"))
                .append('\n');
        for (Group group : preview.groups(outcome)) {
            out.append(GROUP)
                    .append(group.owner()
                            .map(owner -> "owner " + SafeText.line(owner))
                            .orElse("no owner"))
                    .append(", namespace ")
                    .append(SafeText.line(group.namespace()))
                    .append('\n');
            if (outcome.compareTo(PreviewOutcome.HARDENED) > 0 || verbose) {
                group.workloads().forEach(workload -> add(workload, outcome));
            } else {
                addNames(group, outcome);
            }
        }
    }

    /** Those that need no attention share a line, unless there is a warning. */
    private void addNames(Group group, PreviewOutcome outcome) {
        Map<String, List<String>> byFilledIn = new LinkedHashMap<>();
        for (PreviewedWorkload workload : group.workloads()) {
            if (workload.report().leadingTo(Action.WARN).isEmpty()) {
                byFilledIn
                        .computeIfAbsent(filledIn(workload.report()), rules -> new ArrayList<>())
                        .add(nameOf(workload.report()));
            }
        }
        byFilledIn.forEach((rules, names) -> {
            add(WORKLOAD, String.join(", ", names));
            addFilledIn(rules);
        });
        group.workloads().stream()
                .filter(workload -> !workload.report().leadingTo(Action.WARN).isEmpty())
                .forEach(workload -> add(workload, outcome));
    }

    private static String nameOf(ReportedWorkload workload) {
        return SafeText.line(workload.kind()) + " "
                + SafeText.line(workload.name().isEmpty() ? "(no name)" : workload.name());
    }

    private void add(PreviewedWorkload workload, PreviewOutcome outcome) {
        ReportedWorkload report = workload.report();
        out.append(WORKLOAD)
                .append(look.styled(Style.BOLD, nameOf(report)))
                .append(look.styled(Style.FAINT, "  " + TextLayout.counted(workload.pods(), "pod")))
                .append(report.evaluated() ? "" : "  (no policy is for it)")
                .append('\n');
        report.leadingTo(Action.DENY).forEach(finding -> add("deny", finding));
        report.leadingTo(Action.WARN).forEach(finding -> add("warn", finding));
        report.omitted()
                .forEach(omitted -> add(
                        DETAIL,
                        omitted.action().label() + " "
                                + TextLayout.counted(omitted.count(), "more finding")
                                + omitted.rule().map(rule -> " of " + rule).orElse("")));
        if (outcome == PreviewOutcome.AT_RISK || verbose) {
            workload.evidence().stream()
                    .filter(one -> verbose || one.starts() != Starts.YES)
                    .forEach(this::add);
        }
        if (outcome != PreviewOutcome.DENIED || verbose) {
            addFilledIn(filledIn(report));
        }
        if (verbose) {
            report.leadingTo(Action.HARDEN).forEach(this::addEdits);
            report.excused()
                    .forEach(finding -> add(
                            DETAIL,
                            "exempted by " + SafeText.line(finding.exemption().orElse("")) + ": " + sentence(finding)));
        }
    }

    private static String filledIn(ReportedWorkload report) {
        return report.leadingTo(Action.HARDEN).stream()
                .map(finding -> finding.rule().id())
                .distinct()
                .collect(Collectors.joining(", "));
    }

    private void addFilledIn(String rules) {
        if (!rules.isEmpty()) {
            add(DETAIL, "filled in: " + rules);
        }
    }

    private void add(String action, ReportedFinding finding) {
        add(DETAIL, action + " " + finding.rule().id() + ": " + sentence(finding));
        add(DETAIL + "  ", SafeText.line(finding.fix()));
        finding.notHardenedReason().ifPresent(reason -> add(DETAIL + "  ", "not filled in: " + SafeText.line(reason)));
        if (verbose) {
            addEdits(finding);
        }
    }

    private static String sentence(ReportedFinding finding) {
        return SafeText.line(finding.message());
    }

    private void addEdits(ReportedFinding finding) {
        for (Operation edit : finding.edits()) {
            String value = "";
            if (edit instanceof Operation.Add add) {
                value = " " + add.value();
            } else if (edit instanceof Operation.Replace replace) {
                value = " " + replace.value();
            }
            String verb =
                    edit instanceof Operation.Add ? "add " : edit instanceof Operation.Replace ? "replace " : "remove ";
            out.append(DETAIL)
                    .append(GROUP)
                    .append(verb)
                    .append(SafeText.line(edit.path()))
                    .append(SafeText.line(value, LONGEST_VALUE))
                    .append('\n');
        }
    }

    private void add(Evidence evidence) {
        String what = switch (evidence.starts()) {
            case YES -> "known: ";
            case UNKNOWN -> "may not start: ";
            case NO -> "will not start: ";
        };
        String source = evidence.source().isEmpty() ? "" : " (" + SafeText.line(evidence.source()) + ")";
        add(DETAIL, what + SafeText.line(evidence.sentence()) + source);
    }

    private void addHints() {
        if (preview.count(PreviewOutcome.DENIED) > 0) {
            out.append('\n');
            add(
                    "",
                    "Fix what is denied, or review the exemptions that -o exemptions writes."
                            + (verbose ? "" : " -v lists every edit."));
        } else if (preview.count(PreviewOutcome.AT_RISK) > 0 && !verbose) {
            out.append('\n');
            add("", "-v lists all that is known of what may not start, and every edit.");
        }
    }

    /** Adds text, each line of it with that indent, the second and later ones with more. */
    private void add(String indent, String text) {
        String more = indent.isEmpty() ? "" : GROUP;
        String separator = "\n" + indent + more;
        int columns = look.columns() - indent.length() - more.length();
        out.append(indent)
                .append(String.join(separator, TextLayout.wrap(text, columns)))
                .append('\n');
    }
}
