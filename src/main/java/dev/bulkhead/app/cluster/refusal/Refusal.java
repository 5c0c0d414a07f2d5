package dev.bulkhead.app.cluster.refusal;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What was refused, once or several times in the same way: the same object or its pods, for the same rules, to the same
 * user. All texts are single lines without control characters; but anyone who can create events in the namespace can make
 * them up.
 *
 * @param at when it was refused last
 * @param first when it was refused first, as far as that is known
 * @param count how many times, at least 1
 * @param namespace of the object
 * @param kind of the object that a person edits: the Deployment whose pods are refused
 * @param name of that object; a {@code generateName} as it is
 * @param user who sent it, as the cluster calls this user; empty where that is not recorded
 * @param rules the ids of the rules that refused it; empty where it could not be evaluated
 * @param message the text that the user got, as far as an event holds it
 */
public record Refusal(
        Instant at,
        Instant first,
        int count,
        String namespace,
        String kind,
        String name,
        Optional<String> user,
        List<String> rules,
        String message) {
    /** The latest first. */
    static final Comparator<Refusal> LATEST_FIRST = Comparator.comparing(Refusal::at)
            .reversed()
            .thenComparing(Refusal::namespace)
            .thenComparing(Refusal::kind)
            .thenComparing(Refusal::name)
            .thenComparing(Refusal::message);

    public Refusal {
        rules = List.copyOf(rules);
    }

    /** About as many bytes as it takes in memory. */
    int bytes() {
        int units = namespace.length()
                + kind.length()
                + name.length()
                + user.map(String::length).orElse(0)
                + rules.stream().mapToInt(String::length).sum()
                + message.length();
        return 2 * units + 64 * (8 + rules.size());
    }
}
