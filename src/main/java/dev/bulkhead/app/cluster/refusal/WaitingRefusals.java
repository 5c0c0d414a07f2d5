package dev.bulkhead.app.cluster.refusal;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Refusals of which no event tells yet. Those that are alike are counted together, what waits is bounded for all and for
 * each namespace, and namespaces take turns, each with a limited rate: one that refuses much delays no other. Thread-safe.
 */
final class WaitingRefusals {
    static final int MOST = 1_000;

    static final int MOST_OF_A_NAMESPACE = 50;

    /** Events that a namespace may write at once. */
    static final int BURST = 10;

    /** After which a namespace may write one more. */
    static final Duration ONE_MORE_AFTER = Duration.ofSeconds(6);

    private final Map<String, Map<String, Series>> byNamespace = new LinkedHashMap<>();
    private final Map<String, Instant> fullAt = new LinkedHashMap<>();
    private int size;

    /**
     * Refusals that are alike.
     *
     * @param message the text that the user got at the first of them
     * @param attempts how often they were to be written, to no avail
     * @param due before which they are not to be written
     */
    record Series(
            RefusedObject object, String message, int count, Instant first, Instant last, int attempts, Instant due) {
        Series(RefusedObject object, String message, int count, Instant first, Instant last) {
            this(object, message, count, first, last, 0, Instant.MIN);
        }

        Series with(Series later) {
            int sum = (int) Math.min(Integer.MAX_VALUE, (long) count + later.count);
            return new Series(object, message, sum, first, later.last, attempts, due);
        }

        /** The same after one more attempt to write them. */
        Series retried(Instant at) {
            return new Series(object, message, count, first, last, attempts + 1, at);
        }

        boolean isDue(Instant now) {
            return !now.isBefore(due);
        }
    }

    /**
     * Takes one more.
     *
     * @param message asked for only if nothing alike waits
     * @return false if there is no room for it
     */
    boolean add(RefusedObject object, Supplier<String> message, Instant now) {
        synchronized (this) {
            if (alike(object).isPresent()) {
                put(new Series(object, "", 1, now, now));
                return true;
            }
            if (!hasRoom(object)) {
                return false;
            }
        }
        // Others need not wait for the text.
        Series series = new Series(object, message.get(), 1, now, now);
        synchronized (this) {
            if (alike(object).isEmpty() && !hasRoom(object)) {
                return false;
            }
            put(series);
            return true;
        }
    }

    private Optional<Series> alike(RefusedObject object) {
        return Optional.ofNullable(byNamespace.get(object.namespace()))
                .flatMap(all -> Optional.ofNullable(all.get(object.key())));
    }

    private boolean hasRoom(RefusedObject object) {
        return size < MOST
                && byNamespace.getOrDefault(object.namespace(), Map.of()).size() < MOST_OF_A_NAMESPACE;
    }

    /** Adds to those that are alike, which come before these. */
    private void put(Series series) {
        RefusedObject object = series.object();
        Optional<Series> before = alike(object);
        byNamespace
                .computeIfAbsent(object.namespace(), name -> new LinkedHashMap<>())
                .put(object.key(), before.map(alike -> alike.with(series)).orElse(series));
        size += before.isEmpty() ? 1 : 0;
    }

    /** Takes back what could not be written, to be taken again. */
    synchronized void putBack(Series series) {
        RefusedObject object = series.object();
        Optional<Series> later = alike(object);
        byNamespace
                .computeIfAbsent(object.namespace(), name -> new LinkedHashMap<>())
                .put(object.key(), later.map(series::with).orElse(series));
        size += later.isEmpty() ? 1 : 0;
    }

    /** Removes and returns the next, at most that many: one of each namespace that may write, then the next of each. */
    synchronized List<Series> take(int most, Instant now) {
        fullAt.values().removeIf(full -> !full.isAfter(now));
        List<Series> taken = new ArrayList<>();
        boolean more = true;
        while (more) {
            more = false;
            for (String namespace : List.copyOf(byNamespace.keySet())) {
                if (taken.size() < most && mayWrite(namespace, now)) {
                    taken.add(takeOf(namespace, now));
                    more = true;
                }
            }
        }
        return taken;
    }

    /** Uses one of the writes that the namespace has, if there is one. */
    private boolean mayWrite(String namespace, Instant now) {
        Instant full = fullAt.getOrDefault(namespace, now).plus(ONE_MORE_AFTER);
        boolean waits =
                byNamespace.getOrDefault(namespace, Map.of()).values().stream().anyMatch(series -> series.isDue(now));
        if (!waits || full.isAfter(now.plus(ONE_MORE_AFTER.multipliedBy(BURST)))) {
            return false;
        }
        fullAt.put(namespace, full);
        return true;
    }

    /** The oldest of the namespace that is due; its next turn comes after those of all others. */
    private Series takeOf(String namespace, Instant now) {
        Map<String, Series> all =
                Optional.ofNullable(byNamespace.remove(namespace)).orElseThrow();
        Series next = all.values().stream()
                .filter(series -> series.isDue(now))
                .findFirst()
                .orElseThrow();
        all.remove(next.object().key());
        size--;
        if (!all.isEmpty()) {
            byNamespace.put(namespace, all);
        }
        return next;
    }
}
