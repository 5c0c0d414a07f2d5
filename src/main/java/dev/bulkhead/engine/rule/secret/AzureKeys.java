package dev.bulkhead.engine.rule.secret;

import dev.bulkhead.engine.text.TableFile;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Access keys of Azure's services: random bytes in Base64 of a fixed length, with a mark at a fixed place that identifies
 * the service. They are listed in {@code azure-keys.txt}. Reads each text a bounded number of times.
 */
final class AzureKeys {
    private static final Pattern LENGTH = Pattern.compile("[1-9][0-9]{0,2}");
    private static final Pattern END = Pattern.compile("==?|none");
    private static final BitSet BASE64 = new BitSet(128);

    static {
        BASE64.set('a', 'z' + 1);
        BASE64.set('A', 'Z' + 1);
        BASE64.set('0', '9' + 1);
        BASE64.set('+');
        BASE64.set('/');
    }

    /**
     * A kind of key.
     *
     * @param mark the text that identifies it
     * @param before how many characters precede the mark
     * @param after how many follow it, without the padding
     * @param end the padding
     */
    record Kind(String mark, int before, int after, String end) {
        /** Reads a row of the table. */
        static Kind of(TableFile.Row row) {
            if (!LENGTH.matcher(row.cell(1)).matches()
                    || !LENGTH.matcher(row.cell(2)).matches()) {
                throw row.wrong("expected two lengths, found " + row.cell(1) + " and " + row.cell(2));
            }
            if (!END.matcher(row.cell(3)).matches()) {
                throw row.wrong("expected =, == or none, found " + row.cell(3));
            }
            return new Kind(
                    row.cell(0),
                    Integer.parseInt(row.cell(1)),
                    Integer.parseInt(row.cell(2)),
                    row.cell(3).equals("none") ? "" : row.cell(3));
        }

        boolean matches(String text, int at) {
            int start = at - before;
            int last = at + mark.length() + after;
            return start >= 0
                    && text.startsWith(end, last)
                    && (start == 0 || !BASE64.get(text.charAt(start - 1)))
                    && (last + end.length() == text.length() || !BASE64.get(text.charAt(last + end.length())))
                    && isBase64(text, at + mark.length(), last)
                    && isBase64(text, start, at);
        }
    }

    private static final List<Kind> KINDS =
            TableFile.unique(TableFile.read(AzureKeys.class, "azure-keys.txt", 4), 0).stream()
                    .map(Kind::of)
                    .toList();

    private AzureKeys() {}

    /** The kind of credential, with its article, if the text contains such a key. */
    static Optional<String> find(String text) {
        for (Kind kind : KINDS) {
            for (int at = text.indexOf(kind.mark(), kind.before()); at >= 0; at = text.indexOf(kind.mark(), at + 1)) {
                if (kind.matches(text, at)) {
                    return Optional.of("an Azure access key");
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isBase64(String text, int start, int end) {
        for (int i = start; i < end; i++) {
            if (!BASE64.get(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }
}
