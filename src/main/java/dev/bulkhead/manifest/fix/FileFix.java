package dev.bulkhead.manifest.fix;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.edit.Operation;
import dev.bulkhead.engine.report.Report;
import dev.bulkhead.engine.report.ReportedFinding;
import dev.bulkhead.engine.report.ReportedWorkload;
import dev.bulkhead.engine.report.SourceLocation;
import dev.bulkhead.engine.rule.Action;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Fills in what is missing in the text of a file: evaluates it, writes what the webhook would add, and evaluates the result
 * again, until there is nothing more to add.
 */
public final class FileFix {
    /** What is filled in may let another rule fill in more. */
    private static final int MOST_PASSES = 5;

    private final Function<byte[], Report> evaluation;
    private final boolean changesUnsafe;
    private final boolean alphaFields;

    /**
     * A fix by the verdicts of an evaluation.
     *
     * @param evaluation reports what there is to say of the content of a file
     * @param changesUnsafe whether what is explicitly unsafe is changed as well
     * @param alphaFields whether fields may be written that only the newest API server knows
     */
    public FileFix(Function<byte[], Report> evaluation, boolean changesUnsafe, boolean alphaFields) {
        this.evaluation = evaluation;
        this.changesUnsafe = changesUnsafe;
        this.alphaFields = alphaFields;
    }

    /** The file with what is missing; unchanged where something in it cannot be read or evaluated. */
    public FixedFile fix(byte[] content) {
        Report before = evaluation.apply(content);
        SplicedText text = SplicedText.of(new String(content, StandardCharsets.UTF_8));
        Report after = before;
        List<Edited.Refusal> refused = new ArrayList<>();
        List<Remark> remarks = new ArrayList<>();
        boolean unsafe = changesUnsafe;
        for (int pass = 0; pass < MOST_PASSES && after.problems().isEmpty(); pass++) {
            Optional<Edited> edited = pass(text.text(), changes(after, unsafe));
            if (edited.isEmpty()) {
                break;
            }
            SplicedText given = text;
            edited.get().refused().stream()
                    .map(refusal -> new Edited.Refusal(
                            refusal.change(), given.originalOffset(refusal.offset()), refusal.reason()))
                    .forEach(refused::add);
            edited.get().remarks().stream()
                    .map(remark -> new Remark(given.originalOffset(remark.offset()), remark.rule(), remark.was()))
                    .forEach(remarks::add);
            if (edited.get().splices().isEmpty() && !unsafe) {
                break;
            }
            unsafe = false;
            text = text.with(edited.get().splices());
            after = evaluation.apply(text.text().getBytes(StandardCharsets.UTF_8));
        }
        return new FixedFile(text, before, after, refused.stream().distinct().toList(), remarks);
    }

    private static Optional<Edited> pass(String text, List<Change> changes) {
        return changes.isEmpty()
                ? Optional.of(new Edited(List.of(), List.of(), List.of()))
                : ManifestText.of(text.getBytes(StandardCharsets.UTF_8)).map(manifest -> manifest.edit(changes));
    }

    private List<Change> changes(Report report, boolean unsafe) {
        List<Change> changes = new ArrayList<>();
        for (ReportedWorkload workload : report.workloads()) {
            int document = workload.location().map(SourceLocation::document).orElse(0);
            if (unsafe) {
                unsafe(workload).stream()
                        .map(finding -> new Change(
                                document,
                                finding.edits(),
                                Optional.of(finding.rule().id())))
                        .forEach(changes::add);
            } else if (!workload.patch().isEmpty()) {
                changes.add(new Change(
                        document,
                        workload.patch().operations().stream()
                                .map(this::forFiles)
                                .toList()));
            }
        }
        return changes;
    }

    /** What is explicitly unsafe and has an edit that puts it right. */
    private static List<ReportedFinding> unsafe(ReportedWorkload workload) {
        return workload.findings().stream()
                .filter(finding -> finding.leadsTo(Action.DENY) || finding.leadsTo(Action.WARN))
                .filter(finding -> !finding.edits().isEmpty())
                .toList();
    }

    /** An API server that does not know {@code emptyDir.mode} rejects it; a file may be for any. */
    private Operation.Add forFiles(Operation.Add add) {
        if (alphaFields || !add.value().findValuesAsText("mode").iterator().hasNext()) {
            return add;
        }
        JsonNode value = add.value().deepCopy();
        for (JsonNode emptyDir : value.findValues("emptyDir")) {
            if (emptyDir instanceof ObjectNode object) {
                object.remove("mode");
            }
        }
        return new Operation.Add(add.path(), value);
    }
}
