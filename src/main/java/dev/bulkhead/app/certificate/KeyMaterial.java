package dev.bulkhead.app.certificate;

import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the replicas share: their CA, the certificate they serve, and the next CA. It changes in steps that
 * never leave a client without the CA of what is served: the next CA is published first and issues only after clients
 * had time to read it; the previous CA stays in the bundle until it expires.
 *
 * @param ca the CA that issues at present
 * @param served what the replicas serve
 * @param trusted every CA that clients should trust, the present one included
 * @param next the CA that will issue once clients know it
 */
public record KeyMaterial(
        CertificateAuthority ca,
        KeyPairAndChain served,
        List<X509Certificate> trusted,
        Optional<CertificateAuthority> next) {
    /** How long a served certificate is valid. */
    static final Duration LEAF_LIFE = Duration.ofDays(90);

    /** How long a CA is valid. */
    static final Duration CA_LIFE = Duration.ofDays(365);

    private static final String CERTIFICATE = "tls.crt";
    private static final String KEY = "tls.key";
    private static final String TRUSTED = "ca.crt";
    private static final String AUTHORITY_CERTIFICATE = "authority.crt";
    private static final String AUTHORITY_KEY = "authority.key";
    private static final String NEXT_CERTIFICATE = "next-authority.crt";
    private static final String NEXT_KEY = "next-authority.key";

    public KeyMaterial {
        trusted = List.copyOf(trusted);
    }

    /** Creates a CA and a certificate for those names. */
    public static KeyMaterial create(List<String> names, Clock clock) {
        CertificateAuthority ca = CertificateAuthority.create(CA_LIFE, clock);
        return new KeyMaterial(ca, ca.issue(names, List.of(), LEAF_LIFE), List.of(ca.certificate()), Optional.empty());
    }

    /**
     * The material as it should be now: each part is renewed after two thirds of its life.
     *
     * @param published whether clients have received every CA in {@link #trusted()}
     * @param caPropagationDelay how long the next CA must be published before it issues
     * @return this, when nothing is due
     */
    public KeyMaterial asDue(List<String> names, boolean published, Duration caPropagationDelay, Clock clock) {
        Instant now = clock.instant();
        if (next.isEmpty() && isDue(ca.certificate(), now)) {
            return announcing(clock);
        }
        boolean known = next.isPresent() && published && isKnownLongEnough(next.get(), caPropagationDelay, now);
        // Nothing that an expired CA issued is trusted, so waiting is pointless.
        boolean tooLate = !now.isBefore(ca.certificate().getNotAfter().toInstant());
        if (next.isPresent() && (known || tooLate)) {
            CertificateAuthority issuing = next.get();
            return new KeyMaterial(issuing, issuing.issue(names, List.of(), LEAF_LIFE), trusted, Optional.empty());
        }
        List<X509Certificate> stillValid = trusted.stream()
                .filter(certificate -> now.isBefore(certificate.getNotAfter().toInstant()))
                .toList();
        if (stillValid.size() < trusted.size()) {
            return new KeyMaterial(ca, served, stillValid, next);
        }
        if (isDue(served.leaf(), now) || !names.equals(namesOf(served.leaf()))) {
            return withNewLeaf(names);
        }
        return this;
    }

    private static boolean isDue(X509Certificate certificate, Instant now) {
        Instant from = certificate.getNotBefore().toInstant().plus(CertificateAuthority.BACKDATED);
        Duration life = Duration.between(from, certificate.getNotAfter().toInstant());
        return !now.isBefore(from.plus(life.multipliedBy(2).dividedBy(3)));
    }

    /** A copy with another served certificate of the same CA. */
    public KeyMaterial withNewLeaf(List<String> names) {
        return new KeyMaterial(ca, ca.issue(names, List.of(), LEAF_LIFE), trusted, next);
    }

    /** A copy with a next CA, published from now on; this, if there is one already. */
    public KeyMaterial announcing(Clock clock) {
        if (next.isPresent()) {
            return this;
        }
        CertificateAuthority coming = CertificateAuthority.create(CA_LIFE, clock);
        List<X509Certificate> known = new ArrayList<>(List.of(coming.certificate()));
        known.addAll(trusted);
        return new KeyMaterial(ca, served, known, Optional.of(coming));
    }

    private static boolean isKnownLongEnough(CertificateAuthority ca, Duration caPropagationDelay, Instant now) {
        Instant since = ca.certificate().getNotBefore().toInstant().plus(CertificateAuthority.BACKDATED);
        return !now.isBefore(since.plus(caPropagationDelay));
    }

    private static List<String> namesOf(X509Certificate certificate) {
        return CertificateAuthority.namesOf(certificate);
    }

    /** The CA bundle that clients should trust, as PEM. */
    public String bundle() {
        return Pem.text(trusted);
    }

    /** The data of a Secret that holds all of it. */
    public Map<String, String> toData() {
        Map<String, String> data = new LinkedHashMap<>();
        data.put(CERTIFICATE, Pem.text(served.chain()));
        data.put(KEY, Pem.text(served.key()));
        data.put(TRUSTED, bundle());
        data.put(AUTHORITY_CERTIFICATE, Pem.text(List.of(ca.certificate())));
        data.put(AUTHORITY_KEY, Pem.text(ca.key()));
        next.ifPresent(coming -> {
            data.put(NEXT_CERTIFICATE, Pem.text(List.of(coming.certificate())));
            data.put(NEXT_KEY, Pem.text(coming.key()));
        });
        return data;
    }

    /**
     * Reads the data of a Secret.
     *
     * @param source what the Secret is called in messages
     * @throws UnusableCertificateException when a part is missing, damaged or not valid now
     */
    public static KeyMaterial fromData(Map<String, String> data, String source, Clock clock)
            throws UnusableCertificateException {
        KeyPairAndChain served = Pem.pair(
                source + " " + CERTIFICATE,
                part(data, CERTIFICATE, source).getBytes(StandardCharsets.UTF_8),
                source + " " + KEY,
                part(data, KEY, source).getBytes(StandardCharsets.UTF_8),
                clock);
        CertificateAuthority ca = CertificateAuthority.restore(
                part(data, AUTHORITY_CERTIFICATE, source), part(data, AUTHORITY_KEY, source), source, clock);
        Optional<CertificateAuthority> next = data.containsKey(NEXT_CERTIFICATE)
                ? Optional.of(CertificateAuthority.restore(
                        part(data, NEXT_CERTIFICATE, source), part(data, NEXT_KEY, source), source, clock))
                : Optional.empty();
        List<X509Certificate> trusted = Pem.certificates(
                source + " " + TRUSTED, part(data, TRUSTED, source).getBytes(StandardCharsets.UTF_8));
        if (!trusted.contains(ca.certificate())) {
            throw new UnusableCertificateException(source + ": " + TRUSTED + " lacks the authority that issues");
        }
        return new KeyMaterial(ca, served, trusted, next);
    }

    private static String part(Map<String, String> data, String key, String source)
            throws UnusableCertificateException {
        String text = data.get(key);
        if (text == null || text.isEmpty()) {
            throw new UnusableCertificateException(source + ": has no " + key);
        }
        return text;
    }

    @Override
    public String toString() {
        return "KeyMaterial[" + served + "]";
    }
}
