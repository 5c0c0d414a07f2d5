package dev.bulkhead.app.admission.json;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** A cursor over JSON (RFC 8259, UTF-8) that moves forward and reads names, texts and literals. */
final class JsonCursor {
    /** What Go, and so the API server, reads for an unpaired surrogate or invalid UTF-8. */
    static final char REPLACEMENT = '\ufffd';

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

    /** Skips the text that begins here, if there is one. */
    void skipString() throws IOException {
        byte[] text = bytes;
        int start = at + 1;
        int i = start;
        int all = 0;
        while (i < text.length) {
            byte b = text[i];
            if (b == '"') {
                at = i + 1;
                if (all < 0) {
                    utf8(start, i);
                }
                return;
            }
            if (b == '\\') {
                at = i + 1;
                escape();
                i = at;
                continue;
            }
            if (b >= 0 && b < ' ') {
                at = i;
                throw wrong("a control character in a text");
            }
            all |= b;
            i++;
        }
        at = text.length;
        throw wrong("");
    }

    /** Reads a text with escapes; everything before the first escape is plain. */
    private String escaped(int start, int firstEscape) throws IOException {
        StringBuilder text = new StringBuilder(2 * (firstEscape - start) + 16);
        boolean surrogates = false;
        int plain = start;
        int end = firstEscape;
        while (end < bytes.length) {
            byte b = bytes[end];
            if (b == '"') {
                text.append(utf8(plain, end));
                at = end + 1;
                return surrogates ? paired(text) : text.toString();
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
            char unit = escape();
            surrogates |= Character.isSurrogate(unit);
            text.append(unit);
            end = at;
            plain = end;
        }
        at = end;
        throw wrong("");
    }

    /** Replaces each unpaired surrogate by the replacement character. */
    private static String paired(StringBuilder text) {
        for (int i = 0; i < text.length(); i++) {
            if (!Character.isSurrogate(text.charAt(i))) {
                continue;
            }
            if (Character.isSupplementaryCodePoint(text.codePointAt(i))) {
                i++;
            } else {
                text.setCharAt(i, REPLACEMENT);
            }
        }
        return text.toString();
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
