package dev.bulkhead.app.cluster.scan;

import dev.bulkhead.app.cluster.reconcile.Reconciler;
import dev.bulkhead.app.cluster.reconcile.Reconciler.Pace;
import dev.bulkhead.engine.workload.CustomKind;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jboss.logging.Logger;

/** Watches the objects of custom kinds, of each as soon as the cluster has its definition. */
final class CustomKindWatches implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(CustomKindWatches.class);

    private static final Pace PACE =
            new Pace(Duration.ofMinutes(1), Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofMinutes(1));

    /** How long the first list of a kind is waited for. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final List<CustomKind> kinds;
    private final CustomKindDiscovery discovery;
    private final Function<ScannedKind, ObjectWatch> watch;
    private final Map<String, ObjectWatch> watches = new TreeMap<>();
    private final Reconciler looking = new Reconciler("custom-kinds", this::look, PACE);
    private final Clock clock;
    private Instant awaited = Instant.MAX;
    private boolean looked;
    private boolean closed;

    /**
     * Watches nothing before it is started.
     *
     * @param watch creates the watch of a kind
     */
    CustomKindWatches(
            List<CustomKind> kinds,
            CustomKindDiscovery discovery,
            Function<ScannedKind, ObjectWatch> watch,
            Clock clock) {
        this.kinds = List.copyOf(kinds);
        this.discovery = discovery;
        this.watch = watch;
        this.clock = clock;
    }

    /** Starts looking for the definitions and returns at once. */
    void start() {
        if (!kinds.isEmpty()) {
            looking.start();
        }
    }

    /** A kind that cannot be asked about, because of its conversion webhook for example, keeps no other from being read. */
    private void look() throws IOException {
        Optional<IOException> failure = Optional.empty();
        for (CustomKind kind : kinds) {
            try {
                look(kind);
            } catch (IOException e) {
                failure = Optional.of(e);
            }
        }
        looked();
        if (failure.isPresent()) {
            throw failure.get();
        }
    }

    private void look(CustomKind kind) throws IOException {
        if (isWatched(kind)) {
            return;
        }
        Optional<ScannedKind> served = discovery.find(kind);
        if (served.isPresent() && discovery.mayList(served.get())) {
            add(kind, served.get());
        } else if (!hasLooked()) {
            LOG.infof(
                    "no %s/%s is evaluated before the cluster has its definition and it may be listed",
                    kind.group(), kind.kind());
        }
    }

    private synchronized boolean isWatched(CustomKind kind) {
        return watches.containsKey(kind.toString());
    }

    private synchronized void add(CustomKind kind, ScannedKind served) {
        if (!closed) {
            ObjectWatch added = watch.apply(served);
            watches.put(kind.toString(), added);
            added.start();
        }
    }

    private synchronized boolean hasLooked() {
        return looked;
    }

    private synchronized void looked() {
        if (!looked) {
            awaited = clock.instant().plus(PATIENCE);
        }
        looked = true;
    }

    /**
     * Whether all definitions have been looked for, and the objects of those found at first have been read once. What cannot
     * be read for a minute is waited for no longer.
     */
    synchronized boolean hasSynced() {
        return kinds.isEmpty()
                || (looked
                        && (watches.values().stream().allMatch(ObjectWatch::hasSynced)
                                || !clock.instant().isBefore(awaited)));
    }

    @Override
    public synchronized void close() {
        closed = true;
        looking.close();
        watches.values().forEach(ObjectWatch::close);
    }
}
