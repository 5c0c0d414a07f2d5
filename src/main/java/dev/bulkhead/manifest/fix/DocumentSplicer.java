package dev.bulkhead.manifest.fix;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.manifest.fix.node.FileText;
import dev.bulkhead.manifest.fix.node.Node;
import dev.bulkhead.manifest.fix.node.Slot;
import dev.bulkhead.manifest.fix.style.BlockStyle;
import dev.bulkhead.manifest.fix.style.BlockWriter;
import dev.bulkhead.manifest.fix.style.FieldOrder;
import dev.bulkhead.manifest.fix.style.FlowStyle;
import dev.bulkhead.manifest.fix.style.FlowWriter;
import dev.bulkhead.manifest.fix.style.Scalars;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes the splices that write edits into the text of one document, as the text around them is written. */
final class DocumentSplicer {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final FileText text;
    private final Node root;
    private final boolean json;
    private final BlockWriter block;
    private final FlowStyle flow;
    private final PendingSplices splices;
    private final ScalarEdit scalars;
    private final BlockLines lines;
    private final List<Remark> remarks = new ArrayList<>();

    /** @param end where the document's part of the file ends */
    DocumentSplicer(FileText text, Node root, int end, boolean json) {
        this.text = text;
        this.root = root;
        this.json = json;
        this.block = BlockStyle.of(text, root);
        this.flow = new FlowStyle(text, json, root);
        this.splices = new PendingSplices(text);
        this.scalars = new ScalarEdit(text, json, splices);
        this.lines = new BlockLines(text, end);
    }

    /** The splices, in the order of the text. */
    List<Splice> splices(DocumentEdit edit) {
        RemovedParts removed = new RemovedParts(edit);
        edit.values().stream()
                .filter(set -> !removed.contain(set.slot().mapping()))
                .filter(set -> !removed.contain(set.slot().member().value()))
                .forEach(this::set);
        edit.mappings().stream().filter(of -> !removed.contain(of.mapping())).forEach(this::edit);
        edit.lists().stream().filter(of -> !removed.contain(of.list())).forEach(this::edit);
        return splices.inOrder();
    }

    FileText text() {
        return text;
    }

    PendingSplices pending() {
        return splices;
    }

    BlockLines lines() {
        return lines;
    }

    BlockWriter block() {
        return block;
    }

    FlowStyle flow() {
        return flow;
    }

    /** What of that was set and is changed. */
    List<Remark> remarks() {
        return List.copyOf(remarks);
    }

    private void edit(DocumentEdit.MappingEdit edit) {
        List<Map.Entry<String, JsonNode>> added = new ArrayList<>(edit.added().entrySet());
        added.sort(Map.Entry.comparingByKey(FieldOrder.together()));
        if (!edit.removed().isEmpty()) {
            new Removal(this).of(edit, added);
        } else if (edit.mapping().members().isEmpty()) {
            fill(edit.mapping(), edit.slot(), object(added));
        } else {
            add(edit.mapping(), edit.slot(), added);
        }
    }

    static ObjectNode object(List<Map.Entry<String, JsonNode>> members) {
        ObjectNode all = JSON.objectNode();
        members.forEach(member -> all.set(member.getKey(), member.getValue()));
        return all;
    }

    /** Adds members to a mapping that has some. */
    void add(Node.Mapping mapping, Optional<Slot> slot, List<Map.Entry<String, JsonNode>> added) {
        if (mapping.flow()) {
            FlowWriter writer = flow.of(mapping, slot);
            FlowInsertion insertion = new FlowInsertion(text, mapping.start(), writer);
            for (Map.Entry<String, JsonNode> member : added) {
                Node.Member before = FieldOrder.before(member.getKey(), mapping)
                        .orElse(mapping.members().get(mapping.members().size() - 1));
                insertion.add(
                        before.end(), indentation -> writer.member(indentation, member.getKey(), member.getValue()));
            }
            insertion.splices().forEach(splices::add);
        } else {
            added.forEach(member -> insertLines(
                    mapping, member.getKey(), block.member(column(mapping), member.getKey(), member.getValue())));
        }
    }

    int column(Node.Mapping mapping) {
        return text.column(mapping.start());
    }

    private void insertLines(Node.Mapping mapping, String name, String inserted) {
        List<Node.Member> members = mapping.members();
        int column = column(mapping);
        int last = members.size() - 1;
        int before = FieldOrder.before(name, mapping).map(members::indexOf).orElse(-1);
        if (before == last && lines.openBlock(members.get(last).value()).isPresent()) {
            before--;
        }
        boolean first = before < 0;
        if (first && !beginsLines(mapping)) {
            before = last;
        }
        if (before < 0) {
            splices.insertLines(column, lines.beginning(mapping), inserted);
        } else {
            if (before == last) {
                lines.openBlock(members.get(last).value()).ifPresent(this::strip);
            }
            splices.insertLines(column, lines.behind(members.get(before).end(), column), inserted);
        }
    }

    /** Whether the mapping's lines hold nothing else, and it is not the document. */
    boolean beginsLines(Node.Mapping mapping) {
        return mapping != root
                && text.indentation(mapping.start()).length() == mapping.start() - text.lineStart(mapping.start());
    }

    /** Has a block of text end without a line break whatever follows. */
    private void strip(int header) {
        int indicators = header + 1;
        while (Character.isDigit(text.at(indicators))) {
            indicators++;
        }
        splices.replace(indicators, text.at(indicators) == '+' ? indicators + 1 : indicators, "-");
    }

    private void edit(DocumentEdit.ListEdit edit) {
        ArrayNode all = JSON.arrayNode();
        edit.added().forEach(all::add);
        boolean changed = edit.removed().isEmpty() || new Removal(this).of(edit, all);
        if (edit.list().items().isEmpty()) {
            fill(edit.list(), edit.slot(), all);
        } else if (changed && !edit.added().isEmpty()) {
            add(edit);
        }
    }

    private void add(DocumentEdit.ListEdit edit) {
        Node.Sequence list = edit.list();
        Node last = list.items().get(list.items().size() - 1);
        if (list.flow()) {
            FlowWriter writer = flow.of(list, edit.slot());
            FlowInsertion insertion = new FlowInsertion(text, list.start(), writer);
            for (JsonNode item : edit.added()) {
                insertion.add(
                        last.end(),
                        indentation -> flow.of(last, Optional.empty()).value(indentation, item));
            }
            insertion.splices().forEach(splices::add);
            return;
        }
        lines.openBlock(last).ifPresent(this::strip);
        int dash = text.column(list.start());
        int offset = lines.behind(last.end(), dash);
        for (JsonNode item : edit.added()) {
            splices.insertLines(dash, offset, item(list, last, item));
        }
    }

    private String item(Node.Sequence list, Node last, JsonNode item) {
        int dash = text.column(list.start());
        if (last.target() instanceof Node.Mapping mapping && mapping.flow() && Scalars.isNested(item)) {
            FlowWriter writer = flow.of(mapping, Optional.empty());
            return " ".repeat(dash) + "- " + writer.value(" ".repeat(dash), item) + "\n";
        }
        boolean written = last instanceof Node.Mapping mapping
                && text.line(mapping.start()) == text.line(last.start())
                && text.column(mapping.start()) > dash;
        int inner = written ? text.column(last.start()) - dash : 2;
        return block.item(dash, Math.max(2, Math.min(inner, 10)), item);
    }

    /** Puts content into a collection that is empty. */
    void fill(Node empty, Optional<Slot> slot, JsonNode content) {
        if (!text.chars().substring(empty.start() + 1, empty.end() - 1).isBlank()) {
            throw new RefusedException(empty.start(), "there is a comment between the brackets");
        }
        if (slot.isPresent() && !slot.get().mapping().flow()) {
            writeBelow(slot.get(), content);
            return;
        }
        FlowWriter writer = flow.of(empty, slot);
        String written = writer.value(text.indentation(empty.start()), content);
        splices.replace(empty.start(), empty.end(), written);
    }

    private void set(NodeEdit.SetValue set) {
        Slot slot = set.slot();
        Node old = slot.member().value();
        JsonNode value = set.value();
        if (Scalars.isNested(value) && !slot.mapping().flow()) {
            writeBelow(slot, value);
        } else if (Scalars.isNested(value)) {
            String written = flow.of(slot.mapping(), Optional.empty()).value(text.indentation(old.start()), value);
            splices.replace(old.start(), old.end(), old.start() == old.end() ? " " + written : written);
        } else {
            scalars.replace(old, value, slot.mapping().flow());
        }
        set.rule()
                .ifPresent(
                        rule -> remark(Remark.replaced(old, rule), slot.member().end()));
    }

    /** Says at the end of the line that ends there what was changed. */
    void remark(Remark remark, int contentEnd) {
        remarks.add(remark);
        if (!json) {
            int last = text.startsLine(contentEnd) && contentEnd > 0 ? contentEnd - 1 : contentEnd;
            splices.insert(text.lineEnd(text.lineStart(last)), " " + remark.comment());
        }
    }

    /** The lines of comments that say what was changed. */
    String comments(int column, List<Remark> said) {
        remarks.addAll(said);
        StringBuilder comments = new StringBuilder();
        said.forEach(remark ->
                comments.append(" ".repeat(column)).append(remark.comment()).append('\n'));
        return comments.toString();
    }

    /** Writes a collection on the lines below its key, in place of a scalar or an empty collection. */
    private void writeBelow(Slot slot, JsonNode content) {
        Node old = slot.member().value();
        boolean inline = old instanceof Node.Scalar scalar
                ? scalar.form() != Node.Form.BLOCK
                : !(old instanceof Node.Mapping mapping && !mapping.flow())
                        && !(old instanceof Node.Sequence list && !list.flow());
        if (!inline) {
            throw new RefusedException(old.start(), "other lines are below the key");
        }
        int from = old.start();
        while (from > 0 && (text.at(from - 1) == ' ' || text.at(from - 1) == '\t')) {
            from--;
        }
        int behind = old.end();
        while (behind < text.chars().length() && (text.at(behind) == ' ' || text.at(behind) == '\t')) {
            behind++;
        }
        if (from == text.lineStart(old.start()) && behind < text.chars().length() && text.at(behind) == '#') {
            // A comment keeps its line, which may not begin with the tab that stood before it.
            splices.replace(old.start(), behind, "");
        } else if (from < old.end()) {
            splices.replace(from, old.end(), "");
        }
        int column = column(slot.mapping());
        // Above comments that stand below the key: they may be about what is left out.
        splices.insertLines(column + 1, lines.behind(old.end(), Integer.MAX_VALUE), block.below(column, content));
    }
}
