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
 * The certificate that all replicas share, in a Secret. The leader fills and renews it; what it held, any replica puts
 * back. Two that write at once are told apart by the object's version, and the second takes what the first wrote.
 */
public final class SharedCertificate implements CertificateSource, AutoCloseable {
    private static final Logger LOG = Logger.getLogger(SharedCertificate.class);
    private static final int TRIES = 5;

    /** While clients trust somebody, some replica may know whom. */
    private static final Duration OTHERS_PUT_BACK = Duration.ofSeconds(10);

    private final CertificateSecret secret;
    private final List<String> dnsNames;
    private final Duration knownBefore;
    private final Clock clock;
    private final SharedIndexInformer<Secret> informer;
    private final KnownCertificate known = new KnownCertificate();
    private volatile Runnable onChange = () -> {};
    private volatile Optional<KeyPairAndChain> standIn = Optional.empty();
    private final PublishedBundle publishedBundle;
    private Optional<Instant> without = Optional.empty();
    private String misunderstood = "";

    /**
     * Watches nothing yet.
     *
     * @param service whose DNS names the certificate is for
     * @param knownBefore how long clients know a new authority before it issues
     */
    public SharedCertificate(
            KubernetesClient client, String namespace, String name, String service, Duration knownBefore, Clock clock) {
        this.secret = new CertificateSecret(client, namespace, name, clock);
        this.dnsNames = namesOf(service, namespace);
        this.knownBefore = knownBefore;
        this.clock = clock;
        this.publishedBundle = new PublishedBundle(clock);
        this.informer = secret.informer(new Follow());
    }

    private static List<String> namesOf(String service, String namespace) {
        String full = service + "." + namespace + ".svc";
        return List.of(full, full + ".cluster.local", service + "." + namespace, service);
    }

    /** Follows the Secret from now on. */
    public void start(Runnable onNewCertificate) {
        this.onChange = onNewCertificate;
        informer.start();
    }

    private final class Follow implements ResourceEventHandler<Secret> {
        @Override
        public void onAdd(Secret secret) {
            hear(secret);
        }

        @Override
        public void onUpdate(Secret before, Secret after) {
            hear(after);
        }

        @Override
        public void onDelete(Secret secret, boolean stateUnknown) {
            if (known.hearOfDeletion(secret)) {
                LOG.warnf(
                        "%s was deleted; what it held stays in use until it is filled again",
                        SharedCertificate.this.secret);
            }
        }
    }

    /** What is unusable changes nothing: what is served stays served. */
    void hear(Secret stored) {
        Optional<KeyMaterial> material = Optional.empty();
        try {
            material = Optional.of(secret.material(stored));
        } catch (UnusableCertificateException e) {
            LOG.debugf("no usable certificate: %s", e.getMessage());
        }
        take(stored, material);
    }

    private void take(Secret stored, Optional<KeyMaterial> material) {
        if (known.hear(stored, material)) {
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
     * What is to be served; asks the API server only for the first time. While there is nothing usable, which the leader
     * will mend, a certificate that nobody trusts lets the server start and wait.
     */
    @Override
    public KeyPairAndChain load() throws UnusableCertificateException {
        if (current().isEmpty()) {
            try {
                Optional<Secret> stored = secret.read();
                Optional<KeyMaterial> usable = secret.usable(stored);
                // It is about to be served, so that nobody need hear of it.
                boolean unused = stored.isPresent() && known.hear(stored.get(), usable);
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

    /** Whether that is what all replicas share. */
    public boolean isShared(KeyPairAndChain served) {
        return current().isPresent() && !Optional.of(served).equals(standIn);
    }

    /** The authorities that clients are to trust, as text; empty before anything was loaded. */
    public Optional<String> bundle() {
        return current().map(KeyMaterial::bundle);
    }

    /**
     * Puts back what the Secret held, if somebody deleted or emptied it. Any replica's to call, since a leader that has
     * just begun may never have seen it.
     */
    public void putBack() {
        KnownCertificate.State state = known.state();
        if (state.material().isEmpty() || !informer.hasSynced() || !CertificateSecret.isEmpty(state.stored())) {
            return;
        }
        secret.fill(state.stored(), state.material().get()).ifPresent(written -> {
            take(written, state.material());
            LOG.infof("filled %s again with what is served", secret);
        });
    }

    /**
     * Fills the Secret for the first time, and renews what is due. The leader's to call.
     *
     * @param published whether clients have been told of every authority in the bundle
     * @param trusted whether clients have been told of anybody at all
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
        KeyMaterial due =
                asked(state.stored(), material).asDue(dnsNames, publishedBundle.isFor(knownBefore), knownBefore, clock);
        boolean damaged = state.stored().isPresent()
                && !CertificateSecret.holds(state.stored().get(), due);
        if (damaged || !due.equals(material)) {
            take(written(state.stored(), due), Optional.of(due));
            LOG.infof("wrote %s", secret);
        }
    }

    /** Where somebody else was faster, what they wrote is served from now on, and this replica decides anew. */
    private Secret written(Optional<Secret> stored, KeyMaterial due) {
        try {
            return secret.write(stored, due);
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                secret.read().ifPresent(now -> {
                    if (known.read(now, secret.usable(Optional.of(now)))) {
                        onChange.run();
                    }
                });
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
        throw new UnusableCertificateException(secret + ": could not be filled, others keep changing it");
    }

    @Override
    public void close() {
        informer.stop();
    }
}
