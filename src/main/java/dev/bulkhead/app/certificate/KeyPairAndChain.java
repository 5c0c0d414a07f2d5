package dev.bulkhead.app.certificate;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * A server's private key and certificate chain.
 *
 * @param key the private key of the first certificate; it is never printed
 * @param chain the server's certificate, then each one's issuer as far as it is known
 */
public record KeyPairAndChain(PrivateKey key, List<X509Certificate> chain) {
    private static final String ALIAS = "gate";

    public KeyPairAndChain {
        chain = List.copyOf(chain);
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("a chain has at least the certificate of its key");
        }
    }

    /** The server's own certificate. */
    public X509Certificate leaf() {
        return chain.get(0);
    }

    /**
     * Whether a client that trusts those CAs would trust this.
     *
     * @param authorities CA certificates in PEM form; a text without any trusts nothing
     */
    public boolean isTrustedBy(String authorities, Instant now) {
        return new CertificateChain(chain).isTrustedBy(authorities, now);
    }

    /** An in-memory key store that holds only this. */
    KeyStore toKeyStore(char[] password) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry(ALIAS, key, password, chain.toArray(Certificate[]::new));
            return store;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("this Java cannot hold a key in memory", e);
        }
    }

    @Override
    public String toString() {
        return "KeyPairAndChain[" + leaf().getSubjectX500Principal() + "]";
    }
}
