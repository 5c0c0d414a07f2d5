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
 * What the replicas of a gate share: an authority of their own, what they serve, and the authority to come. All of it
 * changes in steps that never leave a client without an authority for what is served: the next authority is made known
 * first, and issues only after clients had time to learn of it; the one before stays known until it expires.
 *
 * @param authority what issues at present
 * @param served what the replicas serve
 * @param trusted every authority that clients are to trust, the present one among them
 * @param next the authority that will issue, once clients know it
 */
public record KeyMaterial(
        CertificateAuthority authority,
        KeyPairAndChain served,
        List<X509Certificate> trusted,
        Optional<CertificateAuthority> next) {
    /** Of a served certificate. */
    static final Duration LEAF_LIFE = Duration.ofDays(90);

    /** Of an authority. */
    static final Duration AUTHORITY_LIFE = Duration.ofDays(365);

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

    /** A new authority and what it issues for those names. */
    public static KeyMaterial create(List<String> names, Clock clock) {
        CertificateAuthority authority = CertificateAuthority.create(AUTHORITY_LIFE, clock);
        return new KeyMaterial(
                authority,
                authority.issue(names, List.of(), LEAF_LIFE),
                List.of(authority.certificate()),
                Optional.empty());
    }

    /**
     * The material as it should be now: each part is renewed after two thirds of its life.
     *
     * @param published whether clients have been told of every authority in {@link #trusted()}
     * @param knownBefore how long the next authority is to be known before it issues
     * @return this, when nothing is due
     */
    public KeyMaterial asDue(List<String> names, boolean published, Duration knownBefore, Clock clock) {
        Instant now = clock.instant();
        if (next.isEmpty() && isDue(authority.certificate(), now)) {
            return announcing(clock);
        }
        boolean known = next.isPresent() && published && isKnownLongEnough(next.get(), knownBefore, now);
        // Nobody trusts what an expired authority issues, so that there is nothing to wait for any more.
        boolean tooLate = !now.isBefore(authority.certificate().getNotAfter().toInstant());
        if (next.isPresent() && (known || tooLate)) {
            CertificateAuthority issuing = next.get();
            return new KeyMaterial(issuing, issuing.issue(names, List.of(), LEAF_LIFE), trusted, Optional.empty());
        }
        List<X509Certificate> stillValid = trusted.stream()
                .filter(certificate -> now.isBefore(certificate.getNotAfter().toInstant()))
                .toList();
        if (stillValid.size() < trusted.size()) {
            return new KeyMaterial(authority, served, stillValid, next);
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

    /** The same with another leaf, which the same authority issues. */
    public KeyMaterial withNewLeaf(List<String> names) {
        return new KeyMaterial(authority, authority.issue(names, List.of(), LEAF_LIFE), trusted, next);
    }

    /** The same with a next authority, which is known from now on; this, when there is one already. */
    public KeyMaterial announcing(Clock clock) {
        if (next.isPresent()) {
            return this;
        }
        CertificateAuthority coming = CertificateAuthority.create(AUTHORITY_LIFE, clock);
        List<X509Certificate> known = new ArrayList<>(List.of(coming.certificate()));
        known.addAll(trusted);
        return new KeyMaterial(authority, served, known, Optional.of(coming));
    }

    private static boolean isKnownLongEnough(CertificateAuthority authority, Duration knownBefore, Instant now) {
        Instant since = authority.certificate().getNotBefore().toInstant().plus(CertificateAuthority.BACKDATED);
        return !now.isBefore(since.plus(knownBefore));
    }

    private static List<String> namesOf(X509Certificate certificate) {
        return CertificateAuthority.namesOf(certificate);
    }

    /** The authorities that clients are to trust, as text. */
    public String bundle() {
        return Pem.text(trusted);
    }

    /** All of it as the data of a Secret. */
    public Map<String, String> toData() {
        Map<String, String> data = new LinkedHashMap<>();
        data.put(CERTIFICATE, Pem.text(served.chain()));
        data.put(KEY, Pem.text(served.key()));
        data.put(TRUSTED, bundle());
        data.put(AUTHORITY_CERTIFICATE, Pem.text(List.of(authority.certificate())));
        data.put(AUTHORITY_KEY, Pem.text(authority.key()));
        next.ifPresent(coming -> {
            data.put(NEXT_CERTIFICATE, Pem.text(List.of(coming.certificate())));
            data.put(NEXT_KEY, Pem.text(coming.key()));
        });
        return data;
    }

    /**
     * What a Secret's data holds.
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
        CertificateAuthority authority = CertificateAuthority.restore(
                part(data, AUTHORITY_CERTIFICATE, source), part(data, AUTHORITY_KEY, source), source, clock);
        Optional<CertificateAuthority> next = data.containsKey(NEXT_CERTIFICATE)
                ? Optional.of(CertificateAuthority.restore(
                        part(data, NEXT_CERTIFICATE, source), part(data, NEXT_KEY, source), source, clock))
                : Optional.empty();
        List<X509Certificate> trusted = Pem.certificates(
                source + " " + TRUSTED, part(data, TRUSTED, source).getBytes(StandardCharsets.UTF_8));
        if (!trusted.contains(authority.certificate())) {
            throw new UnusableCertificateException(source + ": " + TRUSTED + " lacks the authority that issues");
        }
        return new KeyMaterial(authority, served, trusted, next);
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
