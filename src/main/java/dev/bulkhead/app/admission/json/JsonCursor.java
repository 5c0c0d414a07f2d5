package dev.bulkhead.app.admission.json;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Bytes of JSON (RFC 8259, UTF-8) and a place in them that moves forward. Reads each kind of value where one stands, and
 * passes over values that nobody wants without making anything of them.
 */
final class JsonCursor {
    private static final int USUAL_DEPTH = 64;

    private final byte[] bytes;
    private final int maxDepth;
    private int at;

    JsonCursor(byte[] bytes, int maxDepth) {
        this.bytes = bytes;
        this.maxDepth = maxDepth;
    }

    int position() {
        return at;
    }

    /** What stands between two places, all of it ASCII. */
    String ascii(int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }

    /** The next byte that is no white space, without moving beyond it; -1 at the end. */
    int peek() {
        while (at < bytes.length) {
            byte b = bytes[at];
            if (b > ' ') {
                return b;
            }
            if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
                return b & 0xff;
            }
            at++;
        }
        return -1;
    }

    /** Moves beyond the byte that was peeked at. */
    void advance() {
        at++;
    }

    void expect(char wanted) throws IOException {
        if (peek() != wanted) {
            throw wrong("expected '" + wanted + "'");
        }
        at++;
    }

    IOException wrong(String problem) {
        return new IOException(at >= bytes.length ? "the JSON ends too early" : problem + " at byte " + at);
    }

    /** The name of a member, and the colon after it. */
    String name() throws IOException {
        if (peek() != '"') {
            throw wrong("expected the name of a member");
        }
        int start = at + 1;
        int hash = 0;
        int end = start;
        while (end < bytes.length) {
            byte b = bytes[end];
            if (b == '"' || b == '\\' || b < ' ') {
                break;
            }
            hash = 31 * hash + b;
            end++;
        }
        String name;
        if (end < bytes.length && bytes[end] == '"') {
            name = FieldNames.find(bytes, start, end, hash);
            if (name == null) {
                name = new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
            }
            at = end + 1;
        } else {
            name = string();
        }
        expect(':');
        return name;
    }

    /** The text that begins here with its quotation mark. */
    String string() throws IOException {
        int start = at + 1;
        int end = start;
        // All bytes together tell whether one of them has the sign bit, so that the text is more than ASCII.
        int all = 0;
        while (end < bytes.length) {
            byte b = bytes[end];
            if (b == '"') {
                at = end + 1;
                return all < 0 ? utf8(start, end) : new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
            }
            if (b == '\\') {
                return escaped(start, end);
            }
            if (b >= 0 && b < ' ') {
                at = end;
                throw wrong("a control character in a text");
            }
            all |= b;
            end++;
        }
        at = end;
        throw wrong("");
    }

    private String utf8(int start, int end) throws IOException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes, start, end - start))
                    .toString();
        } catch (CharacterCodingException e) {
            at = start;
            throw new IOException("the text at byte " + start + " is not UTF-8", e);
        }
    }

    /** A text with escapes, of which everything before the first is known to be plain. */
    private String escaped(int start, int firstEscape) throws IOException {
        StringBuilder text = new StringBuilder(2 * (firstEscape - start) + 16);
        int plain = start;
        int end = firstEscape;
        while (end < bytes.length) {
            byte b = bytes[end];
            if (b == '"') {
                text.append(utf8(plain, end));
                at = end + 1;
                return text.toString();
            }
            if (b >= 0 && b < ' ') {
                at = end;
                throw wrong("a control character in a text");
            }
            if (b != '\\') {
                end++;
                continue;
            }
            text.append(plain == end ? "" : utf8(plain, end));
            at = end + 1;
            text.append(escape());
            end = at;
            plain = end;
        }
        at = end;
        throw wrong("");
    }

    private char escape() throws IOException {
        int kind = at < bytes.length ? bytes[at++] : -1;
        return switch (kind) {
            case '"', '\\', '/' -> (char) kind;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unit();
            default -> throw wrong("an unknown escape in a text");
        };
    }

    private char unit() throws IOException {
        int unit = 0;
        for (int i = 0; i < 4; i++) {
            int digit = at < bytes.length ? Character.digit(bytes[at], 16) : -1;
            if (digit < 0) {
                throw wrong("expected four hexadecimal digits");
            }
            unit = unit << 4 | digit;
            at++;
        }
        return (char) unit;
    }

    /** Moves beyond that word. */
    void word(String word) throws IOException {
        for (int i = 0; i < word.length(); i++) {
            if (at >= bytes.length || bytes[at] != word.charAt(i)) {
                throw wrong("expected a value");
            }
            at++;
        }
    }

    /** Moves beyond the number that begins here, if it has the form of one, and gives its length. */
    int number() throws IOException {
        int start = at;
        if (bytes[at] == '-') {
            at++;
        }
        boolean zero = at < bytes.length && bytes[at] == '0';
        int whole = digits();
        if (whole == 0 || (zero && whole > 1)) {
            throw wrong("expected a value");
        }
        if (at < bytes.length && bytes[at] == '.') {
            at++;
            if (digits() == 0) {
                throw wrong("expected a digit");
            }
        }
        if (at < bytes.length && (bytes[at] == 'e' || bytes[at] == 'E')) {
            at++;
            if (at < bytes.length && (bytes[at] == '+' || bytes[at] == '-')) {
                at++;
            }
            if (digits() == 0) {
                throw wrong("expected a digit");
            }
        }
        return at - start;
    }

    private int digits() {
        int start = at;
        while (at < bytes.length && bytes[at] >= '0' && bytes[at] <= '9') {
            at++;
        }
        return at - start;
    }

    /**
     * Moves beyond the object or list that begins here: its brackets match and its texts end, more is not asked of it.
     *
     * @param depth of what it stands in
     */
    void skip(int depth) throws IOException {
        boolean[] objects = new boolean[USUAL_DEPTH];
        int open = 0;
        while (at < bytes.length) {
            byte b = bytes[at++];
            switch (b) {
                case '"' -> skipText();
                case '{', '[' -> {
                    if (depth + ++open > maxDepth) {
                        throw wrong("more than " + maxDepth + " levels");
                    }
                    if (open > objects.length) {
                        objects = Arrays.copyOf(objects, 2 * objects.length);
                    }
                    objects[open - 1] = b == '{';
                }
                case '}', ']' -> {
                    if (objects[--open] != (b == '}')) {
                        at--;
                        throw wrong("brackets do not match");
                    }
                    if (open == 0) {
                        return;
                    }
                }
                default -> {
                    // Part of a value that nobody reads.
                }
            }
        }
        throw wrong("");
    }

    private void skipText() throws IOException {
        byte[] text = bytes;
        int i = at;
        while (i < text.length) {
            byte b = text[i++];
            if (b == '"') {
                at = i;
                return;
            }
            if (b == '\\') {
                i++;
            }
        }
        at = text.length;
        throw wrong("");
    }
}
