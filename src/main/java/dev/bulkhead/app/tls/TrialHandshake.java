package dev.bulkhead.app.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import javax.net.ssl.SSLException;

/** A handshake in memory: there are kinds of keys, curves and formats that show only then that they cannot be used. */
final class TrialHandshake {
    /** Messages go back and forth three times at most. */
    private static final int MOST_ROUNDS = 10;

    private TrialHandshake() {}

    /**
     * Shakes hands with a server.
     *
     * @throws SSLException if that fails
     */
    static void with(SslContext serverContext) throws SSLException {
        ByteBufAllocator buffers = UnpooledByteBufAllocator.DEFAULT;
        SslContext clientContext = SslContextBuilder.forClient()
                .sslProvider(SslProvider.OPENSSL)
                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                .build();
        SslHandler server = new SslHandler(serverContext.newEngine(buffers));
        SslHandler client = new SslHandler(clientContext.newEngine(buffers));
        EmbeddedChannel serverSide = new EmbeddedChannel(server);
        EmbeddedChannel clientSide = new EmbeddedChannel(client);
        try {
            for (int round = 0; round < MOST_ROUNDS && !isOver(server, client); round++) {
                pass(clientSide, serverSide);
                pass(serverSide, clientSide);
            }
            if (!server.handshakeFuture().isSuccess()
                    || !client.handshakeFuture().isSuccess()) {
                throw new SSLException(
                        "a handshake with itself did not end",
                        server.handshakeFuture().cause());
            }
        } catch (RuntimeException e) {
            throw new SSLException(e.getMessage(), e);
        } finally {
            close(clientSide);
            close(serverSide);
        }
    }

    private static boolean isOver(SslHandler server, SslHandler client) {
        return server.handshakeFuture().isDone() && client.handshakeFuture().isDone();
    }

    private static void pass(EmbeddedChannel from, EmbeddedChannel to) {
        for (Object sent = from.readOutbound(); sent != null; sent = from.readOutbound()) {
            to.writeInbound(sent);
        }
    }

    private static void close(EmbeddedChannel side) {
        try {
            side.finishAndReleaseAll();
        } catch (RuntimeException e) {
            // What failed has been said.
        }
    }
}
