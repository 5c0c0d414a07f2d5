package dev.bulkhead.manifest.fix;

import java.util.List;

/**
 * What became of changes.
 *
 * @param splices the edits of the text that make them, in its order
 * @param refused the changes that were not made
 * @param remarks what was set and is changed
 */
public record Edited(List<Splice> splices, List<Refusal> refused, List<Remark> remarks) {
    public Edited {
        splices = List.copyOf(splices);
        refused = List.copyOf(refused);
        remarks = List.copyOf(remarks);
    }

    /**
     * A change that cannot be written into the text.
     *
     * @param offset where it would have been
     */
    public record Refusal(Change change, int offset, String reason) {}
}
