package dev.bulkhead.manifest.fix;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.manifest.fix.node.Node;
import dev.bulkhead.manifest.fix.node.Slot;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The edits of one document, gathered by the parts that they are of: equal ones of the same part are one. */
final class DocumentEdit {
    private final IdentityHashMap<Node, MappingEdit> mappingOf = new IdentityHashMap<>();
    private final IdentityHashMap<Node, ListEdit> listOf = new IdentityHashMap<>();
    private final IdentityHashMap<Node.Member, NodeEdit.SetValue> valueOf = new IdentityHashMap<>();
    private final List<MappingEdit> mappings = new ArrayList<>();
    private final List<ListEdit> lists = new ArrayList<>();
    private final List<NodeEdit.SetValue> values = new ArrayList<>();

    /** What a mapping gets. */
    record MappingEdit(
            Node.Mapping mapping,
            Optional<Slot> slot,
            Map<String, JsonNode> added,
            List<NodeEdit.RemoveMember> removed) {
        boolean removes(Node.Member member) {
            return removed.stream().anyMatch(one -> one.slot().member().start() == member.start());
        }
    }

    /** What a list gets. */
    record ListEdit(
            Node.Sequence list, Optional<Slot> slot, List<JsonNode> added, Map<Integer, NodeEdit.RemoveItem> removed) {}

    void add(NodeEdit edit) {
        if (edit instanceof NodeEdit.AddMember member) {
            edit(member.mapping(), member.slot()).added().merge(member.name(), member.value(), DocumentEdit::together);
        } else if (edit instanceof NodeEdit.AddItem item) {
            List<JsonNode> added = edit(item.list(), item.slot()).added();
            if (!added.contains(item.value())) {
                added.add(item.value());
            }
        } else if (edit instanceof NodeEdit.SetValue set) {
            // The first rule that wants it is named.
            if (valueOf.putIfAbsent(set.slot().member(), set) == null) {
                values.add(set);
            }
        } else if (edit instanceof NodeEdit.RemoveMember member) {
            MappingEdit of = edit(member.slot().mapping(), member.holder());
            if (!of.removes(member.slot().member())) {
                of.removed().add(member);
            }
        } else if (edit instanceof NodeEdit.RemoveItem item) {
            edit(item.list(), item.holder()).removed().putIfAbsent(item.index(), item);
        }
    }

    private MappingEdit edit(Node.Mapping mapping, Optional<Slot> slot) {
        return mappingOf.computeIfAbsent(mapping, key -> {
            MappingEdit edit = new MappingEdit(mapping, slot, new LinkedHashMap<>(), new ArrayList<>());
            mappings.add(edit);
            return edit;
        });
    }

    private ListEdit edit(Node.Sequence list, Optional<Slot> slot) {
        return listOf.computeIfAbsent(list, key -> {
            ListEdit edit = new ListEdit(list, slot, new ArrayList<>(), new TreeMap<>());
            lists.add(edit);
            return edit;
        });
    }

    private static JsonNode together(JsonNode one, JsonNode other) {
        if (!(one instanceof ObjectNode) || !other.isObject()) {
            return other;
        }
        ObjectNode both = one.deepCopy();
        other.properties()
                .forEach(member -> both.set(
                        member.getKey(),
                        both.has(member.getKey())
                                ? together(both.get(member.getKey()), member.getValue())
                                : member.getValue()));
        return both;
    }

    /** What mappings get that they do not get from one that is merged into them. */
    List<MappingEdit> mappings() {
        List<MappingEdit> own = new ArrayList<>();
        for (MappingEdit edit : mappings) {
            Map<String, JsonNode> added = new LinkedHashMap<>(edit.added());
            for (Node.Mapping merged : edit.mapping().merged()) {
                MappingEdit there = mappingOf.get(merged);
                if (there != null) {
                    there.added().forEach(added::remove);
                }
            }
            if (!added.isEmpty() || !edit.removed().isEmpty()) {
                own.add(new MappingEdit(edit.mapping(), edit.slot(), added, edit.removed()));
            }
        }
        return own;
    }

    List<ListEdit> lists() {
        return List.copyOf(lists);
    }

    /** The values that are set, each once. */
    List<NodeEdit.SetValue> values() {
        return List.copyOf(values);
    }
}
