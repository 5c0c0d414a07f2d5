package dev.bulkhead.app.warmup;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.IntConsumer;
import javax.net.ssl.SSLException;

/**
 * A connection of the server to its own webhook port, kept open for many requests as the API server keeps its own. As few instructions as
 * possible, because what the client costs is no use to anybody.
 */
final class LoopbackConnection implements AutoCloseable {
    private static final int CONNECT_MILLIS = 1_000;
    private static final int ANSWER_MILLIS = 10_000;
    private static final int BUFFER = 16 << 10;
    private static final int MOST_ANSWERED = 1 << 20;
    private static final int MOST_PARTS = 64;
    private static final String LENGTH = "content-length:";

    /** API servers name the server that they want, and naming it takes a way of its own. */
    private static final String SERVER_NAME = "bulkhead.local";

    private final Socket socket;
    private final EmbeddedChannel tls;
    private final byte[] received = new byte[BUFFER];
    private final CompositeByteBuf answered = Unpooled.compositeBuffer(MOST_PARTS);

    /**
     * What connections shake hands by.
     *
     * @param provider the implementation of TLS that the server has, so that no other one is loaded and compiled
     */
    static SslContext context(SslProvider provider) throws SSLException {
        // The server at the other end is this process, on the loopback interface, whatever names its certificate is
        // for.
        return SslContextBuilder.forClient()
                .sslProvider(provider)
                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                .endpointIdentificationAlgorithm(null)
                .build();
    }

    /**
     * Connects and shakes hands.
     *
     * @param bound receives the local port before the server can accept the connection
     */
    LoopbackConnection(int port, SslContext context, IntConsumer bound) throws IOException {
        socket = new Socket();
        SslHandler handler = context.newHandler(UnpooledByteBufAllocator.DEFAULT, SERVER_NAME, port);
        tls = new EmbeddedChannel();
        try {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            bound.accept(socket.getLocalPort());
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(ANSWER_MILLIS);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
            tls.pipeline().addLast(handler);
            flush();
            while (!handler.handshakeFuture().isDone()) {
                receive();
            }
            if (!handler.handshakeFuture().isSuccess()) {
                throw new IOException("no handshake", handler.handshakeFuture().cause());
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** A complete request, for {@link #send}. */
    static byte[] request(String path, byte[] review) {
        byte[] head = ("POST " + path + "?timeout=5s HTTP/1.1\r\nHost: localhost\r\nAccept: application/json, */*\r\n"
                        + "Content-Type: application/json\r\nContent-Length: " + review.length + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        byte[] request = Arrays.copyOf(head, head.length + review.length);
        System.arraycopy(review, 0, request, head.length, review.length);
        return request;
    }

    /** Sends a request and waits for the whole answer. Returns its status. */
    int send(byte[] request) throws IOException {
        tls.writeOutbound(Unpooled.wrappedBuffer(request));
        flush();
        String status = line();
        int length = 0;
        for (String line = line(); !line.isEmpty(); line = line()) {
            if (line.toLowerCase(Locale.ROOT).startsWith(LENGTH)) {
                length = Math.min(
                        MOST_ANSWERED,
                        Integer.parseInt(line.substring(LENGTH.length()).strip()));
            }
        }
        while (answered.readableBytes() < length) {
            receive();
        }
        answered.skipBytes(length).discardReadComponents();
        return Integer.parseInt(status.substring(9, 12));
    }

    private String line() throws IOException {
        int end = answered.bytesBefore((byte) '\n');
        while (end < 0) {
            receive();
            end = answered.bytesBefore((byte) '\n');
        }
        String line = answered.readCharSequence(end, StandardCharsets.US_ASCII).toString();
        answered.skipBytes(1);
        return line.strip();
    }

    /** Waits for bytes, and sends what they call for. */
    private void receive() throws IOException {
        int length = socket.getInputStream().read(received);
        if (length < 0) {
            throw new EOFException("the server closed its own connection");
        }
        tls.writeInbound(Unpooled.copiedBuffer(received, 0, length));
        for (ByteBuf plain = tls.readInbound(); plain != null; plain = tls.readInbound()) {
            answered.addComponent(true, plain);
        }
        flush();
    }

    private void flush() throws IOException {
        for (ByteBuf sealed = tls.readOutbound(); sealed != null; sealed = tls.readOutbound()) {
            sealed.readBytes(socket.getOutputStream(), sealed.readableBytes());
            sealed.release();
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
        answered.release();
        try {
            tls.finishAndReleaseAll();
        } catch (RuntimeException e) {
            // The socket is closed already, so that TLS cannot be ended in order.
        }
    }
}
