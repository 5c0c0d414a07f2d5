package dev.bulkhead.manifest.fix;

import dev.bulkhead.manifest.fix.node.FileText;
import dev.bulkhead.manifest.fix.node.Node;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** Finds the lines at which something can be inserted into a document without coming between a comment and its subject. */
final class BlockLines {
    private static final Pattern STRIPPED = Pattern.compile("[|>][0-9]?-");

    private final FileText text;
    private final int end;

    /** @param end where the document's part of the file ends */
    BlockLines(FileText text, int end) {
        this.text = text;
        this.end = end;
    }

    /** Below the line that leads to the mapping, above the comments on its first member. */
    int beginning(Node.Mapping mapping) {
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

    /** Where a block of text begins that would be another text if it ended with a line break, which it does not. */
    OptionalInt openBlock(Node node) {
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
        return STRIPPED.matcher(text.chars())
                        .region(header, text.lineEnd(header))
                        .lookingAt()
                ? OptionalInt.empty()
                : OptionalInt.of(header);
    }
}
