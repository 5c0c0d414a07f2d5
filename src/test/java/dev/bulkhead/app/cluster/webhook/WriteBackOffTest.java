package dev.bulkhead.app.cluster.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.bulkhead.MovingClock;
import dev.bulkhead.app.cluster.webhook.WriteBackOff.Turn;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WriteBackOffTest {
    private static final Map<String, JsonNode> SELECTOR = change("a/namespaceSelector", "ours");

    private final MovingClock clock = new MovingClock(Instant.parse("2026-11-26T00:00:00Z"));
    private final WriteBackOff backOff = new WriteBackOff(clock);

    private static Map<String, JsonNode> change(String field, String value) {
        return Map.of(field, TextNode.valueOf(value));
    }

    /** Whether it was written. */
    private boolean write(Map<String, JsonNode> changes) {
        Optional<Turn> turn = backOff.turn("object", changes);
        turn.ifPresent(now -> backOff.written("object", changes, now));
        return turn.isPresent();
    }

    @Test
    void newValuesAreWrittenAtOnce() {
        for (int i = 0; i < 100; i++) {
            Turn turn = backOff.turn("object", change("a/clientConfig", "bundle " + i))
                    .orElseThrow();
            assertThat(turn.times()).isZero();
            backOff.written("object", change("a/clientConfig", "bundle " + i), turn);
        }
    }

    @Test
    void rewritesAtOnceWhatWasUndoneOnceAndNamesIt() {
        write(SELECTOR);

        Turn turn = backOff.turn("object", SELECTOR).orElseThrow();

        assertThat(turn.times()).isEqualTo(1);
        assertThat(turn.undone()).containsExactly("a/namespaceSelector");
    }

    @Test
    void anotherObjectDoesNotWait() {
        write(SELECTOR);
        write(SELECTOR);
        assertThat(write(SELECTOR)).isFalse();

        assertThat(backOff.turn("other", SELECTOR)).isPresent();
    }

    /** Somebody undoes at once whatever is written, and it is looked at every two seconds for a day. */
    @Test
    void aDayOfUndoingCostsFewWrites() {
        int writes = 0;
        for (long second = 0; second < Duration.ofDays(1).toSeconds(); second += 2) {
            writes += write(SELECTOR) ? 1 : 0;
            clock.pass(Duration.ofSeconds(2));
        }

        long atTheLongestPause = Duration.ofDays(1).dividedBy(WriteBackOff.LONGEST_PAUSE);
        assertThat(writes).isBetween((int) atTheLongestPause - 10, (int) atTheLongestPause + 10);
    }

    @Test
    void resetsAfterACalmTime() {
        for (int i = 0; i < 20; i++) {
            write(SELECTOR);
            clock.pass(WriteBackOff.LONGEST_PAUSE);
        }
        clock.pass(WriteBackOff.CALM);

        Turn turn = backOff.turn("object", SELECTOR).orElseThrow();

        assertThat(turn.times()).isEqualTo(1);
        assertThat(turn.pause()).isEqualTo(WriteBackOff.FIRST_PAUSE);
    }
}
