package dev.bulkhead.app.cluster.secondlayer;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What was written last into a slot.
 *
 * @param export the name of the export
 * @param uid of the object, as the API server answered
 * @param generation the same
 * @param at when
 * @param seen whether the watch has shown it since
 */
record WrittenPolicy(String export, JsonNode spec, String uid, long generation, Instant at, boolean seen) {
    /** How long a watch may take to show what was written. */
    private static final Duration UNSEEN = Duration.ofSeconds(10);

    WrittenPolicy confirmed() {
        return new WrittenPolicy(export, spec, uid, generation, at, true);
    }

    /** Whether the watch may not show it yet. */
    boolean isAwaited(Optional<JsonNode> stored, Instant now) {
        return !seen
                && now.isBefore(at.plus(UNSEEN))
                && stored.filter(object -> isOf(object)
                                && object.at("/metadata/generation").asLong() >= generation)
                        .isEmpty();
    }

    /** Whether the API server stores it in other words. */
    boolean isAccepted(JsonNode stored) {
        return isOf(stored) && stored.at("/metadata/generation").asLong() == generation;
    }

    private boolean isOf(JsonNode stored) {
        return stored.at("/metadata/uid").asText().equals(uid);
    }
}
