package dev.bulkhead.app.warmup;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.IntConsumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * A connection of the server to its own webhook port, kept open as the API server keeps its own. As few instructions as
 * possible, because what the client costs is no use to anybody.
 */
final class LoopbackConnection implements AutoCloseable {
    private static final int CONNECT_MILLIS = 1_000;
    private static final int ANSWER_MILLIS = 10_000;
    private static final int BUFFER = 16 << 10;
    private static final int MOST_ANSWERED = 1 << 20;
    private static final String LENGTH = "content-length:";

    private final SSLSocket socket;
    private final InputStream in;

    /**
     * Connects and shakes hands.
     *
     * @param bound receives the local port before the server can accept the connection
     */
    LoopbackConnection(int port, IntConsumer bound) throws IOException {
        Socket plain = new Socket();
        try {
            plain.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            bound.accept(plain.getLocalPort());
            plain.setTcpNoDelay(true);
            plain.setSoTimeout(ANSWER_MILLIS);
            plain.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
            socket = (SSLSocket) trustingItself().getSocketFactory().createSocket(plain, "localhost", port, true);
            socket.startHandshake();
            in = new BufferedInputStream(socket.getInputStream(), BUFFER);
        } catch (IOException | RuntimeException e) {
            plain.close();
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
        socket.getOutputStream().write(request);
        String status = line();
        int length = 0;
        for (String line = line(); !line.isEmpty(); line = line()) {
            if (line.toLowerCase(Locale.ROOT).startsWith(LENGTH)) {
                length = Math.min(
                        MOST_ANSWERED,
                        Integer.parseInt(line.substring(LENGTH.length()).strip()));
            }
        }
        in.skipNBytes(length);
        return Integer.parseInt(status.substring(9, 12));
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the server closed its own connection");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    private static SSLContext trustingItself() throws IOException {
        try {
            SSLContext tls = SSLContext.getInstance("TLS");
            tls.init(null, new TrustManager[] {new OwnServer()}, null);
            return tls;
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    /** The server at the other end is this process, on the loopback interface, whatever names its certificate is for. */
    private static final class OwnServer implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
            throw new UnsupportedOperationException("this is a client");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
