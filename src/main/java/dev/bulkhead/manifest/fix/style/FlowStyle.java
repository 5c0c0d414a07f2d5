package dev.bulkhead.manifest.fix.style;

import dev.bulkhead.manifest.fix.node.FileText;
import dev.bulkhead.manifest.fix.node.Node;
import dev.bulkhead.manifest.fix.node.Slot;
import java.util.List;
import java.util.Optional;

/** Recognises how collections in braces and brackets are written. */
public final class FlowStyle {
    private final FileText text;
    private final boolean json;
    private final FlowWriter usual;

    /**
     * The styles in a document.
     *
     * @param json whether it is JSON, in which everything is quoted
     */
    public FlowStyle(FileText text, boolean json, Node root) {
        this.text = text;
        this.json = json;
        this.usual = of(root, new FlowWriter(json, ": ", ", ", "", Optional.empty(), text.lineBreak(text.length())));
    }

    /** How a collection is written, or the one around it where it is empty. */
    public FlowWriter of(Node collection, Optional<Slot> slot) {
        boolean empty = children(collection).isEmpty();
        Optional<Node> shown = empty ? slot.map(Slot::mapping) : Optional.of(collection);
        return shown.map(node -> of(node, usual)).orElse(usual);
    }

    private FlowWriter of(Node collection, FlowWriter otherwise) {
        List<Integer> starts = children(collection);
        boolean flow = collection instanceof Node.Mapping mapping
                ? mapping.flow()
                : collection instanceof Node.Sequence list && list.flow();
        if (!flow || starts.isEmpty()) {
            return otherwise;
        }
        int first = starts.get(0);
        boolean spread = text.line(first) != text.line(collection.start());
        String lead = text.chars().substring(collection.start() + 1, first);
        boolean padded = collection instanceof Node.Mapping && !spread && lead.isBlank();
        boolean quoted = json || isQuoted(collection);
        String colon = colon(collection).filter(it -> quoted).orElse(quoted ? otherwise.colon() : ": ");
        return new FlowWriter(
                quoted,
                colon,
                comma(collection, colon),
                padded ? lead : "",
                spread ? Optional.of(unit(collection.start(), first)) : Optional.empty(),
                text.lineBreak(first));
    }

    private static List<Integer> children(Node collection) {
        if (collection instanceof Node.Mapping mapping) {
            return mapping.members().stream().limit(2).map(Node.Member::start).toList();
        }
        return collection instanceof Node.Sequence list
                ? list.items().stream().limit(2).map(Node::start).toList()
                : List.of();
    }

    private static boolean isQuoted(Node collection) {
        return collection instanceof Node.Mapping mapping
                && mapping.members().get(0).key() instanceof Node.Scalar key
                && key.form() == Node.Form.DOUBLE_QUOTED;
    }

    private Optional<String> colon(Node collection) {
        if (!(collection instanceof Node.Mapping mapping)) {
            return Optional.empty();
        }
        Node.Member first = mapping.members().get(0);
        return Optional.of(text.chars()
                        .substring(
                                first.key().end(),
                                Math.max(first.key().end(), first.value().start())))
                .filter(between -> between.matches(" *: *"));
    }

    private String comma(Node collection, String colon) {
        List<Integer> starts = children(collection);
        if (starts.size() == 2) {
            int end = collection instanceof Node.Mapping mapping
                    ? mapping.members().get(0).end()
                    : collection instanceof Node.Sequence list
                            ? list.items().get(0).end()
                            : 0;
            String between = text.chars().substring(Math.min(end, starts.get(1)), starts.get(1));
            if (between.matches(" *, *")) {
                return between;
            }
        }
        return colon.endsWith(" ") ? ", " : ",";
    }

    private String unit(int open, int first) {
        String outer = text.indentation(open);
        String inner = text.indentation(first);
        return inner.startsWith(outer) && inner.length() > outer.length() ? inner.substring(outer.length()) : "  ";
    }
}
