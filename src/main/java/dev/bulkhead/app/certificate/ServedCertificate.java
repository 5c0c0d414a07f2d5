package dev.bulkhead.app.certificate;

import io.quarkus.tls.runtime.KeyStoreAndKeyCertOptions;
import io.quarkus.tls.runtime.KeyStoreProvider;
import io.vertx.core.Vertx;
import io.vertx.core.net.KeyCertOptions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509KeyManager;

/**
 * The certificate that the server presents. Reloading its TLS configuration and firing the configuration's update
 * event makes new connections use what the source holds then, without a restart.
 */
public final class ServedCertificate implements KeyStoreProvider {
    /** Key stores need a password, even those that never leave memory. */
    private static final char[] IN_MEMORY = "in memory".toCharArray();

    private final CertificateSource source;
    private volatile Optional<KeyPairAndChain> current = Optional.empty();

    public ServedCertificate(CertificateSource source) {
        this.source = source;
    }

    /** What was loaded last; empty before the server starts. */
    public Optional<KeyPairAndChain> current() {
        return current;
    }

    /**
     * Checks that what the source holds now can be served.
     *
     * @throws UnusableCertificateException when it cannot, with the reason
     */
    public void check() throws UnusableCertificateException {
        KeyPairAndChain unused = source.load();
    }

    @Override
    public KeyStoreAndKeyCertOptions getKeyStore(Vertx vertx) {
        return keyStore();
    }

    /**
     * Loads what the source holds now, for a listener that is configured otherwise than by the TLS registry.
     *
     * @throws IllegalStateException when it cannot be used, with the reason
     */
    public KeyCertOptions options() {
        return keyStore().options;
    }

    private KeyStoreAndKeyCertOptions keyStore() {
        KeyPairAndChain loaded;
        try {
            loaded = source.load();
        } catch (UnusableCertificateException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
        KeyStore store = loaded.toKeyStore(IN_MEMORY);
        KeyCertOptions options = KeyCertOptions.wrap(keyManager(store));
        current = Optional.of(loaded);
        return new KeyStoreAndKeyCertOptions(store, options);
    }

    private static X509KeyManager keyManager(KeyStore store) {
        try {
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, IN_MEMORY);
            return (X509KeyManager) factory.getKeyManagers()[0];
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java cannot serve the certificate", e);
        }
    }
}
