package dev.bulkhead.app.cluster;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Elects the replica that writes: the holder of a Lease. All replicas decide about reviews, with or without a leader.
 */
public final class LeaderElection implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(LeaderElection.class);
    private static final Duration LEASE = Duration.ofSeconds(15);
    private static final Duration RENEW_WITHIN = Duration.ofSeconds(10);
    private static final Duration RETRY = Duration.ofSeconds(2);

    private final KubernetesClient client;
    private final LeaderElectionConfig config;
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "cluster-leader-election");
        thread.setDaemon(true);
        return thread;
    });
    private volatile Optional<CompletableFuture<?>> election = Optional.empty();
    private volatile boolean leading;
    private final AtomicInteger terms = new AtomicInteger();
    private volatile boolean closed;

    /**
     * Takes part only once started.
     *
     * @param owner the object with which the Lease is deleted
     */
    LeaderElection(
            KubernetesClient client,
            String namespace,
            String lease,
            String identity,
            Supplier<Optional<OwnerReference>> owner) {
        this.client = client;
        this.config = new LeaderElectionConfigBuilder()
                .withName(lease)
                .withLock(new OwnedLease(namespace, lease, identity, owner))
                .withLeaseDuration(LEASE)
                .withRenewDeadline(RENEW_WITHIN)
                .withRetryPeriod(RETRY)
                .withReleaseOnCancel(true)
                .withLeaderCallbacks(new LeaderCallbacks(this::lead, this::follow, leader -> {}))
                .build();
    }

    /** A Lease that is deleted together with its owner. */
    private static final class OwnedLease extends LeaseLock {
        private final Supplier<Optional<OwnerReference>> owner;

        OwnedLease(String namespace, String name, String identity, Supplier<Optional<OwnerReference>> owner) {
            super(namespace, name, identity);
            this.owner = owner;
        }

        @Override
        protected ObjectMetaBuilder getObjectMeta(String resourceVersion) {
            ObjectMetaBuilder metadata = super.getObjectMeta(resourceVersion);
            owner.get().ifPresent(metadata::withOwnerReferences);
            return metadata;
        }
    }

    /** Takes part until closed; a replica that loses the Lease tries again. */
    public void start() {
        if (closed) {
            return;
        }
        CompletableFuture<?> running =
                client.leaderElector().withConfig(config).build().start();
        election = Optional.of(running);
        if (closed) {
            running.cancel(true);
            return;
        }
        CompletableFuture<?> unusedStage = running.whenComplete((done, failure) -> {
            leading = false;
            if (!closed) {
                later();
            }
        });
    }

    private void later() {
        try {
            ScheduledFuture<?> unused = executor.schedule(this::start, RETRY.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("closed meanwhile", e);
        }
    }

    private void lead() {
        terms.incrementAndGet();
        leading = true;
        LOG.info("this replica leads: it renews certificates and writes statuses and webhook configurations");
    }

    private void follow() {
        leading = false;
        LOG.info("this replica no longer leads");
    }

    public boolean isLeading() {
        return leading;
    }

    /** How often this replica has become the leader: another replica may have written between two terms. */
    public int terms() {
        return terms.get();
    }

    @Override
    public void close() {
        closed = true;
        election.ifPresent(running -> running.cancel(true));
        executor.shutdown();
    }
}
