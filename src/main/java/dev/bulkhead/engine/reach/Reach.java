package dev.bulkhead.engine.reach;

import dev.bulkhead.engine.rule.Severity;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a compromise of a workload reaches: its blast radius.
 *
 * @param items the worst first, each once
 * @param omitted how many there are besides
 * @param rightsKnown whether it is known what the workload's accounts may do; also true where it has no token
 * @param unknowing the same by somebody who does not know what its accounts may do; empty where that is no different
 */
public record Reach(List<Reached> items, int omitted, boolean rightsKnown, Optional<Reach> unknowing) {
    /** More than anybody reads of one workload; a pod may have thousands of volumes. */
    static final int MOST_ITEMS = 100;

    /** Reaches nothing. */
    public static final Reach NOTHING = new Reach(List.of(), 0, true, Optional.empty());

    public Reach {
        items = List.copyOf(items);
    }

    /** Sorts what is reached, and drops what is the same in several pods. */
    public static Reach of(Collection<Reached> found, boolean rightsKnown) {
        Set<String> seen = new HashSet<>();
        List<Reached> distinct = new ArrayList<>();
        found.stream().sorted().forEach(reached -> {
            if (seen.add(identity(reached))) {
                distinct.add(reached);
            }
        });
        List<Reached> kept = distinct.size() > MOST_ITEMS ? distinct.subList(0, MOST_ITEMS) : distinct;
        return new Reach(kept, distinct.size() - kept.size(), rightsKnown, Optional.empty());
    }

    /** Strings are comparable, so that the set stays fast when users choose values with equal hash codes. */
    private static String identity(Reached reached) {
        return reached.kind() + "\n" + reached.container().orElse("") + "\n" + reached.value() + "\n"
                + reached.message();
    }

    /** The same without what the accounts of its tokens may do and which roles they hold, not even by what is cut off. */
    public Reach withoutRights() {
        return unknowing.orElse(this);
    }

    /** The worst way out: to cluster-admin before root on the node, and of one target the shortest; empty if none is open. */
    public Optional<Escape> escape() {
        return items.stream().flatMap(item -> item.escape().stream()).findFirst();
    }

    /** The shortest way to that target; empty if none is open. */
    public Optional<Escape> escapeTo(Escape.Target target) {
        return items.stream()
                .flatMap(item -> item.escape().stream())
                .filter(escape -> escape.to() == target)
                .findFirst();
    }

    /** How many of the items that are listed have that severity. */
    public long count(Severity severity) {
        return items.stream().filter(item -> item.severity() == severity).count();
    }
}
