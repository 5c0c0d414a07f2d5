package dev.bulkhead.engine.preview;

import dev.bulkhead.engine.preview.ObservedPod.ObservedContainer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** How containers of an image fare in pods that were hardened, by the rule that filled something in. Not thread-safe. */
public final class HardenedImages {
    private final Map<Key, Tally> tallies = new HashMap<>();

    private record Key(String image, String ruleId) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int byImage = image.compareTo(other.image);
            return byImage == 0 ? ruleId.compareTo(other.ruleId) : byImage;
        }
    }

    /**
     * How containers of one image fare.
     *
     * @param containers how many there are
     * @param faulty how many of them do not start because of what the rule filled in
     * @param steady how many of them run and never had to be started again
     * @param restarts how often the others were started again
     * @param cause why the first one that does not start does not; empty if all do
     */
    record Tally(int containers, int faulty, int steady, int restarts, String cause) {
        static final Tally NONE = new Tally(0, 0, 0, 0, "");

        private Tally and(Tally other) {
            return new Tally(
                    containers + other.containers,
                    faulty + other.faulty,
                    steady + other.steady,
                    restarts + other.restarts,
                    cause.isEmpty() ? other.cause : cause);
        }

        private Tally without(Tally part) {
            return new Tally(
                    containers - part.containers,
                    faulty - part.faulty,
                    steady - part.steady,
                    restarts - part.restarts,
                    faulty == part.faulty ? "" : cause);
        }
    }

    /** Counts a pod. */
    public void add(ObservedPod pod) {
        pod.containers().forEach(container -> add(container.image(), pod, container));
    }

    /** Counts a container under that name. */
    void add(String name, ObservedPod pod, ObservedContainer container) {
        for (String ruleId : pod.hardened()) {
            tallies.merge(new Key(name, ruleId), tally(container, ruleId), Tally::and);
        }
    }

    private static Tally tally(ObservedContainer container, String ruleId) {
        Optional<String> cause =
                container.fault().filter(of -> of.ruleId().equals(ruleId)).map(ObservedPod.Fault::cause);
        return new Tally(
                1, cause.isPresent() ? 1 : 0, container.isSteady() ? 1 : 0, container.restarts(), cause.orElse(""));
    }

    /** How its containers fare. */
    Tally of(String image, String ruleId) {
        return tallies.getOrDefault(new Key(image, ruleId), Tally.NONE);
    }

    /** How its containers fare in other pods than those that were counted there, too. */
    Tally elsewhere(String image, String ruleId, HardenedImages part) {
        return of(image, ruleId).without(part.of(image, ruleId));
    }
}
