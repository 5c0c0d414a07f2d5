package dev.bulkhead.app.admission.json;

import java.io.IOException;
import java.util.Arrays;

/**
 * Skips a value. It must still be valid, as for the API server's own decoder; only duplicate names are not detected,
 * which would need memory for the names.
 */
final class SkippedValue {
    private static final int USUAL_DEPTH = 64;

    private final JsonCursor json;
    private final int outerDepth;
    private final int maxDepth;

    /** For each open object or list, the outermost first, whether it is an object. */
    private boolean[] objects = new boolean[USUAL_DEPTH];

    private int open;

    private SkippedValue(JsonCursor json, int outerDepth, int maxDepth) {
        this.json = json;
        this.outerDepth = outerDepth;
        this.maxDepth = maxDepth;
    }

    /**
     * Skips the value that begins here.
     *
     * @param outerDepth of what it stands in
     * @throws IOException when it is not valid, or deeper than allowed; the message names the place
     */
    static void skip(JsonCursor json, int outerDepth, int maxDepth) throws IOException {
        new SkippedValue(json, outerDepth, maxDepth).skip();
    }

    private void skip() throws IOException {
        do {
            int first = json.peek();
            if (first == '{' || first == '[') {
                json.advance();
                if (outerDepth + open >= maxDepth) {
                    throw json.wrong("more than " + maxDepth + " levels");
                }
                if (json.peek() != closing(first == '{')) {
                    begin(first == '{');
                    continue;
                }
                json.advance();
            } else {
                scalar(first);
            }
            end();
        } while (open > 0);
    }

    private static char closing(boolean object) {
        return object ? '}' : ']';
    }

    private void begin(boolean object) throws IOException {
        if (open == objects.length) {
            objects = Arrays.copyOf(objects, 2 * objects.length);
        }
        objects[open++] = object;
        if (object) {
            name();
        }
    }

    /** After a value: moves to the next one, past whatever ends before it. */
    private void end() throws IOException {
        while (open > 0) {
            boolean object = objects[open - 1];
            int next = json.peek();
            if (next != ',' && next != closing(object)) {
                throw json.wrong("expected ',' or '" + closing(object) + "'");
            }
            json.advance();
            if (next == ',') {
                if (object) {
                    name();
                }
                return;
            }
            open--;
        }
    }

    private void name() throws IOException {
        if (json.peek() != '"') {
            throw json.wrong("expected the name of a member");
        }
        json.skipString();
        json.expect(':');
    }

    private void scalar(int first) throws IOException {
        switch (first) {
            case '"' -> json.skipString();
            case 't' -> json.word("true");
            case 'f' -> json.word("false");
            case 'n' -> json.word("null");
            default -> JsonNumber.skip(json);
        }
    }
}
