package dev.bulkhead.manifest.fix;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.manifest.fix.node.FileText;
import dev.bulkhead.manifest.fix.node.Node;
import dev.bulkhead.manifest.fix.node.Slot;
import dev.bulkhead.manifest.fix.style.FlowWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Takes members and items out of the text of a document, with the lines that hold nothing else. */
final class Removal {
    private final DocumentSplicer document;
    private final FileText text;
    private final PendingSplices splices;

    Removal(DocumentSplicer document) {
        this.document = document;
        this.text = document.text();
        this.splices = document.pending();
    }

    /** Members in a row that go. */
    private record Run(List<NodeEdit.RemoveMember> gone, Optional<Node.Member> before, Optional<Node.Member> after) {
        Node.Member first() {
            return gone.get(0).slot().member();
        }

        Node.Member last() {
            return gone.get(gone.size() - 1).slot().member();
        }

        List<Remark> remarks() {
            return gone.stream()
                    .flatMap(one ->
                            one.rule().map(rule -> Remark.removed(one.slot().member(), rule)).stream())
                    .toList();
        }
    }

    /** Makes the removals, and the additions in the place of the first of them. */
    void of(DocumentEdit.MappingEdit edit, List<Map.Entry<String, JsonNode>> added) {
        Node.Mapping mapping = edit.mapping();
        List<Run> runs = runs(edit);
        boolean whole = runs.get(0).before().isEmpty() && runs.get(0).after().isEmpty();
        if (whole && added.isEmpty()) {
            empty(mapping, edit.slot(), "{}", runs.get(0).remarks());
            return;
        }
        List<Map.Entry<String, JsonNode>> rest = added;
        for (Run run : runs) {
            if (mapping.flow()) {
                flow(mapping, edit.slot(), run, rest);
            } else {
                block(mapping, edit.slot(), run, rest);
            }
            rest = List.of();
        }
    }

    private static List<Run> runs(DocumentEdit.MappingEdit edit) {
        List<Run> runs = new ArrayList<>();
        List<NodeEdit.RemoveMember> gone = new ArrayList<>();
        Optional<Node.Member> before = Optional.empty();
        for (Node.Member member : edit.mapping().members()) {
            Optional<NodeEdit.RemoveMember> removal = edit.removed().stream()
                    .filter(one -> one.slot().member().start() == member.start())
                    .findFirst();
            if (removal.isPresent()) {
                gone.add(removal.get());
                continue;
            }
            if (!gone.isEmpty()) {
                runs.add(new Run(List.copyOf(gone), before, Optional.of(member)));
                gone.clear();
            }
            before = Optional.of(member);
        }
        if (!gone.isEmpty()) {
            runs.add(new Run(List.copyOf(gone), before, Optional.empty()));
        }
        return runs;
    }

    private void block(Node.Mapping mapping, Optional<Slot> slot, Run run, List<Map.Entry<String, JsonNode>> added) {
        int column = document.column(mapping);
        int from = run.first().start();
        int lineStart = text.lineStart(from);
        int end = document.lines().behind(run.last().end(), column);
        StringBuilder lines = new StringBuilder();
        added.forEach(member -> lines.append(document.block().member(column, member.getKey(), member.getValue())));
        if (text.skipBlanks(lineStart) == from) {
            splices.replaceLines(column, lineStart, end, document.comments(column, run.remarks()) + lines);
            return;
        }
        // The mapping begins behind a dash, and what is next takes its place there.
        int dash = text.skipBlanks(lineStart);
        splices.insertLines(column, lineStart, document.comments(text.column(dash), run.remarks()));
        if (!lines.isEmpty()) {
            splices.replaceLines(column, from, end, lines.substring(column));
        } else if (run.after().isPresent()
                && !text.chars()
                        .substring(run.last().end(), run.after().get().start())
                        .contains("#")) {
            splices.replace(from, run.after().get().start(), "");
        } else {
            throw new RefusedException(from, "a comment would be left alone");
        }
        if (slot.isEmpty() && run.after().isEmpty() && lines.isEmpty()) {
            throw new RefusedException(from, "nothing would be left of the item");
        }
    }

    private void flow(Node.Mapping mapping, Optional<Slot> slot, Run run, List<Map.Entry<String, JsonNode>> added) {
        FlowWriter writer = document.flow().of(mapping, slot);
        run.remarks().forEach(remark -> document.remark(remark, mapping.end()));
        if (!added.isEmpty()) {
            String indentation = text.indentation(run.first().start());
            List<String> parts = added.stream()
                    .map(member -> writer.member(indentation, member.getKey(), member.getValue()))
                    .toList();
            splices.replace(run.first().start(), run.last().end(), writer.joined(parts, indentation));
        } else {
            cut(
                    run.before().map(Node.Member::end),
                    run.first().start(),
                    run.last().end(),
                    run.after().map(Node.Member::start));
        }
    }

    /** Cuts something out between what is before and after it, with one of the commas. */
    private void cut(Optional<Integer> before, int from, int to, Optional<Integer> after) {
        if (after.isPresent()) {
            splices.replace(from, after.get(), "");
        } else {
            splices.replace(before.orElse(from), to, "");
        }
    }

    /** Makes a collection empty. */
    private void empty(Node collection, Optional<Slot> slot, String brackets, List<Remark> remarks) {
        boolean flow = collection instanceof Node.Mapping mapping
                ? mapping.flow()
                : collection instanceof Node.Sequence list && list.flow();
        int start = collection.start();
        if (flow) {
            splices.replace(start, collection.end(), brackets);
            remarks.forEach(remark -> document.remark(remark, collection.end()));
            return;
        }
        int lineStart = text.lineStart(start);
        if (text.skipBlanks(lineStart) != start) {
            splices.replace(start, collection.end(), brackets);
            remarks.forEach(remark -> document.remark(remark, collection.end()));
            return;
        }
        if (slot.isEmpty()) {
            throw new RefusedException(start, "nothing would be left of what is here");
        }
        int colon = behindProperties(text.skipBlanks(slot.get().member().key().end()) + 1);
        splices.insert(colon, " " + brackets);
        remarks.forEach(remark -> document.remark(remark, colon));
        splices.replaceLines(0, lineStart, document.lines().behind(collection.end(), text.column(start)), "");
    }

    /** Behind the anchor and the tag of a value, on the line of its key. */
    private int behindProperties(int colon) {
        int offset = colon;
        for (int next = text.skipBlanks(offset); "&!".indexOf(text.at(next)) >= 0; next = text.skipBlanks(offset)) {
            offset = next;
            while (offset < text.lineEnd(next) && text.at(offset) != ' ' && text.at(offset) != '\t') {
                offset++;
            }
        }
        return offset;
    }

    /**
     * Makes the removals.
     *
     * @return whether what is added has still to be written
     */
    boolean of(DocumentEdit.ListEdit edit, JsonNode added) {
        Node.Sequence list = edit.list();
        List<NodeEdit.RemoveItem> gone = List.copyOf(edit.removed().values());
        List<Remark> remarks = gone.stream()
                .flatMap(one ->
                        one.rule().map(rule -> Remark.removed(list.items().get(one.index()), rule)).stream())
                .toList();
        if (gone.size() == list.items().size() && added.isEmpty()) {
            empty(list, edit.slot(), "[]", remarks);
            return false;
        }
        if (list.flow()) {
            remarks.forEach(remark -> document.remark(remark, list.end()));
            if (gone.size() == list.items().size()
                    || (!added.isEmpty()
                            && edit.removed().containsKey(list.items().size() - 1))) {
                throw new RefusedException(list.start(), "items are removed and added in one line");
            }
            flow(edit);
            return true;
        }
        gone.forEach(one -> block(list, one));
        return true;
    }

    private void flow(DocumentEdit.ListEdit edit) {
        List<Node> items = edit.list().items();
        Optional<Integer> before = Optional.empty();
        for (int i = 0; i < items.size(); i++) {
            if (!edit.removed().containsKey(i)) {
                before = Optional.of(items.get(i).end());
                continue;
            }
            int first = i;
            while (i + 1 < items.size() && edit.removed().containsKey(i + 1)) {
                i++;
            }
            Optional<Integer> after =
                    i + 1 < items.size() ? Optional.of(items.get(i + 1).start()) : Optional.empty();
            cut(before, items.get(first).start(), items.get(i).end(), after);
        }
    }

    private void block(Node.Sequence list, NodeEdit.RemoveItem removal) {
        Node item = list.items().get(removal.index());
        int column = text.column(list.start());
        int lineStart = text.lineStart(item.start());
        while (lineStart > 0 && !isDash(lineStart, column)) {
            lineStart = text.lineStart(lineStart - 1);
        }
        if (!isDash(lineStart, column)) {
            throw new RefusedException(item.start(), "the item has no line of its own");
        }
        List<Remark> remarks =
                removal.rule().map(rule -> Remark.removed(item, rule)).stream().toList();
        splices.replaceLines(
                column, lineStart, document.lines().behind(item.end(), column), document.comments(column, remarks));
    }

    private boolean isDash(int lineStart, int column) {
        int first = text.skipBlanks(lineStart);
        return first < text.length() && text.at(first) == '-' && text.column(first) == column;
    }
}
