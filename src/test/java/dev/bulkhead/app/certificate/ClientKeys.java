package dev.bulkhead.app.certificate;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** An authority for clients, with a client's certificate. */
public final class ClientKeys {
    private static final char[] PASSWORD = "password".toCharArray();

    private final KeyPair authorityKeys;
    private final KeyPair clientKeys = keys();
    private final X509Certificate authority;
    private final X509Certificate client;

    private ClientKeys(String name) throws GeneralSecurityException, IOException {
        this.authorityKeys = keys();
        this.authority = certificate(name, name, authorityKeys, authorityKeys, KeyPurposeId.anyExtendedKeyUsage, true);
        this.client =
                certificate(name, "kube-apiserver", clientKeys, authorityKeys, KeyPurposeId.id_kp_clientAuth, false);
    }

    private ClientKeys(ClientKeys issuer, KeyPurposeId purpose) throws GeneralSecurityException, IOException {
        this.authorityKeys = issuer.authorityKeys;
        this.authority = issuer.authority;
        String name = authority.getSubjectX500Principal().getName().replaceFirst("^CN=", "");
        this.client = certificate(name, "kube-apiserver", clientKeys, authorityKeys, purpose, false);
    }

    /** Of an authority of that name, for a client. */
    public static ClientKeys of(String name) {
        try {
            return new ClientKeys(name);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Of the same authority, for a server. */
    public ClientKeys forServer() {
        try {
            return new ClientKeys(this, KeyPurposeId.id_kp_serverAuth);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    public X509Certificate authority() {
        return authority;
    }

    /** The client's own certificate. */
    public X509Certificate certificate() {
        return client;
    }

    /** The client's key. */
    public PrivateKey key() {
        return clientKeys.getPrivate();
    }

    /** For a client that shows the certificate, whoever the server would like it to be issued by. */
    public SSLContext trusting(X509Certificate server) throws GeneralSecurityException, IOException {
        KeyStore own = store();
        own.setKeyEntry("client", key(), PASSWORD, new X509Certificate[] {client});
        KeyManagerFactory keyManagers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keyManagers.init(own, PASSWORD);
        KeyStore trusted = store();
        trusted.setCertificateEntry("server", server);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keyManagers.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private static KeyStore store() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static KeyPair keys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static X509Certificate certificate(
            String issuer, String subject, KeyPair keys, KeyPair signer, KeyPurposeId purpose, boolean isAuthority)
            throws GeneralSecurityException, IOException {
        Instant now = Instant.now();
        try {
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    new X500Name("CN=" + issuer),
                    BigInteger.valueOf(System.nanoTime()),
                    Date.from(now.minus(1, ChronoUnit.DAYS)),
                    Date.from(now.plus(1, ChronoUnit.DAYS)),
                    new X500Name("CN=" + subject),
                    keys.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(isAuthority));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer.getPrivate())));
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException(e);
        }
    }
}
