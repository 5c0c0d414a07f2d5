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
    private static final int MOST_ROUNDS = 5;

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
        Progress progress = new Progress(content);
        for (int round = 0; round < MOST_ROUNDS; round++) {
            progress.refused.clear();
            boolean changed = changesUnsafe && progress.make(unsafe(progress.report));
            changed |= progress.make(patches(progress.report));
            if (!changed) {
                break;
            }
        }
        return progress.result();
    }

    /** The text so far, and what is reported of it. */
    private final class Progress {
        private final Report before;
        private SplicedText text;
        private Report report;
        private final List<Edited.Refusal> refused = new ArrayList<>();
        private final List<Remark> remarks = new ArrayList<>();

        Progress(byte[] content) {
            before = evaluation.apply(content);
            report = before;
            text = SplicedText.of(new String(content, StandardCharsets.UTF_8));
        }

        /** Makes changes, and returns whether any could be made. */
        boolean make(List<Change> changes) {
            if (changes.isEmpty() || !report.problems().isEmpty()) {
                return false;
            }
            SplicedText given = text;
            Edited edited = ManifestText.of(given.text().getBytes(StandardCharsets.UTF_8))
                    .map(manifest -> manifest.edit(changes))
                    .orElse(new Edited(List.of(), List.of(), List.of()));
            edited.refused()
                    .forEach(one -> refused.add(
                            new Edited.Refusal(one.change(), given.originalOffset(one.offset()), one.reason())));
            edited.remarks()
                    .forEach(one -> remarks.add(new Remark(given.originalOffset(one.offset()), one.rule(), one.was())));
            if (edited.splices().isEmpty()) {
                return false;
            }
            text = given.with(edited.splices());
            report = evaluation.apply(text.text().getBytes(StandardCharsets.UTF_8));
            return true;
        }

        FixedFile result() {
            return new FixedFile(
                    text, before, report, refused.stream().distinct().toList(), remarks);
        }
    }

    private static List<Change> unsafe(Report report) {
        return report.workloads().stream()
                .flatMap(workload -> unsafe(workload).stream()
                        .map(finding -> new Change(
                                document(workload),
                                finding.edits(),
                                Optional.of(finding.rule().id()))))
                .toList();
    }

    private List<Change> patches(Report report) {
        return report.workloads().stream()
                .filter(workload -> !workload.patch().isEmpty())
                .map(workload -> new Change(
                        document(workload),
                        workload.patch().operations().stream()
                                .map(this::forFiles)
                                .toList()))
                .toList();
    }

    private static int document(ReportedWorkload workload) {
        return workload.location().map(SourceLocation::document).orElse(0);
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
