package dev.bulkhead.admission;

import io.netty.channel.Channel;
import io.netty.handler.ssl.DelegatingSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.spi.tls.DefaultSslContextFactory;
import io.vertx.core.spi.tls.SslContextFactory;
import jakarta.inject.Singleton;
import java.time.Duration;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/** Java's own TLS, every connection of which is guarded by a {@link HeadDeadline} once it is established. */
final class GuardedTls extends JdkSSLEngineOptions {
    private final Duration headTimeout;

    private GuardedTls(JdkSSLEngineOptions options, Duration headTimeout) {
        super(options);
        this.headTimeout = headTimeout;
    }

    /** Puts it into the server. */
    @Singleton
    static final class Customizer implements HttpServerOptionsCustomizer {
        private final Duration headTimeout;

        Customizer(GateConfig config) {
            this.headTimeout = config.admission().headTimeout();
        }

        @Override
        public void customizeHttpsServer(HttpServerOptions options) {
            JdkSSLEngineOptions plain =
                    options.getSslEngineOptions() instanceof JdkSSLEngineOptions jdk ? jdk : new JdkSSLEngineOptions();
            options.setSslEngineOptions(new GuardedTls(plain, headTimeout));
        }
    }

    @Override
    public GuardedTls copy() {
        return new GuardedTls(this, headTimeout);
    }

    @Override
    public SslContextFactory sslContextFactory() {
        return new DefaultSslContextFactory(SslProvider.JDK, false) {
            @Override
            public SslContext create() throws SSLException {
                return new Context(super.create(), headTimeout);
            }
        };
    }

    private static final class Context extends DelegatingSslContext {
        private final Duration headTimeout;

        Context(SslContext context, Duration headTimeout) {
            super(context);
            this.headTimeout = headTimeout;
        }

        @Override
        protected void initEngine(SSLEngine engine) {
            // Nothing is different about the engine.
        }

        @Override
        protected void initHandler(SslHandler handler) {
            handler.handshakeFuture().addListener(handshake -> {
                if (handshake.isSuccess()) {
                    HeadDeadline.guard((Channel) handshake.getNow(), headTimeout);
                }
            });
        }
    }
}
