package dev.bulkhead.app.cluster.doctor;

import java.util.Collection;
import java.util.stream.Collectors;

/** Names in a sentence. */
public final class Listed {
    private static final int MOST = 5;

    private Listed() {}

    /** The first few names in order, and how many there are besides. */
    public static String of(Collection<String> names) {
        String first = names.stream().sorted().limit(MOST).collect(Collectors.joining(", "));
        return names.size() > MOST ? first + " and " + (names.size() - MOST) + " more" : first;
    }
}
