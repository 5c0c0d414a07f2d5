package dev.bulkhead.app.tls;

import io.netty.handler.ssl.SslContext;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jboss.logging.Logger;

/**
 * A context that is made anew when the CAs of clients change: BoringSSL's keeps the list of CAs that clients are told, and
 * a client of a CA that is not in the list shows no certificate. And when the server's certificate is renewed: connections
 * that arrive meanwhile get the last context.
 */
final class RenewedContext implements Supplier<SslContext> {
    private static final Logger LOG = Logger.getLogger(RenewedContext.class);

    /** Makes a context. */
    interface Source {
        SslContext create() throws SSLException;
    }

    private record Current(List<X509Certificate> authorities, SslContext context) {}

    private final Supplier<List<X509Certificate>> authorities;
    private final Source source;
    private volatile Current current;

    RenewedContext(Supplier<List<X509Certificate>> authorities, Source source) throws SSLException {
        this.authorities = authorities;
        this.source = source;
        this.current = new Current(authorities.get(), source.create());
    }

    @Override
    public SslContext get() {
        Current known = current;
        return known.authorities().equals(authorities.get()) ? known.context() : renewed();
    }

    /**
     * Makes it anew with what the source has after the change.
     *
     * @param undo is run if that cannot be used
     * @throws SSLException if that cannot be used; the last one stays in use
     */
    synchronized void renewAfter(Runnable change, Runnable undo) throws SSLException {
        change.run();
        try {
            current = new Current(authorities.get(), source.create());
        } catch (SSLException | RuntimeException e) {
            undo.run();
            throw e;
        }
    }

    private synchronized SslContext renewed() {
        List<X509Certificate> now = authorities.get();
        if (!current.authorities().equals(now)) {
            SslContext context = current.context();
            try {
                context = source.create();
            } catch (SSLException | RuntimeException e) {
                LOG.warnf(
                        "new CAs of client certificates are trusted, but clients are not told them: %s",
                        e.getMessage());
            }
            current = new Current(now, context);
        }
        return current.context();
    }
}
