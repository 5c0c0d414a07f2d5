package dev.bulkhead.manifest.fix.style;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Scalars as people write them: in quotes only where some reader would take the text for something else. */
public final class Scalars {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z/][A-Za-z0-9/]*([-._][A-Za-z0-9/]+)*");
    private static final Pattern NAMES = Pattern.compile(PLAIN.pattern() + "(," + PLAIN.pattern() + ")+");
    private static final Pattern QUANTITY = Pattern.compile("[1-9][0-9]*(m|k|[MGTP]|[KMGTPE]i)");
    private static final Set<String> WORDS = Set.of("y", "n", "yes", "no", "on", "off", "true", "false", "null");

    private Scalars() {}

    /** A text of YAML. */
    public static String yaml(String text) {
        boolean plain = PLAIN.matcher(text).matches() && !WORDS.contains(text.toLowerCase(Locale.ROOT));
        return plain || QUANTITY.matcher(text).matches() ? text : json(text);
    }

    /** A text of YAML outside braces and brackets, where a comma means nothing. */
    public static String block(String text) {
        return NAMES.matcher(text).matches() ? text : yaml(text);
    }

    /** The same of a value. */
    public static String block(JsonNode value) {
        return value.isTextual() ? block(value.asText()) : value.toString();
    }

    /** A text of JSON, which YAML reads as well. */
    public static String json(String text) {
        return TextNode.valueOf(text).toString();
    }

    /** A text, number, truth value or null, or an empty collection. */
    public static String yaml(JsonNode value) {
        return value.isTextual() ? yaml(value.asText()) : value.toString();
    }

    /** Whether the value takes lines of its own in block style. */
    public static boolean isNested(JsonNode value) {
        return value.isContainerNode() && !value.isEmpty();
    }
}
