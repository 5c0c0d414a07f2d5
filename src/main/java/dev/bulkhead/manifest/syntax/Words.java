package dev.bulkhead.manifest.syntax;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.engine.text.SafeText;

/** Phrases used in problems. */
public final class Words {
    private static final int LONGEST = 80;

    private Words() {}

    /** What kind of value it is, with its article. */
    public static String kind(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT, POJO -> "a mapping";
            case ARRAY -> "a list";
            case STRING, BINARY -> "a string";
            case NUMBER -> "a number";
            case BOOLEAN -> "a boolean";
            case NULL, MISSING -> "nothing";
        };
    }

    /** Text from a file, shortened and without control characters. */
    static String quoted(String text) {
        return '"' + SafeText.line(text, LONGEST) + '"';
    }

    /**
     * Rejects an unpaired surrogate, which escapes can write.
     *
     * @throws UnreadableException because the API server would store another character in its place
     */
    static void checkSurrogates(String text, Position position) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                int c = text.codePointAt(i);
                if (c <= Character.MAX_VALUE) {
                    throw new UnreadableException(
                            position, String.format("found the escape \\u%04x, which is only half a character", c));
                }
                i++;
            }
        }
    }
}
