package dev.bulkhead.app.admission.json;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** A cursor over JSON (RFC 8259, UTF-8) that moves forward and reads names, texts and literals. */
final class JsonCursor {
    private final byte[] bytes;
    private int at;

    JsonCursor(byte[] bytes) {
        this.bytes = bytes;
    }

    int position() {
        return at;
    }

    /** The current byte, white space included; 0, which is not valid in JSON, at the end. */
    byte current() {
        return at < bytes.length ? bytes[at] : 0;
    }

    /** The text between two offsets, which is ASCII. */
    String ascii(int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }

    /** The next byte that is not white space, without consuming it; -1 at the end. */
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

    /** Consumes the byte that was peeked at. */
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

    /** Reads a member's name and the colon after it. */
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

    /** Reads the text that begins here with its quotation mark. */
    String string() throws IOException {
        int start = at + 1;
        int end = start;
        // Or-ing all bytes shows whether one has the sign bit, so that the text is not ASCII.
        int all = 0;
        while (end < bytes.length) {
            byte b = bytes[end];
            if (b == '"') {
                at = end + 1;
                return all < 0 ? utf8(start, end) : new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
            }
            if (b == '\\') {
                pass();
                // No escape is shorter than what it stands for.
                byte[] text = new byte[at - 1 - start];
                return utf8(text, 0, Escapes.replace(bytes, start, at - 1, text), start);
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

    /** Skips the text that begins here, if there is one. */
    void skipString() throws IOException {
        int start = at + 1;
        if (!pass()) {
            utf8(start, at - 1);
        }
    }

    /** Skips a text with valid escapes and returns whether all of it is ASCII. */
    private boolean pass() throws IOException {
        byte[] text = bytes;
        int end = at + 1;
        int all = 0;
        while (end < text.length) {
            byte b = text[end];
            if (b == '"') {
                at = end + 1;
                return all >= 0;
            }
            if (b == '\\') {
                at = end + 1;
                passEscape();
                end = at;
                continue;
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

    private void passEscape() throws IOException {
        int kind = at < bytes.length ? bytes[at++] : -1;
        switch (kind) {
            case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> {
                // Stands for one character.
            }
            case 'u' -> {
                for (int i = 0; i < 4; i++) {
                    if (at >= bytes.length || Character.digit(bytes[at], 16) < 0) {
                        throw wrong("expected four hexadecimal digits");
                    }
                    at++;
                }
            }
            default -> throw wrong("an unknown escape in a text");
        }
    }

    private String utf8(int start, int end) throws IOException {
        return utf8(bytes, start, end, start);
    }

    private String utf8(byte[] text, int start, int end, int place) throws IOException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(text, start, end - start))
                    .toString();
        } catch (CharacterCodingException e) {
            at = place;
            throw new IOException("the text at byte " + place + " is not UTF-8", e);
        }
    }

    /** Skips that literal. */
    void word(String word) throws IOException {
        for (int i = 0; i < word.length(); i++) {
            if (at >= bytes.length || bytes[at] != word.charAt(i)) {
                throw wrong("expected a value");
            }
            at++;
        }
    }
}
