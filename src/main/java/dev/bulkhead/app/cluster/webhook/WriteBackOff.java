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
 * Spaces out writes that somebody keeps undoing, so that two controllers never rewrite an object in turns without end. A
 * field that is written with a new value is written at once; one that is to get the very value that it was given before
 * has been changed by somebody else, and waits the longer the more often that happens. Thread-safe.
 */
final class WriteBackOff {
    /** The wait after the first write that was undone; it doubles from there. */
    static final Duration FIRST_PAUSE = Duration.ofSeconds(5);

    /** The longest wait. */
    static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    /** Nobody undoes any more what was left alone for so long. */
    static final Duration CALM = LONGEST_PAUSE.multipliedBy(2);

    private final Clock clock;
    private final Map<String, History> histories = new HashMap<>();

    /** What was written to one object: the fields with their values, how often that was undone, and when to go on. */
    private static final class History {
        private final Map<String, JsonNode> written = new HashMap<>();
        private Instant last = Instant.EPOCH;
        private Instant next = Instant.EPOCH;
        private int undone;
    }

    /**
     * A write that may be made now.
     *
     * @param undone the fields that somebody has changed since they were written with the same value
     * @param times how often in a row such a write was undone, this time included; 0 when none was
     * @param pause how long the next write waits if this one is undone as well
     */
    record Turn(Set<String> undone, int times, Duration pause) {
        Turn {
            undone = ImmutableCopies.of(undone);
        }
    }

    WriteBackOff(Clock clock) {
        this.clock = clock;
    }

    /**
     * Asks whether to write now.
     *
     * @param changes the fields that would be changed, with their new values
     * @return empty when it is too early
     */
    synchronized Optional<Turn> turn(String object, Map<String, JsonNode> changes) {
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

    /** Notes that a write was made, and that nobody was faster. */
    synchronized void written(String object, Map<String, JsonNode> changes, Turn turn) {
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
