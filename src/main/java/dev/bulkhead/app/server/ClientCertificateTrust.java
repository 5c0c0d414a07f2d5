package dev.bulkhead.app.server;

import dev.bulkhead.app.certificate.CertificateFiles;
import dev.bulkhead.app.certificate.UnusableCertificateException;
import dev.bulkhead.app.config.ConfigurationException;
import dev.bulkhead.app.config.GateConfig;
import dev.bulkhead.app.tls.ClientVerification;
import io.netty.handler.ssl.util.SimpleTrustManagerFactory;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.ManagerFactoryParameters;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jboss.logging.Logger;

/**
 * Decides which clients are the API server: those with a certificate of the configured CAs. Client certificates are
 * requested but not required; one that does not verify ends the handshake. The CA file is read again when it changes;
 * a file that cannot be used changes nothing.
 */
@Singleton
final class ClientCertificateTrust {
    private static final Logger LOG = Logger.getLogger(ClientCertificateTrust.class);
    private static final String KEY = "bulkhead.admission.client-ca";

    private final Optional<Path> file;
    private final Following following = new Following();
    private volatile List<X509Certificate> known = List.of();

    /** Reads the CAs, if any are configured. */
    ClientCertificateTrust(GateConfig config) {
        this.file = config.admission().clientCa();
        file.ifPresent(path -> {
            try {
                take(CertificateFiles.authorities(path));
            } catch (UnusableCertificateException e) {
                throw new ConfigurationException(KEY, "expected a file of certificates in PEM form: " + e.getMessage());
            }
        });
    }

    /** Watches the file. */
    void watch(@Observes StartupEvent start, Vertx vertx, GateConfig config) {
        file.ifPresent(path -> {
            WorkerExecutor reading = vertx.createSharedWorkerExecutor("client-authorities", 1);
            vertx.setPeriodic(
                    config.tls().reloadEvery().toMillis(),
                    timer -> reading.executeBlocking(
                            () -> {
                                look(path);
                                return true;
                            },
                            true));
        });
    }

    private void look(Path path) {
        try {
            List<X509Certificate> now = CertificateFiles.authorities(path);
            if (!now.equals(known)) {
                take(now);
                LOG.infof("the CAs of client certificates have changed: %d are trusted", now.size());
            }
        } catch (UnusableCertificateException | RuntimeException e) {
            LOG.warnf("the CAs of client certificates cannot be used, the last ones stay in use: %s", e.getMessage());
        }
    }

    private void take(List<X509Certificate> authorities) {
        following.current = trusting(authorities);
        known = List.copyOf(authorities);
    }

    private static X509ExtendedTrustManager trusting(List<X509Certificate> authorities) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            for (int i = 0; i < authorities.size(); i++) {
                store.setCertificateEntry("authority-" + i, authorities.get(i));
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509ExtendedTrustManager extended) {
                    return extended;
                }
            }
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("Java cannot trust certificates", e);
        }
        throw new IllegalStateException("Java has no trust manager for certificates");
    }

    /** Whether clients are asked for a certificate. */
    boolean areConfigured() {
        return file.isPresent();
    }

    /** How clients are verified for as long as the program runs, always by the newest content of the file. */
    Optional<ClientVerification> verification() {
        return areConfigured()
                ? Optional.of(new ClientVerification(trustManagerFactory(), () -> known))
                : Optional.empty();
    }

    private TrustManagerFactory trustManagerFactory() {
        return new SimpleTrustManagerFactory() {
            @Override
            protected void engineInit(KeyStore keyStore) {
                // The CAs are known already.
            }

            @Override
            protected void engineInit(ManagerFactoryParameters parameters) {
                // The CAs are known already.
            }

            @Override
            protected TrustManager[] engineGetTrustManagers() {
                return new TrustManager[] {following};
            }
        };
    }

    /**
     * Whether the client of an established session proved to be the API server by the current CAs: a resumed session
     * may have been verified by others.
     *
     * @throws CertificateException when it presented a certificate that they did not issue
     */
    boolean verified(SSLSession session) throws CertificateException {
        if (!areConfigured()) {
            return false;
        }
        X509Certificate[] chain;
        try {
            Certificate[] shown = session.getPeerCertificates();
            chain = new X509Certificate[shown.length];
            for (int i = 0; i < shown.length; i++) {
                if (!(shown[i] instanceof X509Certificate certificate)) {
                    throw new CertificateException("not an X.509 certificate");
                }
                chain[i] = certificate;
            }
        } catch (SSLPeerUnverifiedException e) {
            return false;
        }
        following.checkClientTrusted(chain, "UNKNOWN");
        return true;
    }

    /** Trusts what the newest CAs issued. */
    private static final class Following extends X509ExtendedTrustManager {
        private volatile X509ExtendedTrustManager current = trusting(List.of());

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            current.checkClientTrusted(chain, authType, socket);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            current.checkClientTrusted(chain, authType, engine);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            current.checkClientTrusted(chain, authType);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            checkServerTrusted(chain, authType);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            checkServerTrusted(chain, authType);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            throw new CertificateException("no server is trusted here");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return current.getAcceptedIssuers();
        }
    }
}
