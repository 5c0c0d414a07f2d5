package dev.bulkhead.engine.cel;

import java.util.Collection;
import java.util.stream.Collectors;

/** Literals and small phrases of the Common Expression Language. */
public final class Cel {
    private Cel() {}

    /** The text as a literal in single quotes, on one line. */
    public static String text(String text) {
        StringBuilder literal = new StringBuilder("'");
        text.codePoints().forEach(c -> {
            switch (c) {
                case '\'' -> literal.append("\\'");
                case '\\' -> literal.append("\\\\");
                case '\n' -> literal.append("\\n");
                default -> {
                    if (c >= ' ' && c < 0x7f) {
                        literal.append((char) c);
                    } else {
                        literal.append(c < 0x10000 ? String.format("\\u%04x", c) : String.format("\\U%08x", c));
                    }
                }
            }
        });
        return literal.append('\'').toString();
    }

    /** The texts as a list, sorted. */
    public static String set(Collection<String> texts) {
        return list(texts.stream().sorted().toList());
    }

    /** The texts as a list, in their order. */
    public static String list(Collection<String> texts) {
        return texts.stream().map(Cel::text).collect(Collectors.joining(", ", "[", "]"));
    }

    /** The texts as a list, one a line, indented by so many spaces. */
    public static String lines(Collection<String> texts, int indent) {
        String margin = "\n" + " ".repeat(indent);
        return texts.stream()
                .map(Cel::text)
                .collect(Collectors.joining("," + margin + "  ", "[" + margin + "  ", margin + "]"));
    }

    /** The value of an optional as a list: with that value, or empty. */
    public static String values(String optional) {
        return optional + ".optMap(x, [x]).orValue([])";
    }

    /** A list with that text where the condition holds, else an empty one. */
    public static String when(String condition, String value) {
        return "(" + condition + " ? [" + text(value) + "] : [])";
    }
}
