package dev.bulkhead.app.tls;

import dev.bulkhead.app.config.GateConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslCachingX509KeyManagerFactory;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslProvider;
import io.vertx.core.spi.tls.DefaultSslContextFactory;
import io.vertx.core.spi.tls.SslContextFactory;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.jboss.logging.Logger;

/**
 * The implementation of TLS on the webhook's port: BoringSSL, or Java's own where BoringSSL does not run or cannot use the
 * certificate. Java encrypts as fast only once its compiler has seen some ten thousand reviews, which a replica of a quiet
 * cluster does not meet in a day; until then that is half of what a review costs.
 */
@Singleton
public final class TlsImplementation {
    private static final Logger LOG = Logger.getLogger(TlsImplementation.class);

    private final boolean wanted;
    private volatile SslProvider inUse = SslProvider.JDK;

    /** Those whose contexts Vert.x holds. */
    private final Set<Choice> serving = Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    @Inject
    TlsImplementation(GateConfig config) {
        this(config.admission().nativeTls());
    }

    /** BoringSSL only if it is wanted. */
    TlsImplementation(boolean wanted) {
        this.wanted = wanted;
    }

    /**
     * Makes contexts of a server. Each is of BoringSSL if a handshake with the certificate succeeds, else of Java.
     *
     * @param clients who verifies clients, if anybody does
     * @param guarded makes what the server uses of a context, which may be another one at each call
     */
    public SslContextFactory serverContexts(
            Optional<ClientVerification> clients, Function<Supplier<SslContext>, SslContext> guarded) {
        return new Choice(clients, guarded);
    }

    /**
     * New connections to the server get this key and certificate; open ones continue. Vert.x could do it
     * ({@code updateSSLOptions}), but closes the connections that arrive before it has made its new context (4.5.27).
     *
     * @throws SSLException if they cannot be used; the last ones stay in use
     */
    public void present(KeyManagerFactory keys) throws SSLException {
        for (Choice server : serving.toArray(Choice[]::new)) {
            server.present(keys);
        }
    }

    /** What the newest context of a server is of. */
    public SslProvider inUse() {
        return inUse;
    }

    private final class Choice implements SslContextFactory {
        private final SslContextFactory ofJava = new DefaultSslContextFactory(SslProvider.JDK, false);
        private final Optional<SslContextFactory> ofBoringSsl = boringSsl();
        private final Optional<ClientVerification> clients;
        private final Function<Supplier<SslContext>, SslContext> guarded;
        private volatile Optional<RenewedContext> created = Optional.empty();
        private volatile Optional<KeyManagerFactory> presented = Optional.empty();

        Choice(Optional<ClientVerification> clients, Function<Supplier<SslContext>, SslContext> guarded) {
            this.clients = clients;
            this.guarded = guarded;
        }

        private Optional<SslContextFactory> boringSsl() {
            if (!wanted) {
                return Optional.empty();
            }
            if (!OpenSsl.isAvailable()) {
                LOG.infof("BoringSSL does not run here, so Java's TLS serves: %s", OpenSsl.unavailabilityCause());
                return Optional.empty();
            }
            return Optional.of(new DefaultSslContextFactory(SslProvider.OPENSSL, false));
        }

        private Stream<SslContextFactory> both() {
            return Stream.concat(Stream.of(ofJava), ofBoringSsl.stream());
        }

        @Override
        public SslContextFactory useAlpn(boolean use) {
            both().forEach(one -> one.useAlpn(use));
            return this;
        }

        @Override
        public SslContextFactory clientAuth(ClientAuth clientAuth) {
            both().forEach(one -> one.clientAuth(clientAuth));
            return this;
        }

        @Override
        public SslContextFactory forClient(boolean client) {
            both().forEach(one -> one.forClient(client));
            return this;
        }

        @Override
        public SslContextFactory keyMananagerFactory(KeyManagerFactory keys) {
            presented = Optional.of(keys);
            ofJava.keyMananagerFactory(keys);
            // Without it the key is parsed again in every handshake.
            ofBoringSsl.ifPresent(one -> one.keyMananagerFactory(new OpenSslCachingX509KeyManagerFactory(keys)));
            return this;
        }

        @Override
        public SslContextFactory trustManagerFactory(TrustManagerFactory trust) {
            both().forEach(one -> one.trustManagerFactory(trust));
            return this;
        }

        @Override
        public SslContextFactory enabledCipherSuites(Set<String> suites) {
            both().forEach(one -> one.enabledCipherSuites(suites));
            return this;
        }

        @Override
        public SslContextFactory applicationProtocols(List<String> protocols) {
            both().forEach(one -> one.applicationProtocols(protocols));
            return this;
        }

        @Override
        public SslContextFactory serverName(String name) {
            both().forEach(one -> one.serverName(name));
            return this;
        }

        @Override
        public SslContext create() throws SSLException {
            // Always set here: a new certificate of the server must not change which clients are trusted.
            clients.ifPresent(verification -> {
                clientAuth(ClientAuth.OPTIONAL);
                trustManagerFactory(verification.trust());
            });
            RenewedContext context = new RenewedContext(
                    clients.map(ClientVerification::authorities).orElse(List::of), this::chosen);
            created = Optional.of(context);
            serving.add(this);
            return guarded.apply(context);
        }

        void present(KeyManagerFactory keys) throws SSLException {
            Optional<RenewedContext> context = created;
            Optional<KeyManagerFactory> last = presented;
            if (context.isPresent()) {
                context.get()
                        .renewAfter(() -> keyMananagerFactory(keys), () -> last.ifPresent(this::keyMananagerFactory));
            }
        }

        private SslContext chosen() throws SSLException {
            if (ofBoringSsl.isPresent()) {
                try {
                    SslContext context = ofBoringSsl.get().create();
                    TrialHandshake.with(context);
                    return used(SslProvider.OPENSSL, context);
                } catch (SSLException | RuntimeException e) {
                    LOG.infof("BoringSSL cannot use the certificate, so Java's TLS serves it: %s", e.getMessage());
                }
            }
            return used(SslProvider.JDK, ofJava.create());
        }

        private SslContext used(SslProvider provider, SslContext context) {
            inUse = provider;
            return context;
        }
    }
}
