package dev.bulkhead.manifest.fix;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.engine.edit.Operation;
import dev.bulkhead.manifest.fix.node.Node;
import dev.bulkhead.manifest.fix.node.Slot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Finds the parts of a document that operations are about. */
final class NodeFinder {
    private final Map<String, Found> found = new HashMap<>();

    /**
     * A part of the document.
     *
     * @param slot the member that holds it; empty for items and the root
     * @param shared whether it may stand for more than this place, through an alias, a merge key or an anchor
     */
    record Found(Node node, Optional<Slot> slot, boolean shared) {}

    /**
     * What an operation comes to.
     *
     * @param sharedAt where something is edited with which another place of the document might change
     */
    record Located(List<NodeEdit> edits, OptionalInt sharedAt) {}

    NodeFinder(Node root) {
        found.put("", new Found(root, Optional.empty(), root.anchored()));
    }

    /** @throws RefusedException if the text has no place for an operation */
    Located locate(List<Operation> operations, Optional<String> rule) {
        List<NodeEdit> edits = new ArrayList<>();
        OptionalInt sharedAt = OptionalInt.empty();
        for (Operation operation : operations) {
            int slash = operation.path().lastIndexOf('/');
            String parentPath = operation.path().substring(0, Math.max(0, slash));
            String name = unescaped(operation.path().substring(slash + 1));
            Found parent = find(parentPath);
            boolean shared = parent.shared();
            if (operation instanceof Operation.Add add) {
                shared |= add(parent, operation.path(), name, add.value(), rule, edits);
            } else if (operation instanceof Operation.Replace replace) {
                Found replaced = find(operation.path());
                shared |= replaced.shared();
                edits.add(new NodeEdit.SetValue(slot(replaced), replace.value(), rule));
            } else if (operation instanceof Operation.Remove) {
                edits.add(removal(parent, find(operation.path()), name, rule));
            }
            if (shared && sharedAt.isEmpty()) {
                sharedAt = OptionalInt.of(parent.node().start());
            }
        }
        return new Located(edits, sharedAt);
    }

    private static NodeEdit removal(Found parent, Found removed, String name, Optional<String> rule) {
        if (parent.node() instanceof Node.Sequence list) {
            return new NodeEdit.RemoveItem(list, Integer.parseInt(name), parent.slot(), rule);
        }
        return new NodeEdit.RemoveMember(slot(removed), parent.slot(), rule);
    }

    private static Slot slot(Found found) {
        return found.slot()
                .orElseThrow(() -> new RefusedException(found.node().start(), "an item of a list is not replaced"));
    }

    /** Returns whether what is there already is shared. */
    private boolean add(
            Found parent, String path, String name, JsonNode value, Optional<String> rule, List<NodeEdit> edits) {
        if (parent.node() instanceof Node.Sequence list && name.equals("-")) {
            edits.add(new NodeEdit.AddItem(list, parent.slot(), value));
            return false;
        }
        if (!(parent.node() instanceof Node.Mapping mapping)) {
            throw new RefusedException(parent.node().start(), "there is no place for " + path);
        }
        Optional<Node.Member> there = mapping.find(name);
        if (there.isEmpty()) {
            edits.add(new NodeEdit.AddMember(mapping, parent.slot(), name, value));
            return false;
        }
        Found old = find(path);
        boolean shared = old.shared();
        if (old.node() instanceof Node.Mapping && value.isObject()) {
            for (Map.Entry<String, JsonNode> member : value.properties()) {
                shared |= add(
                        old, path + "/" + escaped(member.getKey()), member.getKey(), member.getValue(), rule, edits);
            }
        } else {
            edits.add(new NodeEdit.SetValue(slot(old), value, rule));
        }
        return shared;
    }

    /** What that path leads to, or what is nearest to it. */
    Node nearest(String path) {
        for (int end = path.length(); end > 0; end = path.lastIndexOf('/', end - 1)) {
            try {
                return find(path.substring(0, end)).node();
            } catch (RefusedException e) {
                // What is around it may be there.
            }
        }
        return find("").node();
    }

    /** @throws RefusedException if it is not there */
    Found find(String path) {
        Found known = found.get(path);
        if (known != null) {
            return known;
        }
        int from = path.length();
        while (!found.containsKey(path.substring(0, from))) {
            from = path.lastIndexOf('/', from - 1);
        }
        Found reached = find(path.substring(0, from));
        while (from < path.length()) {
            int end = path.indexOf('/', from + 1);
            end = end < 0 ? path.length() : end;
            reached = child(reached, unescaped(path.substring(from + 1, end)));
            found.put(path.substring(0, end), reached);
            from = end;
        }
        return reached;
    }

    private static Found child(Found parent, String name) {
        if (parent.node() instanceof Node.Sequence list) {
            int index = index(name);
            if (index >= 0 && index < list.items().size()) {
                Node item = list.items().get(index);
                return new Found(item.target(), Optional.empty(), parent.shared() || item.anchored());
            }
        } else if (parent.node() instanceof Node.Mapping mapping) {
            Optional<Node.Member> member = mapping.find(name);
            if (member.isPresent()) {
                Node value = member.get().value();
                // A member that is merged in is not among the mapping's own.
                boolean merged = mapping.members().stream()
                        .noneMatch(own -> own.start() == member.get().start());
                return new Found(
                        value.target(),
                        Optional.of(new Slot(mapping, member.get())),
                        parent.shared() || merged || value.anchored());
            }
        }
        throw new RefusedException(parent.node().start(), "there is no " + name + " here");
    }

    private static int index(String name) {
        return name.matches("[0-9]{1,9}") ? Integer.parseInt(name) : -1;
    }

    private static String unescaped(String name) {
        return name.replace("~1", "/").replace("~0", "~");
    }

    private static String escaped(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }
}
