package dev.bulkhead.manifest.fix;

import dev.bulkhead.engine.report.Report;
import dev.bulkhead.manifest.fix.node.FileText;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * A file with what was filled in.
 *
 * @param text its text, with the edits
 * @param before what was reported of it
 * @param after what is reported of it now
 * @param refused what could not be written into the text; offsets are those of the original
 * @param remarks what was set and is changed; offsets are those of the original
 */
public record FixedFile(
        SplicedText text, Report before, Report after, List<Edited.Refusal> refused, List<Remark> remarks) {
    public FixedFile {
        refused = List.copyOf(refused);
        remarks = List.copyOf(remarks);
    }

    /** The lines of the original, for lines of the fixed text; both are counted from 1. */
    public IntUnaryOperator originalLines() {
        FileText now = new FileText(text.text());
        FileText then = new FileText(text.original());
        return line -> then.line(text.originalOffset(now.startOfLine(line - 1))) + 1;
    }

    /** The line of an offset of the original, counted from 1. */
    public int line(int offset) {
        return new FileText(text.original()).line(offset) + 1;
    }

    /** Whether anything changed. */
    public boolean isChanged() {
        return !text.splices().isEmpty();
    }
}
