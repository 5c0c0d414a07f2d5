package dev.bulkhead.engine.rule.secret;

import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * Access keys of Azure's services: random bytes in Base64 of a fixed length, with a mark at a fixed place that says which
 * service they open.
 *
 * <p>The table is of November 2026, after github.com/microsoft/security-utilities, GeneratedRegexPatterns (SEC101/152 and
 * following). Reads each text a bounded number of times.
 */
final class AzureKeys {
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
     * @param mark what stands in it
     * @param before how many characters stand before the mark
     * @param after how many after it, without the signs that end it
     * @param end the signs that end it
     */
    private record Kind(String mark, int before, int after, String end) {
        boolean standsAround(String text, int at) {
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

    private static final List<Kind> KINDS = List.of(
            // Storage, Cosmos DB, Batch, API Management, Machine Learning: 64 bytes
            new Kind("+ASt", 76, 6, "=="),
            new Kind("ACDb", 76, 6, "=="),
            new Kind("+ABa", 76, 6, "=="),
            new Kind("APIM", 76, 6, "=="),
            new Kind("+AMC", 76, 6, "=="),
            // Service Bus, Event Hubs, Relay, IoT Hub: 32 bytes
            new Kind("+ASb", 33, 6, "="),
            new Kind("+AEh", 33, 6, "="),
            new Kind("+ARm", 33, 6, "="),
            new Kind("AIoT", 33, 6, "="),
            // Cache for Redis; AI Search; Container Registry; Functions
            new Kind("AzCa", 33, 6, "="),
            new Kind("AzSe", 42, 6, ""),
            new Kind("+ACR", 42, 6, ""),
            new Kind("AzFu", 44, 6, "=="));

    private AzureKeys() {}

    /** Whether such a key stands somewhere in the text. */
    static Optional<String> find(String text) {
        for (Kind kind : KINDS) {
            for (int at = text.indexOf(kind.mark(), kind.before()); at >= 0; at = text.indexOf(kind.mark(), at + 1)) {
                if (kind.standsAround(text, at)) {
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
