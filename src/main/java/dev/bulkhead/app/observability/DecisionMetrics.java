package dev.bulkhead.app.observability;

import dev.bulkhead.app.admission.AdmissionContext.Caller;
import dev.bulkhead.app.admission.AdmissionRequest;
import dev.bulkhead.app.admission.AdmissionService.Path;
import dev.bulkhead.app.admission.Decision;
import dev.bulkhead.app.admission.DecisionListener;
import dev.bulkhead.engine.evaluation.EvaluatedFinding;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.workload.WorkloadKinds;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Counts decisions. Every label takes its values from a closed set, so that users cannot create series; counters are
 * cached, because a lookup in the registry takes longer than evaluating a pod.
 */
public final class DecisionMetrics implements DecisionListener {
    private static final Duration[] BUCKETS = {
        Duration.ofNanos(50_000),
        Duration.ofNanos(100_000),
        Duration.ofNanos(250_000),
        Duration.ofNanos(500_000),
        Duration.ofMillis(1),
        Duration.ofNanos(2_500_000),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(100),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofSeconds(5)
    };
    private static final String OTHER = "other";

    private record Request(Path path, String operation, String kind, String verdict) {}

    private record Found(Rule rule, Action action) {}

    private final MeterRegistry meters;
    private final WorkloadKinds kinds;
    private final Timer validating;
    private final Timer mutating;
    private final Counter unverified;
    private final Map<Request, Counter> requests = new ConcurrentHashMap<>();
    private final Map<Found, Counter> findings = new ConcurrentHashMap<>();

    /** Counts in that registry; kinds other than those are counted together. */
    public DecisionMetrics(MeterRegistry meters, WorkloadKinds kinds) {
        this.meters = meters;
        this.kinds = kinds;
        this.validating = duration(Path.VALIDATE);
        this.mutating = duration(Path.MUTATE);
        this.unverified = Counter.builder("bulkhead.admission.unverified")
                .description("Reviews from clients that showed no certificate although the API server has one")
                .register(meters);
    }

    private Timer duration(Path path) {
        return Timer.builder("bulkhead.admission.duration")
                .description("Time from a complete review to its decision")
                .tag("path", label(path))
                .serviceLevelObjectives(BUCKETS)
                .register(meters);
    }

    @Override
    public void write(Entry entry) {
        if (entry.caller() == Caller.UNVERIFIED) {
            unverified.increment();
            return;
        }
        (entry.path() == Path.VALIDATE ? validating : mutating).record(entry.nanos(), TimeUnit.NANOSECONDS);
        String operation =
                entry.request().map(request -> request.operation().name()).orElse(OTHER);
        String kind = entry.request()
                .filter(request -> kinds.contains(request.apiVersion(), request.kind()))
                .map(AdmissionRequest::kind)
                .orElse(OTHER);
        requests.computeIfAbsent(new Request(entry.path(), operation, kind, entry.verdict()), this::counter)
                .increment();
        if (entry.path() == Path.VALIDATE && entry.decision() instanceof Decision.Evaluated evaluated) {
            evaluated.verdict().findings().forEach(this::count);
        }
    }

    /** Counted when the object is as it will be stored, so that no finding counts twice. */
    private void count(EvaluatedFinding finding) {
        if (finding.exemption().isEmpty()) {
            findings.computeIfAbsent(new Found(finding.finding().rule(), finding.action()), this::counter)
                    .increment();
        }
    }

    private Counter counter(Request request) {
        return Counter.builder("bulkhead.admission.requests")
                .description("Reviews decided")
                .tag("path", label(request.path()))
                .tag("operation", request.operation())
                .tag("kind", request.kind())
                .tag("verdict", request.verdict())
                .register(meters);
    }

    private Counter counter(Found found) {
        return Counter.builder("bulkhead.findings")
                .description("Findings that nothing excuses, in objects that were validated")
                .tag("rule", found.rule().id())
                .tag("action", found.action().label())
                .register(meters);
    }

    private static String label(Path path) {
        return path.name().toLowerCase(Locale.ROOT);
    }
}
