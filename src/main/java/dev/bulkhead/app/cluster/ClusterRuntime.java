package dev.bulkhead.app.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.certificate.KeyPairAndChain;
import dev.bulkhead.app.certificate.UnusableCertificateException;
import dev.bulkhead.app.cluster.certificate.SharedCertificate;
import dev.bulkhead.app.cluster.resource.EventRecorder;
import dev.bulkhead.app.cluster.resource.ReachabilityProbe;
import dev.bulkhead.app.cluster.status.ExemptionUsage;
import dev.bulkhead.app.cluster.status.StatusWriter;
import dev.bulkhead.app.cluster.watch.ClusterInformers;
import dev.bulkhead.app.cluster.watch.PolicySnapshot;
import dev.bulkhead.app.cluster.webhook.FailClosedSwitch;
import dev.bulkhead.app.cluster.webhook.InstalledWebhooks;
import dev.bulkhead.app.cluster.webhook.SwitchedWebhooks;
import dev.bulkhead.app.cluster.webhook.WebhookConfigurations;
import dev.bulkhead.app.cluster.webhook.WebhookDriftDetector;
import dev.bulkhead.app.cluster.webhook.WebhookDriftDetector.Repair;
import dev.bulkhead.app.cluster.webhook.WebhookWriter;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** A replica's ties to its cluster: what it watches, and, while it leads, what it writes. */
public final class ClusterRuntime implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(ClusterRuntime.class);
    private static final long DUTIES_EVERY_MILLIS = 2_000;

    private final KubernetesClient client;
    private final String namespace;
    private final ScheduledExecutorService working;
    private final ClusterInformers watch;
    private final Optional<SharedCertificate> certificate;
    private final WebhookConfigurations registration;
    private final WebhookDriftDetector guard;
    private final FailClosedSwitch failClosed;
    private final LeaderElection leadership;
    private final StatusWriter statuses;
    private final ExemptionUsage uses = new ExemptionUsage();
    private final Clock clock;
    private volatile Supplier<Optional<String>> bundle = Optional::empty;
    private volatile Supplier<Optional<KeyPairAndChain>> served = Optional::empty;
    private volatile Optional<Boolean> trusted = Optional.empty();
    private boolean ending;
    private boolean withdrawn;

    /**
     * Where a replica is and what belongs to it.
     *
     * @param pod the replica's name among the others
     * @param service by whose name the API server calls
     * @param lease the Lease that the leader holds
     * @param registration the name of both webhook configurations
     * @param repair what of these is put back when somebody changes them
     * @param secret where the certificate is shared; empty when it comes from elsewhere
     * @param knownBefore how long the API server knows a new authority before it issues
     * @param persistentVolumes whether PersistentVolumes are watched
     */
    public record Place(
            String namespace,
            String pod,
            String service,
            String lease,
            String registration,
            Repair repair,
            Optional<String> secret,
            Duration knownBefore,
            boolean persistentVolumes) {}

    /** Ties nothing yet. */
    public ClusterRuntime(KubernetesClient client, Place place, PolicySnapshot.Terms terms, Clock clock) {
        this.client = client;
        this.namespace = place.namespace();
        this.clock = clock;
        this.working = executor("cluster-duties");
        this.watch = new ClusterInformers(client, terms, place.persistentVolumes(), clock);
        this.certificate = place.secret()
                .map(secret -> new SharedCertificate(
                        client, place.namespace(), secret, place.service(), place.knownBefore(), clock));
        EventRecorder announcements =
                new EventRecorder(client, place.namespace(), place.registration(), place.pod(), clock);
        this.registration = new WebhookConfigurations(
                client, place.registration(), new WebhookWriter(client, announcements, clock));
        InstalledWebhooks expected = new InstalledWebhooks(client, place.namespace(), registration);
        this.guard = new WebhookDriftDetector(expected, announcements, place.repair(), clock);
        ReachabilityProbe probe = new ReachabilityProbe(client, place.namespace(), clock);
        this.failClosed = new FailClosedSwitch(
                new SwitchedWebhooks(expected, registration), probe::isAnswered, announcements::tell, clock);
        this.leadership =
                new LeaderElection(client, place.namespace(), place.lease(), place.pod(), expected::owner, working);
        this.statuses = new StatusWriter(client, watch, Set.of("kube-system", place.namespace()), clock);
        certificate.ifPresent(shared -> this.bundle = shared::bundle);
    }

    private static ScheduledExecutorService executor(String name) {
        return Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Begins to watch, to take part in the election and, when elected, to write.
     *
     * @param served what the server proves its name with; empty before it does
     * @param onNewCertificate what makes the server take up a new certificate
     */
    public void start(Supplier<Optional<KeyPairAndChain>> served, Runnable onNewCertificate) {
        this.served = served;
        watch.start();
        registration.start();
        guard.start();
        certificate.ifPresent(shared -> shared.start(onNewCertificate));
        leadership.start();
        ScheduledFuture<?> unused = working.scheduleWithFixedDelay(
                () -> attempt(this::work), 0, DUTIES_EVERY_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Where the bundle of authorities comes from when the certificate is not this one's own. */
    public void bundleFrom(Supplier<Optional<String>> source) {
        this.bundle = source;
    }

    private void work() {
        if (watch.isEnding(namespace)) {
            attempt(this::withdraw);
            return;
        }
        attempt(this::keepCertificate);
        trusted = served.get().map(chain -> registration.trusts(chain, clock.instant()));
        boolean leading = leadership.isLeading();
        boolean enforces = watch.isComplete() && watch.enforces();
        attempt(() -> guard.look(leading, bundle.get(), enforces));
        attempt(() -> statuses.writeUses(uses));
        if (!leading) {
            statuses.forget();
            return;
        }
        attempt(() -> failClosed.look(isComplete() && trusted.orElse(false), enforces));
        if (watch.isComplete()) {
            attempt(statuses::write);
        }
    }

    private void keepCertificate() throws UnusableCertificateException {
        if (certificate.isPresent()) {
            certificate.get().putBack();
        }
        if (!leadership.isLeading()) {
            return;
        }
        if (certificate.isPresent()) {
            boolean published = bundle.get().filter(registration::carries).isPresent();
            certificate.get().keep(published, registration.carriesAny());
        }
        bundle.get().ifPresent(registration::fill);
    }

    private interface Duty {
        void fulfil() throws UnusableCertificateException, InterruptedException;
    }

    /** No duty keeps the others from being fulfilled. */
    private static void attempt(Duty duty) {
        try {
            duty.fulfil();
        } catch (UnusableCertificateException | RuntimeException e) {
            LOG.warnf("work in the cluster is not done yet and is tried again: %s", e.getMessage());
            LOG.debug("work in the cluster failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * With the namespace goes all that could answer, but not the registration. Every replica does this, since nobody
     * knows who comes to it: before long none of them may do anything any more.
     */
    private void withdraw() {
        if (!ending) {
            ending = true;
            LOG.warnf(
                    "namespace %s is being deleted and the gate with it: the webhook configurations are deleted, too,"
                            + " since nothing could be created any more",
                    namespace);
        }
        if (!withdrawn) {
            withdrawn = !registration.withdraw();
        }
    }

    public ClusterInformers watch() {
        return watch;
    }

    /** Whether this replica knows all that decisions depend on, and serves what the API server is told to trust. */
    public boolean isComplete() {
        return watch.isComplete()
                && (certificate.isEmpty()
                        || served.get().filter(certificate.get()::isShared).isPresent());
    }

    /** The certificate of all replicas, where it is shared by a Secret. */
    public Optional<SharedCertificate> certificate() {
        return certificate;
    }

    public ExemptionUsage uses() {
        return uses;
    }

    public boolean isLeading() {
        return leadership.isLeading();
    }

    /** Leaves the election, for another replica to lead. */
    public void stepDown() {
        leadership.close();
    }

    /**
     * Whether the API server is told of the gate as it was installed, and to trust what is served; empty before anything
     * is.
     */
    public Optional<Boolean> isInSync() {
        return trusted.map(yes -> yes && guard.isAsInstalled() && !failClosed.isPending());
    }

    /** How often each kind of writer has undone what this replica wrote in the webhook configurations, by its label. */
    public Map<String, LongAdder> undoneWrites() {
        Map<String, LongAdder> byLabel = new TreeMap<>();
        registration.writer().undone().forEach((kind, times) -> byLabel.put(kind.label(), times));
        return byLabel;
    }

    /**
     * Pods of a namespace as they are stored: a page of them.
     *
     * @param bytes how large they are together, as JSON
     * @param more how many there are beyond these
     * @param next where the next page begins; empty after the last
     */
    public record Pods(List<JsonNode> pods, long bytes, long more, Optional<String> next) {
        public Pods {
            pods = List.copyOf(pods);
        }
    }

    /**
     * Some of the pods in a namespace: fewer where they are large. Waits for the API server.
     *
     * @param from where the page begins; empty for the first
     * @param within when a request is given up; large pods take two
     * @throws UncheckedIOException when the API server does not answer in time, or not with pods
     */
    public Pods podsIn(String namespace, int most, Optional<String> from, Duration within) {
        return NamespacePods.page(client, namespace, most, from, within);
    }

    @Override
    public void close() {
        leadership.close();
        working.shutdownNow();
        watch.close();
        registration.close();
        guard.close();
        certificate.ifPresent(SharedCertificate::close);
    }
}
