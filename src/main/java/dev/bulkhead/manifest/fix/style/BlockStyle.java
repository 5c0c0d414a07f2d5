package dev.bulkhead.manifest.fix.style;

import dev.bulkhead.manifest.fix.node.FileText;
import dev.bulkhead.manifest.fix.node.Node;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalInt;

/** Recognises by how much a document indents what stands below a key. */
public final class BlockStyle {
    private static final int USUAL_STEP = 2;

    private final FileText text;
    private OptionalInt step = OptionalInt.empty();
    private OptionalInt dash = OptionalInt.empty();

    private BlockStyle(FileText text) {
        this.text = text;
    }

    /** What the first mapping and the first list below a key show. */
    public static BlockWriter of(FileText text, Node root) {
        BlockStyle style = new BlockStyle(text);
        style.look(root);
        int step = style.step.orElse(USUAL_STEP);
        return new BlockWriter(step, style.dash.orElse(step), "\n");
    }

    private void look(Node root) {
        Deque<Node> open = new ArrayDeque<>();
        open.push(root);
        while (!open.isEmpty() && (step.isEmpty() || dash.isEmpty())) {
            Node node = open.pop();
            if (node instanceof Node.Mapping mapping && !mapping.flow()) {
                for (int i = mapping.members().size() - 1; i >= 0; i--) {
                    open.push(mapping.members().get(i).value());
                }
                mapping.members().forEach(member -> compare(mapping, member.value()));
            } else if (node instanceof Node.Sequence list && !list.flow()) {
                list.items().forEach(open::push);
            }
        }
    }

    private void compare(Node.Mapping mapping, Node value) {
        if (step.isEmpty()
                && value instanceof Node.Mapping inner
                && !inner.flow()
                && !inner.members().isEmpty()) {
            step = OptionalInt.of(Math.max(1, text.column(inner.start()) - text.column(mapping.start())));
        } else if (dash.isEmpty()
                && value instanceof Node.Sequence list
                && !list.flow()
                && !list.items().isEmpty()) {
            dash = OptionalInt.of(Math.max(0, text.column(list.start()) - text.column(mapping.start())));
        }
    }
}
