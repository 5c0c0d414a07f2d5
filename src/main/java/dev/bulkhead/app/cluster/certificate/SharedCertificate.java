package dev.bulkhead.app.cluster.certificate;

import dev.bulkhead.app.certificate.CertificateSource;
import dev.bulkhead.app.certificate.KeyMaterial;
import dev.bulkhead.app.certificate.KeyPairAndChain;
import dev.bulkhead.app.certificate.UnusableCertificateException;
import dev.bulkhead.app.cluster.resource.ApiServerFailure;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * The certificate that all replicas share through a Secret. The leader writes and renews it; any replica can restore
 * it. Concurrent writes are detected by the resource version, and the loser takes over what the other wrote.
 */
public final class SharedCertificate implements CertificateSource, AutoCloseable {
    private static final Logger LOG = Logger.getLogger(SharedCertificate.class);
    private static final int TRIES = 5;

    /** While clients trust a CA, some replica may still hold its key and restore it within this time. */
    private static final Duration OTHERS_PUT_BACK = Duration.ofSeconds(10);

    private final CertificateSecret secret;
    private final List<String> dnsNames;
    private final Duration caPropagationDelay;
    private final Clock clock;
    private final SharedIndexInformer<Secret> informer;
    private final KnownCertificate known = new KnownCertificate();
    private volatile Runnable onChange = () -> {};
    private volatile Optional<KeyPairAndChain> standIn = Optional.empty();
    private final PublishedBundle publishedBundle;
    private Optional<Instant> without = Optional.empty();
    private String misunderstood = "";

    /**
     * Watches nothing before it is started.
     *
     * @param service the Service whose DNS names the certificate is for
     * @param caPropagationDelay how long a new CA is in the CA bundle before it issues
     */
    public SharedCertificate(
            KubernetesClient client,
            String namespace,
            String name,
            String service,
            Duration caPropagationDelay,
            Clock clock) {
        this.secret = new CertificateSecret(client, namespace, name, clock);
        this.dnsNames = namesOf(service, namespace);
        this.caPropagationDelay = caPropagationDelay;
        this.clock = clock;
        this.publishedBundle = new PublishedBundle(clock);
        this.informer = secret.informer(new Follow());
    }

    private static List<String> namesOf(String service, String namespace) {
        String full = service + "." + namespace + ".svc";
        return List.of(full, full + ".cluster.local", service + "." + namespace, service);
    }

    /** Starts watching the Secret. */
    public void start(Runnable onNewCertificate) {
        this.onChange = onNewCertificate;
        informer.start();
    }

    private final class Follow implements ResourceEventHandler<Secret> {
        @Override
        public void onAdd(Secret secret) {
            update(secret);
        }

        @Override
        public void onUpdate(Secret before, Secret after) {
            update(after);
        }

        @Override
        public void onDelete(Secret secret, boolean stateUnknown) {
            if (known.delete(secret)) {
                LOG.warnf(
                        "%s was deleted; its content stays in use until it is written again",
                        SharedCertificate.this.secret);
            }
        }
    }

    /** Unusable material changes nothing: the server keeps its certificate. */
    void update(Secret stored) {
        Optional<KeyMaterial> material = Optional.empty();
        try {
            material = Optional.of(secret.material(stored));
        } catch (UnusableCertificateException e) {
            LOG.debugf("no usable certificate: %s", e.getMessage());
        }
        take(stored, material);
    }

    private void take(Secret stored, Optional<KeyMaterial> material) {
        if (known.update(stored, material)) {
            LOG.infof(
                    "serving the certificate of %s, valid until %s",
                    secret, material.orElseThrow().served().leaf().getNotAfter().toInstant());
            onChange.run();
        }
    }

    private Optional<KeyMaterial> current() {
        return known.state().material();
    }

    /**
     * The certificate to serve; asks the API server only the first time. Until there is usable material, which the
     * leader will write, a certificate that no client trusts allows the server to start and wait.
     */
    @Override
    public KeyPairAndChain load() throws UnusableCertificateException {
        if (current().isEmpty()) {
            try {
                Optional<Secret> stored = secret.read();
                Optional<KeyMaterial> usable = secret.usable(stored);
                // It is about to be served, so no event is needed.
                boolean unused = stored.isPresent() && known.update(stored.get(), usable);
            } catch (KubernetesClientException e) {
                LOG.warnf("%s cannot be read yet: %s", secret, ApiServerFailure.text(e));
            }
        }
        Optional<KeyMaterial> current = current();
        if (current.isPresent()) {
            return current.get().served();
        }
        if (standIn.isEmpty()) {
            standIn = Optional.of(KeyMaterial.create(dnsNames, clock).served());
        }
        return standIn.get();
    }

    /** Whether this is the certificate that all replicas share. */
    public boolean isShared(KeyPairAndChain served) {
        return current().isPresent() && !Optional.of(served).equals(standIn);
    }

    /** The CA bundle that clients should trust, as PEM; empty before anything was loaded. */
    public Optional<String> bundle() {
        return current().map(KeyMaterial::bundle);
    }

    /**
     * Restores the Secret's content if somebody deleted or emptied it, and takes up the content that a restored backup
     * has. Any replica may call this, because a new leader may never have seen the content.
     */
    public void putBack() {
        readIfDoubtful();
        KnownCertificate.State state = known.state();
        if (state.material().isEmpty() || !informer.hasSynced() || !CertificateSecret.isEmpty(state.stored())) {
            return;
        }
        secret.fill(state.stored(), state.material().get()).ifPresent(written -> {
            take(written, state.material());
            LOG.infof("restored %s", secret);
        });
    }

    /** If the Secret cannot be read now, it stays in doubt and is read the next time. */
    private void readIfDoubtful() {
        if (!known.takeDoubt()) {
            return;
        }
        try {
            readAgain();
        } catch (KubernetesClientException e) {
            known.doubt();
            throw e;
        }
    }

    /** Takes the state that the API server has now, whatever was seen or written before. */
    private void readAgain() {
        Optional<Secret> now = secret.read();
        if (known.read(now, secret.usable(now))) {
            onChange.run();
        }
    }

    /**
     * Writes the Secret for the first time, and renews what is due. Only the leader calls this.
     *
     * @param published whether the webhook configurations contain every CA of the bundle
     * @param trusted whether the webhook configurations contain any CA
     */
    public void keep(boolean published, boolean trusted) throws UnusableCertificateException {
        KnownCertificate.State state = known.state();
        if (state.material().isEmpty()) {
            boolean waited = without.filter(begin -> !clock.instant().isBefore(begin.plus(OTHERS_PUT_BACK)))
                    .isPresent();
            if (trusted && !waited) {
                without = without.or(() -> Optional.of(clock.instant()));
                return;
            }
            readOrCreate();
            return;
        }
        without = Optional.empty();
        KeyMaterial material = state.material().get();
        publishedBundle.see(material.bundle(), published);
        KeyMaterial due = asked(state.stored(), material)
                .asDue(dnsNames, publishedBundle.isFor(caPropagationDelay), caPropagationDelay, clock);
        boolean damaged = state.stored().isPresent()
                && !CertificateSecret.holds(state.stored().get(), due);
        if (damaged || !due.equals(material)) {
            take(written(state.stored(), due), Optional.of(due));
            LOG.infof("wrote %s", secret);
        }
    }

    /** If another writer was faster, its material is served from now on, and this replica decides again. */
    private Secret written(Optional<Secret> stored, KeyMaterial due) {
        try {
            return secret.write(stored, due);
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                readAgain();
            }
            throw e;
        }
    }

    private KeyMaterial asked(Optional<Secret> stored, KeyMaterial material) {
        String what = CertificateSecret.wish(stored);
        return switch (what) {
            case "certificate" -> material.withNewLeaf(dnsNames);
            case "ca" -> material.announcing(clock);
            default -> {
                tellOnce(what);
                yield material;
            }
        };
    }

    private void tellOnce(String wish) {
        if (!wish.isEmpty() && !wish.equals(misunderstood)) {
            LOG.errorf(
                    "%s: annotation %s: expected certificate or ca, found %s; nothing is renewed for it",
                    secret, CertificateSecret.RENEW, wish);
        }
        misunderstood = wish;
    }

    private void readOrCreate() throws UnusableCertificateException {
        for (int i = 0; i < TRIES; i++) {
            Optional<Secret> stored = secret.read();
            Optional<KeyMaterial> found = secret.usable(stored);
            if (found.isPresent()) {
                take(stored.orElseThrow(), found);
                return;
            }
            KeyMaterial fresh = KeyMaterial.create(dnsNames, clock);
            Optional<Secret> written = secret.fill(stored, fresh);
            if (written.isPresent()) {
                LOG.infof("wrote a new CA and certificate to %s", secret);
                take(written.get(), Optional.of(fresh));
                return;
            }
        }
        throw new UnusableCertificateException(secret + ": could not be written, because others keep changing it");
    }

    @Override
    public void close() {
        informer.stop();
    }
}
