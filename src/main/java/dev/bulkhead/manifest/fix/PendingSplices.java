package dev.bulkhead.manifest.fix;

import dev.bulkhead.manifest.fix.node.FileText;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Splices of one text, gathered in any order. */
final class PendingSplices {
    private static final int WITHIN_LINE = Integer.MAX_VALUE;

    private final FileText text;
    private final List<Pending> pending = new ArrayList<>();

    /**
     * A splice.
     *
     * @param column of what is inserted on lines of its own: what is deeper comes first
     */
    private record Pending(Splice splice, int column) {}

    PendingSplices(FileText text) {
        this.text = text;
    }

    void insert(int offset, String inserted) {
        replace(offset, offset, inserted);
    }

    void replace(int from, int to, String inserted) {
        add(new Splice(from, to - from, inserted));
    }

    void add(Splice splice) {
        pending.add(new Pending(splice, WITHIN_LINE));
    }

    /** Inserts lines, which end with line feeds, at the beginning of a line or at the end of the text. */
    void insertLines(int column, int offset, String lines) {
        replaceLines(column, offset, offset, lines);
    }

    /** The same in place of other lines. */
    void replaceLines(int column, int from, int to, String lines) {
        String lineBreak = text.lineBreak(from);
        String inserted = lines.replace("\n", lineBreak);
        if (to == text.length() && !text.startsLine(to) && !inserted.isEmpty()) {
            String open = inserted.substring(0, inserted.length() - lineBreak.length());
            inserted = from == to ? lineBreak + open : open;
        }
        pending.add(new Pending(new Splice(from, to - from, inserted), column));
    }

    /** The splices in the order of the text, without those of what is deleted with what is around it. */
    List<Splice> inOrder() {
        pending.sort(Comparator.<Pending>comparingInt(one -> one.splice().offset())
                .thenComparing(Comparator.<Pending>comparingInt(Pending::column).reversed()));
        List<Splice> splices = new ArrayList<>();
        int deleted = 0;
        for (Pending one : pending) {
            if (one.splice().offset() >= deleted) {
                splices.add(one.splice());
                deleted = Math.max(deleted, one.splice().end());
            }
        }
        return splices;
    }
}
