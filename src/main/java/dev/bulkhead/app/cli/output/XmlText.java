package dev.bulkhead.app.cli.output;

import dev.bulkhead.engine.text.SafeText;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Writes indented XML 1.0 in ASCII, so that no encoding garbles it. Characters that XML forbids, and others that no reader
 * sees, are shown as by {@link SafeText}.
 */
final class XmlText {
    private final StringBuilder out = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    private final Deque<String> open = new ArrayDeque<>();

    /**
     * Begins an element.
     *
     * @param attributes names and values in turn
     */
    XmlText begin(String element, String... attributes) {
        tag(element, attributes).append(">\n");
        open.push(element);
        return this;
    }

    /** Ends the element that began last. */
    XmlText end() {
        String element = open.pop();
        indent().append("</").append(element).append(">\n");
        return this;
    }

    /** Adds an element without content. */
    XmlText empty(String element, String... attributes) {
        tag(element, attributes).append("/>\n");
        return this;
    }

    /** Adds an element with lines of text. */
    XmlText lines(String element, List<String> lines, String... attributes) {
        tag(element, attributes).append('>');
        String separator = "";
        for (String line : lines) {
            out.append(separator);
            escape(line);
            separator = "\n";
        }
        out.append("</").append(element).append(">\n");
        return this;
    }

    private StringBuilder tag(String element, String... attributes) {
        indent().append('<').append(element);
        for (int i = 0; i < attributes.length; i += 2) {
            out.append(' ').append(attributes[i]).append("=\"");
            escape(attributes[i + 1]);
            out.append('"');
        }
        return out;
    }

    private StringBuilder indent() {
        return out.append("  ".repeat(open.size()));
    }

    private void escape(String text) {
        SafeText.line(text).codePoints().forEach(c -> {
            switch (c) {
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '&' -> out.append("&amp;");
                case '"' -> out.append("&quot;");
                default -> {
                    if (c <= '~') {
                        out.append((char) c);
                    } else {
                        out.append("&#").append(c).append(';');
                    }
                }
            }
        });
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
