package dev.bulkhead.app.cluster;

import dev.bulkhead.app.certificate.KeyPairAndChain;
import dev.bulkhead.app.certificate.UnusableCertificateException;
import dev.bulkhead.app.cluster.certificate.SharedCertificate;
import dev.bulkhead.app.cluster.reconcile.Reconciler;
import dev.bulkhead.app.cluster.reconcile.Reconciler.Pace;
import dev.bulkhead.app.cluster.reconcile.Reconciler.Work;
import dev.bulkhead.app.cluster.resource.EventRecorder;
import dev.bulkhead.app.cluster.resource.ImageConfigMap;
import dev.bulkhead.app.cluster.resource.ReachabilityProbe;
import dev.bulkhead.app.cluster.secondlayer.SecondLayerKeeper;
import dev.bulkhead.app.cluster.secondlayer.Slots;
import dev.bulkhead.app.cluster.status.ExemptionUsage;
import dev.bulkhead.app.cluster.status.StatusWriter;
import dev.bulkhead.app.cluster.status.UsageWriter;
import dev.bulkhead.app.cluster.status.WorkloadCounter;
import dev.bulkhead.app.cluster.watch.ClusterInformers;
import dev.bulkhead.app.cluster.watch.PolicySnapshot;
import dev.bulkhead.app.cluster.webhook.FailClosedSwitch;
import dev.bulkhead.app.cluster.webhook.InstalledWebhooks;
import dev.bulkhead.app.cluster.webhook.OtherWebhooks;
import dev.bulkhead.app.cluster.webhook.SparedCalls;
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
 * A replica's work in its cluster: what it watches and, while it leads, what it writes. Each concern has its own
 * {@link Reconciler}, so that none waits for another that is slow or fails. The class is long because it alone connects
 * these concerns; what each does is elsewhere.
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
    private final WebhookConfigurations webhooks;
    private final WebhookTrust trust;
    private final WebhookDriftDetector guard;
    private final FailClosedSwitch failClosed;
    private final SparedCalls sparedCalls;
    private final LeaderElection leadership;
    private final StatusWriter statuses;
    private final UsageWriter usage;
    private final WorkloadCounter workloads;
    private final ExemptionUsage uses = new ExemptionUsage();
    private final Optional<SecondLayerKeeper> secondLayer;
    private final Reconciler trusting;
    private final Reconciler counting;
    private final Reconciler layering;
    private final List<Reconciler> reconcilers;
    private volatile Supplier<Optional<String>> bundle = Optional::empty;
    private volatile Supplier<Optional<KeyPairAndChain>> served = Optional::empty;

    /** The term of leadership in which statuses were last written. */
    private int statusTerm;

    /** The same of the second layer. */
    private int layerTerm;

    /** Creates everything; nothing runs before {@link #start}. */
    public ClusterRuntime(KubernetesClient client, ClusterPlace place, PolicySnapshot.Terms terms, Clock clock) {
        this.client = client;
        this.namespace = place.namespace();
        this.watch = new ClusterInformers(
                client,
                terms,
                place.persistentVolumes(),
                place.images().map(name -> new ImageConfigMap(place.namespace(), name)),
                clock);
        this.certificate = place.secret()
                .map(secret -> new SharedCertificate(
                        client, place.namespace(), secret, place.service(), place.caPropagationDelay(), clock));
        EventRecorder announcements =
                new EventRecorder(client, place.namespace(), place.webhookConfiguration(), place.pod(), clock);
        this.webhooks = new WebhookConfigurations(
                client, place.webhookConfiguration(), new WebhookWriter(client, announcements, clock));
        this.trust = new WebhookTrust(webhooks, clock);
        InstalledWebhooks expected = new InstalledWebhooks(
                client, place.namespace(), webhooks, place.harmlessWebhooks().isPresent());
        this.guard = new WebhookDriftDetector(expected, announcements, place.repair(), clock);
        ReachabilityProbe probe = new ReachabilityProbe(client, place.namespace(), clock);
        this.failClosed = new FailClosedSwitch(
                new SwitchedWebhooks(expected, webhooks), probe::isAnswered, announcements::info, clock);
        this.sparedCalls = new SparedCalls(
                webhooks,
                place.harmlessWebhooks()
                        .map(harmless -> new OtherWebhooks(client, place.webhookConfiguration(), harmless)),
                announcements::info);
        this.leadership = new LeaderElection(client, place.namespace(), place.lease(), place.pod(), expected::owner);
        this.workloads = new WorkloadCounter(client, watch, clock);
        this.statuses = new StatusWriter(client, watch, workloads, Set.of("kube-system", place.namespace()), clock);
        this.usage = new UsageWriter(client, clock);
        certificate.ifPresent(shared -> this.bundle = shared::bundle);
        this.layering = new Reconciler("cluster-second-layer", this::keepSecondLayer, PACE);
        this.secondLayer = place.secondLayer() > 0
                ? Optional.of(new SecondLayerKeeper(
                        client,
                        new Slots(place.webhookConfiguration(), place.secondLayer()),
                        announcements,
                        expected::scope,
                        clock,
                        layering::soon))
                : Optional.empty();
        this.trusting = new Reconciler("cluster-webhook-trust", this::keepTrust, PACE);
        this.counting = new Reconciler("cluster-workload-count", whileAlive(this::countWorkloads), COUNTING);
        this.reconcilers = List.of(
                trusting,
                counting,
                layering,
                new Reconciler("cluster-certificate", whileAlive(this::keepCertificate), PACE),
                new Reconciler("cluster-webhook-drift", whileAlive(this::lookForDrift), PACE),
                new Reconciler("cluster-fail-closed", whileAlive(this::switchFailClosed), PACE),
                new Reconciler("cluster-spared-calls", whileAlive(this::spareCalls), PACE),
                new Reconciler("cluster-status", whileAlive(this::writeStatus), PACE),
                new Reconciler("cluster-exemption-usage", whileAlive(() -> usage.write(uses)), PACE));
    }

    /** Skips the work while the namespace is being deleted. */
    private Work whileAlive(Work work) {
        return () -> {
            if (!watch.isEnding(namespace)) {
                work.run();
            }
        };
    }

    /**
     * Starts watching and taking part in the election.
     *
     * @param served the certificate that the server presents; empty before it has one
     * @param onNewCertificate makes the server load a new certificate
     */
    public void start(Supplier<Optional<KeyPairAndChain>> served, Runnable onNewCertificate) {
        this.served = served;
        watch.start();
        webhooks.start();
        guard.start();
        sparedCalls.start();
        certificate.ifPresent(shared -> shared.start(() -> {
            onNewCertificate.run();
            trusting.soon();
        }));
        leadership.start();
        reconcilers.forEach(Reconciler::start);
    }

    /** Sets the source of the CA bundle for a certificate that comes from files. */
    public void bundleFrom(Supplier<Optional<String>> source) {
        this.bundle = source;
    }

    /** When the namespace is deleted, every replica is deleted with it, but not the webhook configurations. */
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
                boolean published = bundle.get().filter(webhooks::carries).isPresent();
                certificate.get().keep(published, webhooks.carriesAny());
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

    private void spareCalls() {
        if (leadership.isLeading() && watch.isComplete()) {
            sparedCalls.keep(watch.policies(), watch.cluster());
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
            statuses.write(() -> leadership.isLeading() && leadership.terms() == term);
        }
    }

    private void keepSecondLayer() throws IOException {
        if (secondLayer.isEmpty()) {
            return;
        }
        SecondLayerKeeper layer = secondLayer.get();
        int term = leadership.terms();
        if (!leadership.isLeading() || term != layerTerm) {
            layer.forget();
        }
        layerTerm = term;
        if (watch.isEnding(namespace)) {
            layer.withdraw();
        } else if (leadership.isLeading() && watch.isComplete()) {
            layer.keep(
                    watch.policies(),
                    watch.cluster().minor(),
                    () -> leadership.isLeading() && leadership.terms() == term);
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

    /**
     * Whether this replica has read everything that decisions depend on, and serves a certificate that the API server
     * trusts.
     */
    public boolean isComplete() {
        return watch.isComplete()
                && (certificate.isEmpty()
                        || served.get().filter(certificate.get()::isShared).isPresent());
    }

    /** The certificate that all replicas share through a Secret, if they do. */
    public Optional<SharedCertificate> certificate() {
        return certificate;
    }

    public ExemptionUsage uses() {
        return uses;
    }

    public boolean isLeading() {
        return leadership.isLeading();
    }

    /** Leaves the election, so that another replica can lead. */
    public void stepDown() {
        leadership.close();
    }

    /**
     * Whether the webhook configurations are as installed, and trust the served certificate; empty before a
     * certificate is served.
     */
    public Optional<Boolean> isInSync() {
        return trust.trusted().map(yes -> yes && guard.isAsInstalled() && !failClosed.isPending());
    }

    /** Whether the API server's own policies are kept. */
    public boolean keepsSecondLayer() {
        return secondLayer.isPresent();
    }

    /** Whether they are in step with the policies; empty while another replica leads. */
    public Optional<Boolean> isSecondLayerInStep() {
        return secondLayer.flatMap(SecondLayerKeeper::isInStep);
    }

    /**
     * How often each kind of writer has reverted what this replica wrote into the webhook configurations, by its
     * label.
     */
    public Map<String, LongAdder> undoneWrites() {
        Map<String, LongAdder> byLabel = new TreeMap<>();
        webhooks.writer().undone().forEach((kind, times) -> byLabel.put(kind.label(), times));
        return byLabel;
    }

    /**
     * A page of the pods in a namespace, with fewer pods if they are large. Waits for the API server.
     *
     * @param from where the page begins; empty for the first
     * @param within the time limit of a request; large pods take two requests
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
        webhooks.close();
        guard.close();
        secondLayer.ifPresent(SecondLayerKeeper::close);
        sparedCalls.close();
        certificate.ifPresent(SharedCertificate::close);
    }
}
