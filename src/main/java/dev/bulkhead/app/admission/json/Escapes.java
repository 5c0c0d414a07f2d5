package dev.bulkhead.app.admission.json;

/** Decodes the escapes in a text. */
final class Escapes {
    /** What Go, and so the API server, reads for an unpaired surrogate or invalid UTF-8. */
    static final char REPLACEMENT = '\ufffd';

    private static final int UNIT_LENGTH = "\\u0000".length();

    private Escapes() {}

    /**
     * Decodes a text, all of whose escapes are valid, to UTF-8.
     *
     * @param json the document; the text is between {@code start} and {@code end}
     * @param text receives the decoded text, which is never longer than the encoded one
     * @return the length of the decoded text
     */
    static int replace(byte[] json, int start, int end, byte[] text) {
        int length = 0;
        int next = start;
        while (next < end) {
            byte b = json[next];
            if (b != '\\') {
                text[length++] = b;
                next++;
            } else if (json[next + 1] != 'u') {
                text[length++] = character(json[next + 1]);
                next += 2;
            } else if (isPair(json, next, end)) {
                length = write(Character.toCodePoint(unit(json, next), unit(json, next + UNIT_LENGTH)), text, length);
                next += 2 * UNIT_LENGTH;
            } else {
                char unit = unit(json, next);
                length = write(Character.isSurrogate(unit) ? REPLACEMENT : unit, text, length);
                next += UNIT_LENGTH;
            }
        }
        return length;
    }

    private static boolean isPair(byte[] json, int place, int end) {
        int second = place + UNIT_LENGTH;
        return second + UNIT_LENGTH <= end
                && json[second] == '\\'
                && json[second + 1] == 'u'
                && Character.isSurrogatePair(unit(json, place), unit(json, second));
    }

    private static byte character(byte kind) {
        return switch (kind) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> kind;
        };
    }

    private static char unit(byte[] json, int place) {
        int unit = 0;
        for (int i = place + 2; i < place + UNIT_LENGTH; i++) {
            unit = (unit << 4) | Character.digit(json[i], 16);
        }
        return (char) unit;
    }

    /** Writes a character as UTF-8 and returns the position after it. */
    private static int write(int character, byte[] text, int length) {
        int next = length;
        if (character < 0x80) {
            text[next++] = (byte) character;
            return next;
        }
        if (character < 0x800) {
            text[next++] = (byte) (0xc0 | (character >> 6));
        } else {
            if (character < 0x10000) {
                text[next++] = (byte) (0xe0 | (character >> 12));
            } else {
                text[next++] = (byte) (0xf0 | (character >> 18));
                text[next++] = continuation(character >> 12);
            }
            text[next++] = continuation(character >> 6);
        }
        text[next++] = continuation(character);
        return next;
    }

    private static byte continuation(int bits) {
        return (byte) (0x80 | (bits & 0x3f));
    }
}
