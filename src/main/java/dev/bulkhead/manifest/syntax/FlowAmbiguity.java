package dev.bulkhead.manifest.syntax;

import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;

/**
 * Rejects what YAML 1.2 and kubectl read differently inside brackets and braces. <p>In {@code [a:]} YAML 1.2 sees a
 * mapping, kubectl the text {@code a:}. In {@code {?privileged: true}} YAML 1.2 sees the key {@code ?privileged},
 * kubectl the key {@code privileged}.
 */
final class FlowAmbiguity {
    private static final Pattern CLOSE_COLON = Pattern.compile(":[,\\]}]");
    private static final int[] NONE = {};

    private final int[] codePoints;

    FlowAmbiguity(String chars) {
        this.codePoints = CLOSE_COLON.matcher(chars).find() ? chars.codePoints().toArray() : NONE;
    }

    /** @throws UnreadableException if this scalar inside brackets or braces has another meaning elsewhere */
    void check(ScalarEvent scalar, Position position) {
        if (!scalar.isPlain()) {
            return;
        }
        if (scalar.getValue().startsWith("?")) {
            throw new UnreadableException(position, "found '?' at the start of a text in brackets; quote the text");
        }
        int end = scalar.getEndMark().map(Mark::getIndex).orElse(0);
        if (scalar.getValue().isEmpty() && isBehindCloseColon(end)) {
            throw new UnreadableException(
                    position,
                    "expected a blank between ':' and '" + Character.toString(codePoints[end]) + "', found none");
        }
    }

    private boolean isBehindCloseColon(int index) {
        return index > 0
                && index < codePoints.length
                && codePoints[index - 1] == ':'
                && ",]}".indexOf(codePoints[index]) >= 0;
    }
}
