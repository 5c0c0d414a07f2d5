package dev.bulkhead.app.cluster.scan.failure;

import dev.bulkhead.app.cluster.reconcile.Reconciler;
import dev.bulkhead.app.cluster.reconcile.Reconciler.Pace;
import dev.bulkhead.app.cluster.reconcile.Reconciler.Work;
import dev.bulkhead.app.cluster.resource.EventWriter;
import dev.bulkhead.app.cluster.watch.ClusterState;
import dev.bulkhead.app.cluster.watch.ObjectListener;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;

/**
 * Reports pods that do not start because of what Bulkhead filled in: by events on their workloads, by counts, and in the
 * status of policies.
 */
public final class StartFailures implements AutoCloseable {
    private static final Pace PACE =
            new Pace(Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofMinutes(5), Duration.ofMinutes(1));

    private final FailingPods pods;
    private final List<Reconciler> reconcilers;

    /**
     * Reports nothing before it is started.
     *
     * @param complete whether policies and all pods have been read once
     * @param pod the name of Bulkhead's own pod
     */
    public StartFailures(
            KubernetesClient client, ClusterState cluster, BooleanSupplier complete, String pod, Clock clock) {
        StartFailureEvents events = new StartFailureEvents(
                client,
                new EventWriter(client, pod, clock),
                () -> cluster.cluster().images(),
                clock);
        NotStartingStatus status = new NotStartingStatus(client, cluster, clock);
        this.pods = new FailingPods(events::add, clock);
        this.reconcilers = List.of(
                new Reconciler("start-failure-events", once(complete, events::write), PACE),
                new Reconciler("start-failure-status", once(complete, () -> status.write(pods.workloads())), PACE));
    }

    private static Work once(BooleanSupplier complete, Work work) {
        return () -> {
            if (complete.getAsBoolean()) {
                work.run();
            }
        };
    }

    /** Wants all pods of the cluster. */
    public ObjectListener listener() {
        return pods;
    }

    public void start() {
        reconcilers.forEach(Reconciler::start);
    }

    /** How often a container was first seen not to start, by reason. */
    public Map<String, LongAdder> counts() {
        Map<String, LongAdder> byLabel = new TreeMap<>();
        pods.counts().forEach((reason, times) -> byLabel.put(reason.label(), times));
        return byLabel;
    }

    @Override
    public void close() {
        reconcilers.forEach(Reconciler::close);
    }
}
