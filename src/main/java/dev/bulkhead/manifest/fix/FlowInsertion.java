package dev.bulkhead.manifest.fix;

import dev.bulkhead.manifest.fix.node.FileText;
import dev.bulkhead.manifest.fix.style.FlowWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Inserts members or items into a collection in braces or brackets that is not empty. */
final class FlowInsertion {
    private final FileText text;
    private final int open;
    private final FlowWriter writer;
    private final Map<Integer, List<UnaryOperator<String>>> added = new TreeMap<>();

    /** @param open where the collection begins */
    FlowInsertion(FileText text, int open, FlowWriter writer) {
        this.text = text;
        this.open = open;
        this.writer = writer;
    }

    /**
     * Adds one.
     *
     * @param before where the one before it ends
     * @param written writes it, given the indentation of its line
     */
    void add(int before, UnaryOperator<String> written) {
        added.computeIfAbsent(before, key -> new ArrayList<>()).add(written);
    }

    List<Splice> splices() {
        List<Splice> splices = new ArrayList<>();
        added.forEach((before, parts) -> splices.addAll(splices(before, parts)));
        return splices;
    }

    private List<Splice> splices(int before, List<UnaryOperator<String>> parts) {
        int comma = text.skipSpace(before);
        boolean followed = comma < text.length() && text.at(comma) == ',';
        int lineOf = followed ? comma + 1 : before;
        if (writer.unit().isEmpty() || !text.endsLine(lineOf)) {
            StringBuilder inserted = new StringBuilder();
            String indentation = text.indentation(open);
            parts.forEach(part -> inserted.append(writer.comma()).append(part.apply(indentation)));
            return List.of(new Splice(before, 0, inserted.toString()));
        }
        String indentation = text.indentation(open) + writer.unit().get();
        String lead = text.lineBreak(before) + indentation;
        StringBuilder inserted = new StringBuilder();
        for (int i = 0; i < parts.size(); i++) {
            inserted.append(lead).append(parts.get(i).apply(indentation));
            inserted.append(followed || i + 1 < parts.size() ? "," : "");
        }
        Splice lines = new Splice(text.lineEnd(lineOf), 0, inserted.toString());
        return followed ? List.of(lines) : List.of(new Splice(before, 0, ","), lines);
    }
}
