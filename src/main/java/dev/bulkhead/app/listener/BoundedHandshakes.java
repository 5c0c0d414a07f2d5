package dev.bulkhead.app.listener;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.DelegatingSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.spi.tls.DefaultSslContextFactory;
import io.vertx.core.spi.tls.SslContextFactory;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * The JDK's TLS, which closes a connection at once while too many others are in their handshake. A server hears of a
 * connection only after the handshake, so that clients that never finish it would not be counted.
 */
final class BoundedHandshakes extends JdkSSLEngineOptions {
    private final int most;
    private final AtomicInteger running;

    /** Has at most that many handshakes at a time. */
    BoundedHandshakes(int most) {
        this(new JdkSSLEngineOptions(), most, new AtomicInteger());
    }

    private BoundedHandshakes(JdkSSLEngineOptions options, int most, AtomicInteger running) {
        super(options);
        this.most = most;
        this.running = running;
    }

    /** Counts together with this. */
    @Override
    public BoundedHandshakes copy() {
        return new BoundedHandshakes(this, most, running);
    }

    @Override
    public SslContextFactory sslContextFactory() {
        return new DefaultSslContextFactory(SslProvider.JDK, false) {
            @Override
            public SslContext create() throws SSLException {
                return new Context(super.create());
            }
        };
    }

    private final class Context extends DelegatingSslContext {
        Context(SslContext context) {
            super(context);
        }

        @Override
        protected void initEngine(SSLEngine engine) {
            // The engine is unchanged.
        }

        @Override
        protected SslHandler newHandler(ByteBufAllocator alloc, boolean startTls, Executor executor) {
            return new Handler(newEngine(alloc), startTls, executor);
        }

        @Override
        protected SslHandler newHandler(
                ByteBufAllocator alloc, String peerHost, int peerPort, boolean startTls, Executor executor) {
            return new Handler(newEngine(alloc, peerHost, peerPort), startTls, executor);
        }
    }

    /** The handler of one connection. */
    private final class Handler extends SslHandler {
        Handler(SSLEngine engine, boolean startTls, Executor executor) {
            super(engine, startTls, executor);
        }

        @Override
        public void handlerAdded(ChannelHandlerContext context) throws Exception {
            boolean admitted = running.incrementAndGet() <= most;
            // Also a connection that is closed ends its handshake.
            handshakeFuture().addListener(ended -> running.decrementAndGet());
            super.handlerAdded(context);
            if (!admitted) {
                ChannelFuture unused = context.close();
            }
        }
    }
}
