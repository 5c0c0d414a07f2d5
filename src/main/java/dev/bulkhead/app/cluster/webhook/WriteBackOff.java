package dev.bulkhead.app.cluster.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.engine.workload.ImmutableCopies;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Spaces out writes that another client keeps reverting, so that two controllers never rewrite an object in an endless
 * race. A field with a new value is written at once. If a field needs the value that it was given before, somebody has
 * changed it, and the write waits longer each time. Thread-safe.
 */
public final class WriteBackOff {
    /** The wait after the first write that was reverted; it doubles from there. */
    static final Duration FIRST_PAUSE = Duration.ofSeconds(5);

    /** The longest wait. */
    static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    /** After this time without a revert, the history is forgotten. */
    static final Duration CALM = LONGEST_PAUSE.multipliedBy(2);

    private final Clock clock;
    private final Map<String, History> histories = new HashMap<>();

    /** The writes to one object: the fields with their values, how often they were reverted, and when to continue. */
    private static final class History {
        private final Map<String, JsonNode> written = new HashMap<>();
        private Instant last = Instant.EPOCH;
        private Instant next = Instant.EPOCH;
        private int undone;
    }

    /**
     * A write that may be made now.
     *
     * @param undone the fields that were changed since they were written with the same value
     * @param times how often in a row such a write was reverted, including this time; 0 if none was
     * @param pause how long the next write waits if this one is reverted too
     */
    public record Turn(Set<String> undone, int times, Duration pause) {
        public Turn {
            undone = ImmutableCopies.of(undone);
        }
    }

    public WriteBackOff(Clock clock) {
        this.clock = clock;
    }

    /**
     * Whether to write now.
     *
     * @param changes the fields that would change, with their new values
     * @return empty if it is too early
     */
    public synchronized Optional<Turn> turn(String object, Map<String, JsonNode> changes) {
        History history = histories.getOrDefault(object, new History());
        Set<String> undone = new TreeSet<>();
        changes.forEach((field, value) -> {
            if (value.equals(history.written.get(field))) {
                undone.add(field);
            }
        });
        Instant now = clock.instant();
        if (undone.isEmpty()) {
            return Optional.of(new Turn(Set.of(), 0, FIRST_PAUSE));
        }
        if (now.isBefore(history.next)) {
            return Optional.empty();
        }
        int before = now.isBefore(history.last.plus(CALM)) ? history.undone : 0;
        return Optional.of(new Turn(undone, before + 1, pauseAfter(before + 1)));
    }

    /** Records a write that succeeded. */
    public synchronized void written(String object, Map<String, JsonNode> changes, Turn turn) {
        History history = histories.computeIfAbsent(object, name -> new History());
        Instant now = clock.instant();
        history.written.putAll(changes);
        history.last = now;
        if (turn.times() > 0) {
            history.undone = turn.times();
            history.next = now.plus(turn.pause());
        }
    }

    private static Duration pauseAfter(int times) {
        int doublings = Math.min(times - 1, 10);
        Duration pause = FIRST_PAUSE.multipliedBy(1L << doublings);
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }
}
