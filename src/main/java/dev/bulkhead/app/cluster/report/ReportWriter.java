package dev.bulkhead.app.cluster.report;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.cluster.reconcile.Reconciler;
import dev.bulkhead.app.cluster.reconcile.Reconciler.Pace;
import dev.bulkhead.app.cluster.report.WantedReports.Wanted;
import dev.bulkhead.app.cluster.resource.ApiServerFailure;
import dev.bulkhead.app.cluster.scan.Scan.Snapshot;
import dev.bulkhead.app.cluster.scan.ScanView;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.jboss.logging.Logger;

/**
 * Keeps a report of each workload at the API server, as the last scan found it. A report is written only when its content
 * changes, and at most ten reports a second are; those of workloads that are gone, or that no policy is for, are deleted.
 * What was written before a restart is read from the reports themselves.
 */
public final class ReportWriter implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(ReportWriter.class);

    private static final Pace PACE =
            new Pace(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofMinutes(5), Duration.ofMinutes(1));

    /** Writes in one pass, of which there is one a second. */
    static final int MOST_AT_ONCE = 10;

    /** How long it may go unnoticed that the cluster has another API for reports, or none. */
    static final Duration DISCOVER_EVERY = Duration.ofMinutes(1);

    /** How long it may take to notice that another client has deleted or changed reports. */
    static final Duration LOOK_EVERY = Duration.ofMinutes(10);

    private static final int TOO_MANY_REQUESTS = 429;

    private final ReportStore store;
    private final ReportChoice choice;
    private final ScanView scan;
    private final Clock clock;
    private final Reconciler writing;
    private final LongAdder written = new LongAdder();
    private final LongAdder deleted = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final Map<ReportId, StoredReport> stored = new HashMap<>();
    private final Set<ReportId> waiting = new LinkedHashSet<>();
    private final List<Obsolete> obsolete = new ArrayList<>();
    private List<ReportApi> available = List.of();
    private Optional<Snapshot> planned = Optional.empty();
    private WantedReports wanted = new WantedReports();
    private Instant discoverAt = Instant.MIN;
    private Instant lookAt = Instant.MIN;
    private boolean discovered;
    private int reported;

    /** A report of an API that is no longer written. */
    private record Obsolete(ReportApi api, ReportId id) {}

    /**
     * Writes nothing before it is started.
     *
     * @param scan what is reported
     */
    public ReportWriter(KubernetesClient client, ReportChoice choice, ScanView scan, Clock clock) {
        this.store = new ReportStore(client);
        this.choice = choice;
        this.scan = scan;
        this.clock = clock;
        this.writing = new Reconciler("reports", this::write, PACE);
    }

    public void start() {
        writing.start();
    }

    /** Does the next writes. */
    void write() throws IOException {
        Optional<Snapshot> snapshot = scan.last();
        if (snapshot.isEmpty()) {
            return;
        }
        Instant now = clock.instant();
        if (!now.isBefore(discoverAt)) {
            discover();
            discoverAt = now.plus(DISCOVER_EVERY);
        }
        if (available.isEmpty()) {
            return;
        }
        ReportApi api = available.get(0);
        boolean looked = !now.isBefore(lookAt);
        if (looked) {
            look(api);
            lookAt = now.plus(LOOK_EVERY);
        }
        if (looked || !snapshot.equals(planned)) {
            wanted = wanted.next(snapshot.get(), scan.inventory().uids());
            planned = snapshot;
            waiting.addAll(wanted.differences(stored));
        }
        writeWaiting(api, snapshot.get().at());
    }

    private void discover() throws IOException {
        List<ReportApi> found = new ArrayList<>();
        for (ReportApi api : choice.candidates()) {
            if (store.has(api)) {
                found.add(api);
            }
        }
        if (found.equals(available) && discovered) {
            return;
        }
        discovered = true;
        available = List.copyOf(found);
        waiting.clear();
        stored.clear();
        lookAt = Instant.MIN;
        if (found.isEmpty()) {
            LOG.info("no reports are written, because the cluster has no API for them");
        } else {
            LOG.infof(
                    "reports are written as %s %s",
                    found.get(0).apiVersion(), found.get(0).kind());
        }
    }

    private void look(ReportApi api) throws IOException {
        Map<ReportId, StoredReport> found = store.written(api, stored);
        stored.clear();
        stored.putAll(found);
        obsolete.clear();
        for (ReportApi other : available.subList(1, available.size())) {
            store.written(other, Map.of()).keySet().stream()
                    .sorted()
                    .forEach(id -> obsolete.add(new Obsolete(other, id)));
        }
    }

    private void writeWaiting(ReportApi api, Instant at) {
        int writes = 0;
        Iterator<ReportId> ids = List.copyOf(waiting).iterator();
        while (writes < MOST_AT_ONCE && ids.hasNext()) {
            ReportId id = ids.next();
            writes += settled(() -> settle(api, id, at)) ? 1 : 0;
            waiting.remove(id);
        }
        while (writes < MOST_AT_ONCE && !obsolete.isEmpty()) {
            Obsolete next = obsolete.get(obsolete.size() - 1);
            settled(() -> delete(next.api(), next.id()));
            obsolete.remove(obsolete.size() - 1);
            writes++;
        }
    }

    /** Does at most one write. */
    private interface Step {
        boolean run();
    }

    /** Whether something was written, or tried to no avail, which is not repeated at once. */
    private boolean settled(Step step) {
        try {
            return step.run();
        } catch (KubernetesClientException e) {
            if (mayPass(e.getCode())) {
                throw e;
            }
            failed.increment();
            if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                discoverAt = Instant.MIN;
            }
            if (e.getCode() != reported) {
                reported = e.getCode();
                LOG.warnf("a report cannot be written: %s", ApiServerFailure.text(e));
            }
            return true;
        }
    }

    /** Whether another attempt may succeed, rather than fail in the same way. */
    private static boolean mayPass(int status) {
        return status < HttpURLConnection.HTTP_BAD_REQUEST
                || status >= HttpURLConnection.HTTP_INTERNAL_ERROR
                || status == TOO_MANY_REQUESTS
                || status == HttpURLConnection.HTTP_CONFLICT;
    }

    private boolean settle(ReportApi api, ReportId id, Instant at) {
        Optional<Wanted> one = wanted.find(id);
        if (one.isEmpty()) {
            return stored.containsKey(id) && delete(api, id);
        }
        Wanted report = one.get();
        if (report.isIn(stored)) {
            return false;
        }
        JsonNode after = store.apply(
                api,
                id,
                ReportDocument.of(report.workload())
                        .toObject(api, id, report.workload().id(), report.uid(), at));
        stored.put(id, StoredReport.written(report.hash(), after));
        written.increment();
        return true;
    }

    private boolean delete(ReportApi api, ReportId id) {
        store.delete(api, id);
        stored.remove(id);
        deleted.increment();
        return true;
    }

    /** How many reports were written. */
    public LongAdder written() {
        return written;
    }

    /** How many reports were deleted. */
    public LongAdder deleted() {
        return deleted;
    }

    /** How often the API server refused to write or delete a report. */
    public LongAdder failed() {
        return failed;
    }

    @Override
    public void close() {
        writing.close();
    }
}
