package dev.bulkhead.app.console.page.diff;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Scalars of YAML, which every version of it reads as they were meant. */
public final class YamlText {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z/][A-Za-z0-9/]*([-._][A-Za-z0-9/]+)*");

    private static final Set<String> WORDS = Set.of("y", "n", "yes", "no", "on", "off", "true", "false", "null");

    private YamlText() {}

    public static String scalar(String text) {
        return PLAIN.matcher(text).matches() && !WORDS.contains(text.toLowerCase(Locale.ROOT))
                ? text
                : TextNode.valueOf(text).toString();
    }

    /** A text, number, truth value or null; or an empty collection. */
    public static String scalar(JsonNode value) {
        return value.isTextual() ? scalar(value.asText()) : value.toString();
    }
}
