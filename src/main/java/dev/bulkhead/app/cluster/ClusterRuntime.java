package dev.bulkhead.app.cluster;

import dev.bulkhead.app.certificate.KeyPairAndChain;
import dev.bulkhead.app.certificate.UnusableCertificateException;
import dev.bulkhead.app.cluster.certificate.SharedCertificate;
import dev.bulkhead.app.cluster.reconcile.Reconciler;
import dev.bulkhead.app.cluster.reconcile.Reconciler.Pace;
import dev.bulkhead.app.cluster.reconcile.Reconciler.Work;
import dev.bulkhead.app.cluster.resource.EventRecorder;
import dev.bulkhead.app.cluster.resource.ReachabilityProbe;
import dev.bulkhead.app.cluster.status.ExemptionUsage;
import dev.bulkhead.app.cluster.status.StatusWriter;
import dev.bulkhead.app.cluster.status.UsageWriter;
import dev.bulkhead.app.cluster.status.WorkloadCounter;
import dev.bulkhead.app.cluster.watch.ClusterInformers;
import dev.bulkhead.app.cluster.watch.PolicySnapshot;
import dev.bulkhead.app.cluster.webhook.FailClosedSwitch;
import dev.bulkhead.app.cluster.webhook.InstalledWebhooks;
import dev.bulkhead.app.cluster.webhook.SwitchedWebhooks;
import dev.bulkhead.app.cluster.webhook.WebhookConfigurations;
import dev.bulkhead.app.cluster.webhook.WebhookDriftDetector;
import dev.bulkhead.app.cluster.webhook.WebhookTrust;
import dev.bulkhead.app.cluster.webhook.WebhookWriter;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * A replica's ties to its cluster: what it watches, and, while it leads, what it writes. Each concern has a
 * {@link Reconciler} of its own, so that none waits for another that is slow or fails.
 */
public final class ClusterRuntime implements AutoCloseable {
    private static final Pace PACE =
            new Pace(Duration.ofSeconds(2), Duration.ofSeconds(2), Duration.ofSeconds(30), Duration.ofMinutes(1));

    /** Listing all pods of a cluster takes long, and may not be permitted. */
    private static final Pace COUNTING =
            new Pace(Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofMinutes(10), Duration.ofMinutes(5));

    private final KubernetesClient client;
    private final String namespace;
    private final ClusterInformers watch;
    private final Optional<SharedCertificate> certificate;
    private final WebhookConfigurations registration;
    private final WebhookTrust trust;
    private final WebhookDriftDetector guard;
    private final FailClosedSwitch failClosed;
    private final LeaderElection leadership;
    private final StatusWriter statuses;
    private final UsageWriter usage;
    private final WorkloadCounter workloads;
    private final ExemptionUsage uses = new ExemptionUsage();
    private final Reconciler trusting;
    private final Reconciler counting;
    private final List<Reconciler> reconcilers;
    private volatile Supplier<Optional<String>> bundle = Optional::empty;
    private volatile Supplier<Optional<KeyPairAndChain>> served = Optional::empty;

    /** The term of leadership in which statuses were last written. */
    private int statusTerm;

    /** Ties nothing yet. */
    public ClusterRuntime(KubernetesClient client, ClusterPlace place, PolicySnapshot.Terms terms, Clock clock) {
        this.client = client;
        this.namespace = place.namespace();
        this.watch = new ClusterInformers(client, terms, place.persistentVolumes(), clock);
        this.certificate = place.secret()
                .map(secret -> new SharedCertificate(
                        client, place.namespace(), secret, place.service(), place.knownBefore(), clock));
        EventRecorder announcements =
                new EventRecorder(client, place.namespace(), place.registration(), place.pod(), clock);
        this.registration = new WebhookConfigurations(
                client, place.registration(), new WebhookWriter(client, announcements, clock));
        this.trust = new WebhookTrust(registration, clock);
        InstalledWebhooks expected = new InstalledWebhooks(client, place.namespace(), registration);
        this.guard = new WebhookDriftDetector(expected, announcements, place.repair(), clock);
        ReachabilityProbe probe = new ReachabilityProbe(client, place.namespace(), clock);
        this.failClosed = new FailClosedSwitch(
                new SwitchedWebhooks(expected, registration), probe::isAnswered, announcements::tell, clock);
        this.leadership = new LeaderElection(client, place.namespace(), place.lease(), place.pod(), expected::owner);
        this.workloads = new WorkloadCounter(client, watch, clock);
        this.statuses = new StatusWriter(client, watch, workloads, Set.of("kube-system", place.namespace()), clock);
        this.usage = new UsageWriter(client, clock);
        certificate.ifPresent(shared -> this.bundle = shared::bundle);
        this.trusting = new Reconciler("cluster-webhook-trust", this::keepTrust, PACE);
        this.counting = new Reconciler("cluster-workload-count", whileAlive(this::countWorkloads), COUNTING);
        this.reconcilers = List.of(
                trusting,
                counting,
                new Reconciler("cluster-certificate", whileAlive(this::keepCertificate), PACE),
                new Reconciler("cluster-webhook-drift", whileAlive(this::lookForDrift), PACE),
                new Reconciler("cluster-fail-closed", whileAlive(this::switchFailClosed), PACE),
                new Reconciler("cluster-status", whileAlive(this::writeStatus), PACE),
                new Reconciler("cluster-exemption-usage", whileAlive(() -> usage.write(uses)), PACE));
    }

    /** Nothing is kept in a namespace that is being deleted. */
    private Work whileAlive(Work work) {
        return () -> {
            if (!watch.isEnding(namespace)) {
                work.run();
            }
        };
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
        certificate.ifPresent(shared -> shared.start(() -> {
            onNewCertificate.run();
            trusting.soon();
        }));
        leadership.start();
        reconcilers.forEach(Reconciler::start);
    }

    /** Where the bundle of authorities comes from when the certificate is not this one's own. */
    public void bundleFrom(Supplier<Optional<String>> source) {
        this.bundle = source;
    }

    /** With the namespace goes all that could answer, but not the webhook configurations. */
    private void keepTrust() {
        if (watch.isEnding(namespace)) {
            trust.withdraw(namespace);
        } else {
            trust.keep(leadership.isLeading(), bundle.get(), served.get());
        }
    }

    private void keepCertificate() throws UnusableCertificateException {
        if (certificate.isPresent()) {
            certificate.get().putBack();
            if (leadership.isLeading()) {
                boolean published = bundle.get().filter(registration::carries).isPresent();
                certificate.get().keep(published, registration.carriesAny());
            }
        }
    }

    private void lookForDrift() {
        guard.look(leadership.isLeading(), bundle.get(), enforces());
    }

    private boolean enforces() {
        return watch.isComplete() && watch.enforces();
    }

    private void switchFailClosed() {
        if (leadership.isLeading()) {
            failClosed.look(isComplete() && trust.trusted().orElse(false), enforces());
        }
    }

    private void writeStatus() throws IOException {
        int term = leadership.terms();
        if (!leadership.isLeading() || term != statusTerm) {
            statuses.forget();
        }
        statusTerm = term;
        if (leadership.isLeading() && watch.isComplete()) {
            if (!workloads.isCurrent()) {
                counting.soon();
            }
            statuses.write();
        }
    }

    private void countWorkloads() throws IOException {
        if (leadership.isLeading() && watch.isComplete()) {
            workloads.count();
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
        return trust.trusted().map(yes -> yes && guard.isAsInstalled() && !failClosed.isPending());
    }

    /** How often each kind of writer has undone what this replica wrote in the webhook configurations, by its label. */
    public Map<String, LongAdder> undoneWrites() {
        Map<String, LongAdder> byLabel = new TreeMap<>();
        registration.writer().undone().forEach((kind, times) -> byLabel.put(kind.label(), times));
        return byLabel;
    }

    /**
     * Some of the pods in a namespace: fewer where they are large. Waits for the API server.
     *
     * @param from where the page begins; empty for the first
     * @param within when a request is given up; large pods take two
     * @throws UncheckedIOException when the API server does not answer in time, or not with pods
     */
    public PodPage podsIn(String namespace, int most, Optional<String> from, Duration within) {
        return NamespacePods.page(client, namespace, most, from, within);
    }

    @Override
    public void close() {
        leadership.close();
        reconcilers.forEach(Reconciler::close);
        watch.close();
        registration.close();
        guard.close();
        certificate.ifPresent(SharedCertificate::close);
    }
}
