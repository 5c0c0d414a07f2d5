package dev.bulkhead.app.certificate;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A certificate from a CA that exists only in this process, for a server outside a cluster. It is valid for this
 * machine's names and for the default name of the webhook's Service.
 */
public final class EphemeralCertificate implements CertificateSource {
    /** Longer than any process runs, because nothing renews it. */
    private static final Duration LIFE = Duration.ofDays(365);

    private static final Pattern DNS_NAME =
            Pattern.compile("(?i)(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*");

    private static final byte[] LOOPBACK_6 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

    private final CertificateAuthority authority;

    public EphemeralCertificate(Clock clock) {
        this.authority = CertificateAuthority.create(LIFE, clock);
    }

    @Override
    public KeyPairAndChain load() {
        return authority.issue(names(), addresses(), LIFE);
    }

    private static List<String> names() {
        List<String> names = new ArrayList<>(List.of("localhost", "bulkhead.bulkhead-system.svc"));
        try {
            String host = InetAddress.getLocalHost().getHostName();
            if (DNS_NAME.matcher(host).matches() && !names.contains(host)) {
                names.add(host);
            }
        } catch (UnknownHostException e) {
            // A machine without a host name is reached by the other names.
        }
        return names;
    }

    private static List<InetAddress> addresses() {
        try {
            return List.of(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), InetAddress.getByAddress(LOOPBACK_6));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("these addresses are of a legal length", e);
        }
    }
}
