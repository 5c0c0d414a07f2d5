package dev.bulkhead.app.server;

import dev.bulkhead.app.certificate.Trust;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** One connection to the webhook, byte by byte: what no well-behaved client lets one send. */
final class Wire implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 20_000;

    private final SSLSocket socket;
    private final InputStream in;

    /** An answer. Names of headers are in lower case. */
    record Response(int status, Map<String, String> headers, String body) {
        Optional<String> header(String name) {
            return Optional.ofNullable(headers.get(name));
        }
    }

    private Wire(SSLSocket socket) throws IOException {
        this.socket = socket;
        this.in = socket.getInputStream();
    }

    /** Connects to the webhook on this machine, trusting that authority only. */
    static Wire open(int port, X509Certificate authority) throws IOException, GeneralSecurityException {
        return open(port, Trust.only(authority), new SSLParameters());
    }

    /** The same, with what the client may show of itself. */
    static Wire open(int port, SSLContext context) throws IOException {
        return open(port, context, new SSLParameters());
    }

    static Wire open(int port, SSLContext trust, SSLParameters parameters) throws IOException {
        SSLSocket socket = (SSLSocket) trust.getSocketFactory().createSocket("localhost", port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return new Wire(socket);
    }

    SSLSocket socket() {
        return socket;
    }

    /** Sends a head: lines without their ends. */
    Wire head(String... lines) throws IOException {
        return raw(String.join("\r\n", lines) + "\r\n\r\n");
    }

    Wire raw(String text) throws IOException {
        return raw(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    Wire raw(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    /** Sends a request as the API server does. */
    Wire post(String path, byte[] body) throws IOException {
        head(
                "POST " + path + " HTTP/1.1",
                "Host: bulkhead.bulkhead-system.svc",
                "Content-Type: application/json",
                "Content-Length: " + body.length);
        return raw(body);
    }

    Response response() throws IOException {
        String statusLine = line();
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        return new Response(
                Integer.parseInt(statusLine.substring("HTTP/1.1 ".length(), "HTTP/1.1 200".length())), headers, body);
    }

    /** Whether the other side ends the connection without a further byte. */
    boolean isClosedByPeer() throws IOException {
        return in.read() < 0;
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("the connection ended after: " + line);
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
