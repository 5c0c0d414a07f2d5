package dev.bulkhead.manifest.fix;

import dev.bulkhead.manifest.fix.node.Node;
import java.util.Map;
import java.util.TreeMap;

/** The parts of a document that are removed, in which nothing else needs an edit. */
final class RemovedParts {
    /** Where each of them begins, and the furthest end of those that begin up to there. */
    private final TreeMap<Integer, Integer> ends = new TreeMap<>();

    RemovedParts(DocumentEdit edit) {
        for (DocumentEdit.MappingEdit mapping : edit.mappings()) {
            mapping.removed().forEach(one -> add(one.slot().member().value()));
        }
        for (DocumentEdit.ListEdit list : edit.lists()) {
            list.removed().keySet().forEach(index -> add(list.list().items().get(index)));
        }
        int furthest = 0;
        for (Map.Entry<Integer, Integer> part : ends.entrySet()) {
            furthest = Math.max(furthest, part.getValue());
            part.setValue(furthest);
        }
    }

    private void add(Node part) {
        ends.merge(part.start(), part.end(), Math::max);
    }

    /** Whether the part is removed, or what it is in. */
    boolean contain(Node part) {
        Map.Entry<Integer, Integer> before = ends.floorEntry(part.start());
        return before != null && part.end() <= before.getValue();
    }
}
