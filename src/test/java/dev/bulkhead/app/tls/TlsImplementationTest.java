package dev.bulkhead.app.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.vertx.core.spi.tls.SslContextFactory;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.KeyStoreBuilderParameters;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What certificates people bring, and who serves them. */
class TlsImplementationTest {
    private static final char[] PASSWORD = "password".toCharArray();
    private static final List<String> SUITES = List.of(
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");

    @ParameterizedTest
    @EnabledOnOs(
            value = OS.LINUX,
            architectures = {"amd64", "x86_64", "aarch64"})
    @CsvSource({
        "RSA, '', SHA256withRSA, OPENSSL",
        "EC, secp256r1, SHA256withECDSA, OPENSSL",
        "EC, secp384r1, SHA384withECDSA, OPENSSL",
        // BoringSSL takes part in these only on demand.
        "EC, secp521r1, SHA512withECDSA, JDK",
        "Ed25519, '', Ed25519, JDK",
    })
    void boringSslServesWhatItCanAndJavaTheRest(String algorithm, String curve, String signature, SslProvider expected)
            throws Exception {
        TlsImplementation tls = new TlsImplementation(true);

        SslContext context = context(tls, keys(algorithm, curve, signature));

        assertThat(tls.inUse()).isEqualTo(expected);
        for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
            shakeHands(context.newEngine(UnpooledByteBufAllocator.DEFAULT), protocol);
        }
    }

    @Test
    void javaServesWhereBoringSslIsNotWanted() throws Exception {
        TlsImplementation tls = new TlsImplementation(false);

        SslContext context = context(tls, keys("EC", "secp256r1", "SHA256withECDSA"));

        assertThat(tls.inUse()).isEqualTo(SslProvider.JDK);
        shakeHands(context.newEngine(UnpooledByteBufAllocator.DEFAULT), "TLSv1.3");
    }

    @Test
    @EnabledOnOs(
            value = OS.LINUX,
            architectures = {"amd64", "x86_64", "aarch64"})
    void aRenewedCertificateIsServedByWhatCanServeIt() throws Exception {
        TlsImplementation tls = new TlsImplementation(true);
        List<Supplier<SslContext>> served = new ArrayList<>();
        SslContext first = context(tls, keys("EC", "secp256r1", "SHA256withECDSA"), served);
        assertThat(tls.inUse()).isEqualTo(SslProvider.OPENSSL);

        tls.present(keys("Ed25519", "", "Ed25519"));

        assertThat(tls.inUse()).isEqualTo(SslProvider.JDK);
        SslContext second = served.get(0).get();
        assertThat(second).isNotSameAs(first);
        shakeHands(second.newEngine(UnpooledByteBufAllocator.DEFAULT), "TLSv1.3");
    }

    @Test
    void theLastCertificateStaysWhereTheNextCannotBeServed() throws Exception {
        TlsImplementation tls = new TlsImplementation(false);
        List<Supplier<SslContext>> served = new ArrayList<>();
        SslContext first = context(tls, keys("EC", "secp256r1", "SHA256withECDSA"), served);
        KeyManagerFactory uninitialised = KeyManagerFactory.getInstance("NewSunX509");

        assertThatException().isThrownBy(() -> tls.present(uninitialised));

        assertThat(served.get(0).get()).isSameAs(first);
        shakeHands(first.newEngine(UnpooledByteBufAllocator.DEFAULT), "TLSv1.3");
    }

    @Test
    void theLastCertificateIsServedWithNewAuthoritiesWhereTheNextCouldNotBeServed() throws Exception {
        TlsImplementation tls = new TlsImplementation(false);
        AtomicReference<List<X509Certificate>> authorities = new AtomicReference<>(List.of());
        List<Supplier<SslContext>> served = new ArrayList<>();
        SslContext first = context(
                tls,
                keys("EC", "secp256r1", "SHA256withECDSA"),
                Optional.of(new ClientVerification(InsecureTrustManagerFactory.INSTANCE, authorities::get)),
                served);
        KeyManagerFactory uninitialised = KeyManagerFactory.getInstance("NewSunX509");
        assertThatException().isThrownBy(() -> tls.present(uninitialised));

        authorities.set(List.of(shakeHands(first.newEngine(UnpooledByteBufAllocator.DEFAULT), "TLSv1.3")));

        SslContext second = served.get(0).get();
        assertThat(second).isNotSameAs(first);
        shakeHands(second.newEngine(UnpooledByteBufAllocator.DEFAULT), "TLSv1.3");
    }

    /** The trial must be able to fail. */
    @Test
    @EnabledOnOs(
            value = OS.LINUX,
            architectures = {"amd64", "x86_64", "aarch64"})
    void aServerThatCannotShakeHandsFailsTheTrial() throws Exception {
        SslContext asking = SslContextBuilder.forServer(keys("EC", "secp256r1", "SHA256withECDSA"))
                .sslProvider(SslProvider.OPENSSL)
                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                .clientAuth(ClientAuth.REQUIRE)
                .build();

        assertThatExceptionOfType(SSLException.class).isThrownBy(() -> TrialHandshake.with(asking));
    }

    private static SslContext context(TlsImplementation tls, KeyManagerFactory keys) throws SSLException {
        return context(tls, keys, new ArrayList<>());
    }

    private static SslContext context(TlsImplementation tls, KeyManagerFactory keys, List<Supplier<SslContext>> served)
            throws SSLException {
        return context(tls, keys, Optional.empty(), served);
    }

    private static SslContext context(
            TlsImplementation tls,
            KeyManagerFactory keys,
            Optional<ClientVerification> clients,
            List<Supplier<SslContext>> served)
            throws SSLException {
        SslContextFactory factory = tls.serverContexts(clients, current -> {
            served.add(current);
            return current.get();
        });
        return factory.forClient(false)
                .useAlpn(false)
                .enabledCipherSuites(new LinkedHashSet<>(SUITES))
                .keyMananagerFactory(keys)
                .create();
    }

    private static KeyManagerFactory keys(String algorithm, String curve, String signature) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        if (!curve.isEmpty()) {
            generator.initialize(new ECGenParameterSpec(curve));
        }
        KeyPair pair = generator.generateKeyPair();
        X500Name name = new X500Name("CN=gate");
        Instant now = Instant.now();
        X509Certificate certificate = new JcaX509CertificateConverter()
                .getCertificate(new JcaX509v3CertificateBuilder(
                                name,
                                BigInteger.ONE,
                                Date.from(now.minus(1, ChronoUnit.DAYS)),
                                Date.from(now.plus(1, ChronoUnit.DAYS)),
                                name,
                                pair.getPublic())
                        .build(new JcaContentSignerBuilder(signature).build(pair.getPrivate())));
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("gate", pair.getPrivate(), PASSWORD, new X509Certificate[] {certificate});
        KeyManagerFactory factory = KeyManagerFactory.getInstance("NewSunX509");
        factory.init(new KeyStoreBuilderParameters(
                KeyStore.Builder.newInstance(store, new KeyStore.PasswordProtection(PASSWORD))));
        return factory;
    }

    /**
     * With Java's client, which is of another implementation than BoringSSL's server.
     *
     * @return the server's certificate
     */
    private static X509Certificate shakeHands(SSLEngine server, String protocol) throws Exception {
        SSLContext trusting = SSLContext.getInstance("TLS");
        trusting.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
        SSLEngine client = trusting.createSSLEngine();
        client.setUseClientMode(true);
        client.setEnabledProtocols(new String[] {protocol});
        ByteBuffer toServer = ByteBuffer.allocate(1 << 17);
        ByteBuffer toClient = ByteBuffer.allocate(1 << 17);
        for (int i = 0; i < 50 && (isShaking(client) || isShaking(server)); i++) {
            step(client, toClient, toServer);
            step(server, toServer, toClient);
        }
        assertThat(client.getSession().getProtocol()).isEqualTo(protocol);
        assertThat(server.getSession().getProtocol()).isEqualTo(protocol);
        assertThat(client.getSession().getPeerCertificates()).hasSize(1);
        return (X509Certificate) client.getSession().getPeerCertificates()[0];
    }

    private static boolean isShaking(SSLEngine engine) {
        return engine.getSession().getProtocol().equals("NONE")
                || engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING;
    }

    private static void step(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
        ByteBuffer plain = ByteBuffer.allocate(1 << 17);
        in.flip();
        if (in.hasRemaining()) {
            engine.unwrap(in, plain);
        }
        in.compact();
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
        engine.wrap(ByteBuffer.allocate(0), out);
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }
}
