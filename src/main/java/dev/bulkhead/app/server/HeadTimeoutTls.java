package dev.bulkhead.app.server;

import dev.bulkhead.app.admission.AdmissionContext.Caller;
import dev.bulkhead.app.config.GateConfig;
import dev.bulkhead.app.server.ConnectionLimits.Connection;
import dev.bulkhead.app.server.ConnectionLimits.Reason;
import dev.bulkhead.app.tls.TlsImplementation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.DelegatingSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.spi.tls.SslContextFactory;
import jakarta.inject.Singleton;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * TLS with additions: every connection is registered in {@link ConnectionLimits} from its start and guarded
 * by a {@link RequestHeadTimeout} once it is established; clients are asked for a certificate that identifies the API
 * server; and renegotiation is refused, because it costs the server far more than the client.
 */
final class HeadTimeoutTls extends JdkSSLEngineOptions {
    private final Guards guards;

    private HeadTimeoutTls(JdkSSLEngineOptions options, Guards guards) {
        super(options);
        this.guards = guards;
    }

    private record Guards(
            Duration headTimeout,
            ConnectionLimits connections,
            ClientCertificateTrust authorities,
            TlsImplementation implementation) {}

    /** Installs it in the server. */
    @Singleton
    static final class Customizer implements HttpServerOptionsCustomizer {
        private final Guards guards;

        Customizer(
                GateConfig config,
                ConnectionLimits connections,
                ClientCertificateTrust authorities,
                TlsImplementation implementation) {
            this.guards = new Guards(config.admission().headTimeout(), connections, authorities, implementation);
        }

        @Override
        public void customizeHttpsServer(HttpServerOptions options) {
            JdkSSLEngineOptions plain =
                    options.getSslEngineOptions() instanceof JdkSSLEngineOptions jdk ? jdk : new JdkSSLEngineOptions();
            options.setSslEngineOptions(new HeadTimeoutTls(plain, guards));
        }
    }

    @Override
    public HeadTimeoutTls copy() {
        return new HeadTimeoutTls(this, guards);
    }

    @Override
    public SslContextFactory sslContextFactory() {
        return guards.implementation()
                .serverContexts(guards.authorities().verification(), current -> new Context(current, guards));
    }

    private static final class Context extends DelegatingSslContext {
        private final Supplier<SslContext> current;
        private final Guards guards;

        Context(Supplier<SslContext> current, Guards guards) {
            super(current.get());
            this.current = current;
            this.guards = guards;
        }

        @Override
        protected void initEngine(SSLEngine engine) {
            // The engine is unchanged.
        }

        @Override
        protected SslHandler newHandler(ByteBufAllocator alloc, boolean startTls, Executor executor) {
            return new Handler(current.get().newEngine(alloc), startTls, executor, guards);
        }

        @Override
        protected SslHandler newHandler(
                ByteBufAllocator alloc, String peerHost, int peerPort, boolean startTls, Executor executor) {
            return new Handler(current.get().newEngine(alloc, peerHost, peerPort), startTls, executor, guards);
        }
    }

    /** The handler of one connection. Runs on its event loop. */
    private static final class Handler extends SslHandler {
        /** The TLS record type of handshake messages, visible also when their contents are encrypted (TLS 1.2). */
        private static final int HANDSHAKE = 22;

        private final Guards guards;
        private Optional<Connection> connection = Optional.empty();
        private boolean established;

        Handler(SSLEngine engine, boolean startTls, Executor executor, Guards guards) {
            super(engine, startTls, executor);
            this.guards = guards;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext context) throws Exception {
            Connection accepted = guards.connections().accept(context.channel());
            connection = Optional.of(accepted);
            handshakeFuture().addListener(handshake -> {
                if (handshake.isSuccess()) {
                    established = true;
                    establish(context, accepted);
                }
            });
            super.handlerAdded(context);
        }

        private void establish(ChannelHandlerContext context, Connection accepted) {
            if (!context.channel().isActive()) {
                return;
            }
            try {
                Caller caller = guards.authorities().verified(engine().getSession())
                        ? Caller.VERIFIED
                        : guards.authorities().areConfigured() ? Caller.UNVERIFIED : Caller.UNKNOWN;
                RequestHeadTimeout.guard(context.channel(), guards.headTimeout(), accepted);
                accepted.established(caller);
            } catch (CertificateException e) {
                ChannelFuture unused = context.close();
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
            connection.ifPresent(Connection::read);
            super.channelRead(context, message);
        }

        @Override
        protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws SSLException {
            // Whole records are taken out, so that what is left begins with one. In TLS 1.3 none is of this type once
            // the handshake is over.
            if (established && in.isReadable() && in.getUnsignedByte(in.readerIndex()) == HANDSHAKE) {
                in.skipBytes(in.readableBytes());
                connection.ifPresent(one -> one.close(Reason.RENEGOTIATION));
                return;
            }
            super.decode(context, in, out);
        }
    }
}
