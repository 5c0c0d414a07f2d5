package dev.bulkhead.manifest.fix;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.manifest.fix.node.FileText;
import dev.bulkhead.manifest.fix.node.Node;
import dev.bulkhead.manifest.fix.node.Slot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** Makes the splices that write edits into the text of one document, as the text around them is written. */
final class DocumentSplicer {
    private static final Pattern BLOCK_STRIPPED = Pattern.compile("[|>][0-9]?-");
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final FileText text;
    private final Node root;
    private final int end;
    private final boolean json;
    private final BlockWriter block;
    private final FlowStyle flow;
    private final PendingSplices splices;
    private final List<Remark> remarks = new ArrayList<>();

    /** @param end where the document's part of the file ends */
    DocumentSplicer(FileText text, Node root, int end, boolean json) {
        this.text = text;
        this.root = root;
        this.end = end;
        this.json = json;
        this.block = BlockStyle.of(text, root);
        this.flow = new FlowStyle(text, json, root);
        this.splices = new PendingSplices(text);
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

    private void insertLines(Node.Mapping mapping, String name, String lines) {
        List<Node.Member> members = mapping.members();
        int column = column(mapping);
        int last = members.size() - 1;
        int before = FieldOrder.before(name, mapping).map(members::indexOf).orElse(-1);
        if (before == last && isOpenBlock(members.get(last).value())) {
            before--;
        }
        boolean first = before < 0;
        if (first && !beginsLines(mapping)) {
            before = last;
        }
        if (before < 0) {
            splices.insertLines(column, beginning(mapping), lines);
        } else {
            splices.insertLines(column, behind(members.get(before).end(), column), lines);
        }
    }

    /** Whether the mapping's lines hold nothing else, and it is not the document. */
    boolean beginsLines(Node.Mapping mapping) {
        return mapping != root
                && text.indentation(mapping.start()).length() == mapping.start() - text.lineStart(mapping.start());
    }

    /** Below the line that leads to the mapping, above the comments on its first member. */
    private int beginning(Node.Mapping mapping) {
        int offset = text.lineStart(mapping.start());
        while (offset > 0) {
            int before = text.lineStart(offset - 1);
            if (before == offset || !(text.isComment(before) || text.isBlank(before))) {
                break;
            }
            offset = before;
        }
        return offset;
    }

    private boolean isOpenBlock(Node node) {
        return openBlock(node).isPresent();
    }

    /** Where a block of text begins that would be another text if it ended with a line break, which it does not. */
    private OptionalInt openBlock(Node node) {
        Node last = node;
        while (true) {
            if (last instanceof Node.Mapping mapping
                    && !mapping.flow()
                    && !mapping.members().isEmpty()) {
                last = mapping.members().get(mapping.members().size() - 1).value();
            } else if (last instanceof Node.Sequence list
                    && !list.flow()
                    && !list.items().isEmpty()) {
                last = list.items().get(list.items().size() - 1);
            } else {
                break;
            }
        }
        if (!(last instanceof Node.Scalar scalar)
                || scalar.form() != Node.Form.BLOCK
                || text.startsLine(scalar.end())) {
            return OptionalInt.empty();
        }
        int header = scalar.start();
        while (text.at(header) != '|' && text.at(header) != '>') {
            header++;
        }
        return BLOCK_STRIPPED
                        .matcher(text.chars())
                        .region(header, text.lineEnd(header))
                        .lookingAt()
                ? OptionalInt.empty()
                : OptionalInt.of(header);
    }

    /** Has a block of text end without a line break whatever follows. */
    private void strip(int header) {
        int indicators = header + 1;
        while (Character.isDigit(text.at(indicators))) {
            indicators++;
        }
        splices.replace(indicators, text.at(indicators) == '+' ? indicators + 1 : indicators, "-");
    }

    /** The line below what ends there, and below the comments that belong to it: those that are deeper than the column. */
    int behind(int contentEnd, int column) {
        int offset = text.startsLine(contentEnd) ? contentEnd : text.nextLine(contentEnd);
        int next = afterBlankLines(offset);
        while (next < end && text.isComment(next) && text.skipBlanks(next) - next > column) {
            offset = text.nextLine(next);
            next = afterBlankLines(offset);
        }
        return offset;
    }

    private int afterBlankLines(int lineStart) {
        int next = lineStart;
        while (next < end && text.isBlank(next)) {
            next = text.nextLine(next);
        }
        return next;
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
        openBlock(last).ifPresent(this::strip);
        int dash = text.column(list.start());
        int offset = behind(last.end(), dash);
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
            replaceScalar(old, value, slot.mapping().flow());
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
    String lines(int column, List<Remark> said) {
        remarks.addAll(said);
        StringBuilder lines = new StringBuilder();
        said.forEach(remark ->
                lines.append(" ".repeat(column)).append(remark.comment()).append('\n'));
        return lines.toString();
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
        if (from < old.end()) {
            splices.replace(from, old.end(), "");
        }
        int column = column(slot.mapping());
        // Above comments that stand below the key: they may be about what is left out.
        splices.insertLines(column + 1, behind(old.end(), Integer.MAX_VALUE), block.below(column, content));
    }

    private void replaceScalar(Node old, JsonNode value, boolean inFlow) {
        if (!(old instanceof Node.Scalar scalar)) {
            splices.replace(old.start(), old.end(), scalar(value));
            return;
        }
        String now = value.isTextual() ? value.asText() : value.toString();
        boolean extended = value.isTextual()
                && now.startsWith(scalar.value())
                && !scalar.value().isEmpty();
        String more = extended ? now.substring(scalar.value().length()) : "";
        switch (scalar.form()) {
            case DOUBLE_QUOTED -> {
                if (extended) {
                    String escaped = Scalars.json(more);
                    splices.insert(scalar.end() - 1, escaped.substring(1, escaped.length() - 1));
                } else {
                    splices.replace(old.start(), old.end(), value.isTextual() ? Scalars.json(now) : value.toString());
                }
            }
            case SINGLE_QUOTED -> {
                if (extended && !more.contains("\n")) {
                    splices.insert(scalar.end() - 1, more.replace("'", "''"));
                } else {
                    splices.replace(old.start(), old.end(), scalar(value));
                }
            }
            case BLOCK -> {
                int lastLine = text.lineEnd(text.lineStart(Math.max(scalar.start(), scalar.end() - 1)));
                if (extended && !scalar.value().endsWith("\n") && !more.contains("\n")) {
                    splices.insert(lastLine, more);
                } else {
                    splices.replace(old.start(), lastLine, scalar(value));
                }
            }
            case PLAIN -> {
                boolean plain = extended && !inFlow && more.matches("(,[A-Za-z0-9.-]+)+");
                if (scalar.start() == scalar.end()) {
                    splices.insert(scalar.start(), " " + scalar(value));
                } else if (plain) {
                    splices.insert(scalar.end(), more);
                } else {
                    splices.replace(old.start(), old.end(), scalar(value));
                }
            }
        }
    }

    private String scalar(JsonNode value) {
        return json ? value.toString() : Scalars.yaml(value);
    }
}
