package dev.bulkhead.engine.rule.secret;

import dev.bulkhead.engine.text.TableFile;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds tokens by the prefixes that their issuers give them. They are listed in {@code tokens.txt}. */
final class KnownTokens {
    private static final BitSet ALPHANUMERIC = alphabet("azAZ09");
    private static final BitSet URL_SAFE = alphabet("azAZ09--__");

    /** The alphabets by their names in the table. */
    private static final Map<String, BitSet> ALPHABETS = Map.of(
            "alphanumeric", ALPHANUMERIC,
            "capitals", alphabet("AZ09"),
            "hex", alphabet("afAF09"),
            "base64", alphabet("azAZ09++//"),
            "url", URL_SAFE,
            "dotted", alphabet("azAZ09--__.."),
            "slashed", alphabet("azAZ09--__//"),
            "printable", alphabet(" ~"));

    private static final Pattern LENGTH = Pattern.compile("([1-9][0-9]{0,2})(\\+?)");

    /**
     * A kind of token.
     *
     * @param kind what messages call it, with its article
     * @param prefix its first characters
     * @param least how many characters follow at least
     * @param exact whether no more characters may follow
     */
    private record Token(String kind, String prefix, int least, boolean exact, BitSet alphabet) {
        /** Reads a row of the table. */
        static Token of(TableFile.Row row) {
            Matcher length = LENGTH.matcher(row.cell(1));
            BitSet alphabet = ALPHABETS.get(row.cell(2));
            if (!length.matches()) {
                throw row.wrong("expected a length such as 20 or 20+, found " + row.cell(1));
            }
            if (alphabet == null) {
                throw row.wrong("expected one of " + ALPHABETS.keySet() + ", found " + row.cell(2));
            }
            if (row.cell(0).charAt(0) >= ASCII) {
                throw row.wrong("expected a prefix that begins in ASCII, found " + row.cell(0));
            }
            return new Token(
                    row.cell(3),
                    row.cell(0),
                    Integer.parseInt(length.group(1)),
                    length.group(2).isEmpty(),
                    alphabet);
        }

        boolean matchesAt(String text, int start) {
            int from = start + prefix.length();
            int end = from + least;
            if (end > text.length() || !text.startsWith(prefix, start)) {
                return false;
            }
            boolean varied = false;
            for (int i = from; i < end; i++) {
                if (!alphabet.get(text.charAt(i))) {
                    return false;
                }
                varied |= text.charAt(i) != text.charAt(from);
            }
            // The same character throughout is a placeholder.
            return varied && !(exact && end < text.length() && alphabet.get(text.charAt(end)));
        }
    }

    private static final int ASCII = 128;

    private static final List<Token> ALL =
            TableFile.unique(TableFile.read(KnownTokens.class, "tokens.txt", 4), 0).stream()
                    .map(Token::of)
                    .toList();

    private static final List<List<Token>> BY_FIRST = byFirst();

    private static List<List<Token>> byFirst() {
        List<List<Token>> byFirst = new ArrayList<>();
        for (int c = 0; c < ASCII; c++) {
            int first = c;
            byFirst.add(ALL.stream()
                    .filter(token -> token.prefix.charAt(0) == first)
                    .toList());
        }
        return List.copyOf(byFirst);
    }

    private KnownTokens() {}

    /** The characters of these ranges, each given by its first and its last. */
    private static BitSet alphabet(String ranges) {
        BitSet alphabet = new BitSet(ASCII);
        for (int i = 0; i < ranges.length(); i += 2) {
            alphabet.set(ranges.charAt(i), ranges.charAt(i + 1) + 1);
        }
        return alphabet;
    }

    /** The kind of token that the text contains, if any. Reads each character a bounded number of times. */
    static Optional<String> find(String text) {
        boolean inWord = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!inWord && c < ASCII) {
                for (Token token : BY_FIRST.get(c)) {
                    if (token.matchesAt(text, i)) {
                        return Optional.of(token.kind);
                    }
                }
            }
            inWord = ALPHANUMERIC.get(c);
        }
        return hasJsonWebToken(text) ? Optional.of("a JSON Web Token") : Optional.empty();
    }

    /** Three parts in Base64, joined by dots, of which the first begins as an object in JSON does. */
    private static boolean hasJsonWebToken(String text) {
        int parts = 0;
        int start = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i < text.length() && URL_SAFE.get(text.charAt(i))) {
                continue;
            }
            int length = i - start;
            if (parts > 0) {
                parts = length >= 4 ? parts + 1 : 0;
            }
            if (parts == 0 && length >= 16 && text.startsWith("eyJ", start)) {
                parts = 1;
            }
            if (parts == 3) {
                return true;
            }
            if (i == text.length() || text.charAt(i) != '.') {
                parts = 0;
            }
            start = i + 1;
        }
        return false;
    }
}
