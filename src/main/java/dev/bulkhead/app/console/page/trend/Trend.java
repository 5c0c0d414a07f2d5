package dev.bulkhead.app.console.page.trend;

import dev.bulkhead.app.cluster.scan.Scan;
import dev.bulkhead.app.cluster.scan.ScannedWorkload;
import dev.bulkhead.app.cluster.scan.WorkloadId;
import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.engine.workload.ImmutableCopies;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * How verdicts have changed since the process started: a sample a minute for a day, by namespace, so that each person sees
 * her own, and since when each workload has its verdict. In memory only, and bounded: in a large cluster that changes
 * every minute, the oldest samples go before a day has passed. Thread-safe.
 */
public final class Trend {
    private static final Duration STEP = Duration.ofMinutes(1);
    private static final Duration LENGTH = Duration.ofHours(24);

    /** Of namespaces in samples; some 12 MB. */
    private static final int MOST_COUNTS = 200_000;

    private final Deque<Sample> samples = new ArrayDeque<>();
    private int counts;
    private Map<WorkloadId, Verdict> verdicts = Map.of();
    private Optional<Scan.Snapshot> last = Optional.empty();

    /** How many workloads of a namespace there are, and how many of them are denied. */
    private record Count(int workloads, int denied) {
        Count and(Count other) {
            return new Count(workloads + other.workloads, denied + other.denied);
        }
    }

    /**
     * The counts at one time.
     *
     * @param shared whether it is the map of the sample before
     */
    private record Sample(Instant at, Map<String, Count> byNamespace, boolean shared) {
        int size() {
            return shared ? 0 : byNamespace.size();
        }
    }

    private record Verdict(Outcome outcome, Instant since) {}

    /** A sample, as one person sees it. */
    public record Point(Instant at, int workloads, int denied) {}

    /** Takes note of the last scan, if that has not been done. */
    public synchronized void record(Scan.Snapshot scan) {
        if (last.filter(known -> known.at().equals(scan.at())).isPresent()) {
            return;
        }
        last = Optional.of(scan);
        Instant now = scan.at();
        follow(scan.workloads(), now);
        Optional<Sample> before = Optional.ofNullable(samples.peekLast());
        if (before.isPresent() && now.isBefore(before.get().at().plus(STEP))) {
            samples.removeLast();
            counts -= before.get().size();
            add(new Sample(before.get().at(), count(scan.workloads()), false));
        } else {
            add(new Sample(now, count(scan.workloads()), false));
        }
        while (samples.size() > 1
                && (counts > MOST_COUNTS || samples.getFirst().at().isBefore(now.minus(LENGTH)))) {
            drop();
        }
    }

    private void add(Sample sample) {
        Sample added = Optional.ofNullable(samples.peekLast())
                .map(Sample::byNamespace)
                .filter(before -> before.equals(sample.byNamespace()))
                .map(before -> new Sample(sample.at(), before, true))
                .orElse(sample);
        samples.addLast(added);
        counts += added.size();
    }

    private void drop() {
        Sample dropped = samples.removeFirst();
        counts -= dropped.size();
        Sample next = samples.getFirst();
        if (next.shared()) {
            samples.removeFirst();
            samples.addFirst(new Sample(next.at(), next.byNamespace(), false));
            counts += next.byNamespace().size();
        }
    }

    private static Map<String, Count> count(List<ScannedWorkload> workloads) {
        Map<String, Count> byNamespace = new HashMap<>();
        for (ScannedWorkload workload : workloads) {
            int denied = workload.report().verdict() == Outcome.DENIED ? 1 : 0;
            byNamespace.merge(workload.id().namespace(), new Count(1, denied), Count::and);
        }
        return ImmutableCopies.of(byNamespace);
    }

    private void follow(List<ScannedWorkload> workloads, Instant now) {
        Map<WorkloadId, Verdict> next = new HashMap<>();
        for (ScannedWorkload workload : workloads) {
            Outcome outcome = workload.report().verdict();
            Verdict before = verdicts.get(workload.id());
            next.put(workload.id(), before != null && before.outcome() == outcome ? before : new Verdict(outcome, now));
        }
        verdicts = next;
    }

    /** Since when the workload has its verdict, as far as this process knows. */
    public synchronized Optional<Instant> since(WorkloadId workload) {
        return Optional.ofNullable(verdicts.get(workload)).map(Verdict::since);
    }

    /** The samples of those namespaces, the oldest first. */
    public synchronized List<Point> points(Predicate<String> namespaces) {
        List<Point> points = new ArrayList<>(samples.size());
        for (Sample sample : samples) {
            int workloads = 0;
            int denied = 0;
            for (Map.Entry<String, Count> entry : sample.byNamespace().entrySet()) {
                if (namespaces.test(entry.getKey())) {
                    workloads += entry.getValue().workloads();
                    denied += entry.getValue().denied();
                }
            }
            points.add(new Point(sample.at(), workloads, denied));
        }
        return List.copyOf(points);
    }
}
