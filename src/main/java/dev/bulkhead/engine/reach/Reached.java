package dev.bulkhead.engine.reach;

import dev.bulkhead.engine.rule.Severity;
import java.util.Comparator;
import java.util.Optional;

/**
 * One thing that an attacker in a workload reaches.
 *
 * @param severity what it gives the attacker
 * @param container the container from which it is reached; empty where every container reaches it
 * @param path the JSON Pointer in the pod, or in the object that makes the pods, to what opens it; empty where something
 *     outside of the object does
 * @param value what is reached, in a word: a path, a capability, a Secret's name; never a secret's value
 * @param message the same as a sentence without its end
 * @param escape the shortest way out that it opens; taking away what {@code path} names closes it
 */
public record Reached(
        Kind kind,
        Severity severity,
        Optional<String> container,
        String path,
        String value,
        String message,
        Optional<Escape> escape)
        implements Comparable<Reached> {
    private static final Comparator<Reached> ORDER = Comparator.comparing(
                    (Reached reached) -> reached.escape().isEmpty())
            .thenComparing(reached -> reached.escape().map(Escape::to).orElse(Escape.Target.NODE))
            .thenComparing(reached ->
                    reached.escape().map(escape -> escape.steps().size()).orElse(0))
            .thenComparing(Reached::severity)
            .thenComparing(Reached::kind)
            .thenComparing(reached -> reached.container().orElse(""))
            .thenComparing(Reached::value)
            .thenComparing(Reached::path)
            .thenComparing(Reached::message)
            .thenComparing(reached ->
                    reached.escape().map(Escape::steps).map(Object::toString).orElse(""));

    /** What sort of thing it is. */
    public enum Kind {
        /** All of root's power, or a way around every boundary at once. */
        PRIVILEGE("privilege"),
        HOST_PATH("hostPath"),
        SOCKET("socket"),
        DEVICE("device"),
        NAMESPACE("namespace"),
        CAPABILITY("capability"),
        /** A token for the Kubernetes API, whatever its account may do. */
        API_TOKEN("apiToken"),
        /** Something that the token's account may do. */
        API_RIGHT("apiRight"),
        CREDENTIAL("credential");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        /** The name in JSON. */
        public String label() {
            return label;
        }
    }

    /** Sorts the worst first. The order is total. */
    @Override
    public int compareTo(Reached other) {
        return ORDER.compare(this, other);
    }

    /** The same, as what is there opens it. */
    Reached openedBy(String place) {
        return new Reached(kind, severity, container, place, value, message, escape);
    }
}
