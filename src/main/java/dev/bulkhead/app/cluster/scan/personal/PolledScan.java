package dev.bulkhead.app.cluster.scan.personal;

import dev.bulkhead.app.cluster.resource.Kubeconfig;
import dev.bulkhead.app.cluster.scan.ClusterReader;
import dev.bulkhead.app.cluster.scan.InstalledSettings;
import dev.bulkhead.app.cluster.scan.Inventory;
import dev.bulkhead.app.cluster.scan.Scan;
import dev.bulkhead.app.cluster.scan.ScanEvaluation;
import dev.bulkhead.app.cluster.scan.ScanView;
import dev.bulkhead.app.cluster.scan.observation.ObservedPods;
import dev.bulkhead.app.cluster.watch.LastUse;
import dev.bulkhead.app.cluster.watch.PolicySnapshot;
import dev.bulkhead.app.cluster.watch.PolicySnapshot.Terms;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.policy.DefaultPolicy;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.text.SafeText;
import dev.bulkhead.engine.workload.WorkloadKinds;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Reads and evaluates a cluster again and again while a page is in use, with the rights of a person: needs no permission to
 * watch, and none for more than the person may read.
 */
public final class PolledScan implements ScanView, AutoCloseable {
    private static final Logger LOG = Logger.getLogger(PolledScan.class);

    /** The shortest time between the end of one reading and the start of the next. */
    private static final Duration PAUSE = Duration.ofSeconds(15);

    /** At most this part of the time is spent reading. */
    private static final int PART = 10;

    /** How long after the last request it goes on. */
    private static final Duration INTEREST = Duration.ofMinutes(5);

    private static final Duration TICK = Duration.ofSeconds(1);

    private final Reader reader;
    private final Duration maxExemptionDuration;
    private final Clock clock;
    private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(1, work -> {
        Thread worker = new Thread(work, "cluster-reader");
        worker.setDaemon(true);
        return worker;
    });
    private volatile Known known;
    private volatile Optional<Failure> failure = Optional.empty();
    private volatile Instant looked = Instant.EPOCH;
    private Instant due = Instant.EPOCH;

    /** Reads a cluster. */
    public interface Reader {
        /**
         * All of it.
         *
         * @throws IOException when it cannot be read, with the reason
         */
        ClusterReader.Reading read(Instant now) throws IOException;
    }

    /**
     * Why the last reading failed.
     *
     * @param what could not be done
     * @param why a sentence without its end
     */
    private record Failure(Instant at, String what, String why) {
        String sentence(Instant now) {
            long seconds = Math.max(0, Duration.between(at, now).toSeconds());
            String ago = seconds < 120 ? seconds + " s" : seconds / 60 + " minutes";
            return "The cluster could not be " + what + " " + ago + " ago: " + why + ".";
        }
    }

    private record Known(
            Optional<Scan.Snapshot> last,
            Inventory inventory,
            PolicySnapshot declarations,
            List<Namespace> namespaces,
            ClusterCapabilities cluster,
            WorkloadKinds kinds,
            ObservedPods observedPods,
            Set<String> excludedNamespaces,
            Map<String, Instant> lastUses,
            List<String> limits) {}

    /** Reads nothing before it is started. */
    public PolledScan(Reader reader, Duration maxExemptionDuration, Clock clock) {
        this.reader = reader;
        this.maxExemptionDuration = maxExemptionDuration;
        this.clock = clock;
        this.known = new Known(
                Optional.empty(),
                Inventory.unbounded(),
                PolicySnapshot.none(withoutPolicies()),
                List.of(),
                ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR),
                WorkloadKinds.builtIn(),
                ObservedPods.unbounded(),
                Set.of(),
                Map.of(),
                List.of());
    }

    /** Starts to read and returns at once. */
    public void start() {
        look();
        ScheduledFuture<?> unused =
                thread.scheduleWithFixedDelay(this::tick, 0, TICK.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Somebody looks at what is known, so it is kept up to date for a while. */
    public void look() {
        looked = clock.instant();
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }

    /** Reads if it is time to. */
    void tick() {
        Instant now = clock.instant();
        if (!now.isBefore(due) && now.isBefore(looked.plus(INTEREST))) {
            read(now);
            Instant end = clock.instant();
            Duration rest = Duration.between(now, end).multipliedBy(PART);
            due = end.plus(rest.compareTo(PAUSE) > 0 ? rest : PAUSE);
        }
    }

    /** If that fails, what was known remains. */
    private void read(Instant now) {
        try {
            known = evaluated(reader.read(now), now);
            failure = Optional.empty();
        } catch (IOException | KubernetesClientException e) {
            fail(new Failure(now, "read", SafeText.line(Kubeconfig.reason(e))));
        } catch (RuntimeException e) {
            // The next reading is tried all the same.
            LOG.error("the cluster could not be evaluated", e);
            failure = Optional.of(new Failure(now, "evaluated", "the log says why"));
        }
    }

    /** Logs a reason once. */
    private void fail(Failure next) {
        if (failure.filter(last -> last.why().equals(next.why())).isEmpty()) {
            LOG.warnf("the cluster cannot be read: %s", next.why());
        }
        failure = Optional.of(next);
    }

    private Known evaluated(ClusterReader.Reading reading, Instant now) {
        PolicySnapshot declarations = declarations(reading, now);
        WorkloadEvaluation evaluation = new WorkloadEvaluation(declarations.policies(), reading.cluster(), now);
        ScanEvaluation.Result result = new ScanEvaluation(reading.kinds())
                .in(reading.surroundings(evaluation))
                .evaluate(reading.inventory(), evaluation, reading::namespace);
        return new Known(
                Optional.of(new Scan.Snapshot(now, result)),
                reading.inventory(),
                declarations,
                List.copyOf(reading.namespaces().values()),
                reading.cluster(),
                reading.kinds(),
                reading.observedPods(),
                reading.settings().excludedNamespaces(),
                reading.exemptions().stream()
                        .flatMap(exemption -> LastUse.in(exemption).stream())
                        .collect(Collectors.toMap(LastUse::exemption, LastUse::at, (one, other) -> one)),
                reading.limits());
    }

    private PolicySnapshot declarations(ClusterReader.Reading reading, Instant now) {
        if (!reading.knowsPolicies()) {
            return PolicySnapshot.none(withoutPolicies());
        }
        InstalledSettings settings = reading.settings();
        Terms terms = new Terms(
                settings.builtIn(), settings.defaultPolicy(), settings.exemptionNamespaces(), maxExemptionDuration);
        return PolicySnapshot.of(reading.policies(), reading.exemptions(), terms, now, PolicySnapshot.none(terms));
    }

    /** A cluster without Bulkhead is evaluated by its default profile. */
    private Terms withoutPolicies() {
        return new Terms(
                Policy.builtIn(Profile.LEAST_PRIVILEGE), DefaultPolicy.FALLBACK, Set.of(), maxExemptionDuration);
    }

    @Override
    public Optional<Scan.Snapshot> last() {
        return known.last();
    }

    @Override
    public Inventory inventory() {
        return known.inventory();
    }

    @Override
    public PolicySnapshot declarations() {
        return known.declarations();
    }

    @Override
    public List<Namespace> knownNamespaces() {
        return known.namespaces();
    }

    @Override
    public ClusterCapabilities cluster() {
        return known.cluster();
    }

    @Override
    public WorkloadKinds kinds() {
        return known.kinds();
    }

    @Override
    public ObservedPods observedPods() {
        return known.observedPods();
    }

    @Override
    public Map<String, Instant> lastUses() {
        return known.lastUses();
    }

    /** The namespaces whose workloads the API server does not send to the webhook. */
    public Set<String> excludedNamespaces() {
        return known.excludedNamespaces();
    }

    @Override
    public List<String> limits() {
        List<String> limits = new ArrayList<>();
        failure.ifPresent(last -> limits.add(last.sentence(clock.instant())));
        limits.addAll(known.limits());
        return List.copyOf(limits);
    }
}
