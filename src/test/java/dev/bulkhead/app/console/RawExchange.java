package dev.bulkhead.app.console;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/** A request as it is written, with any headers, and the response to it. */
record RawExchange(int status, String head, Buffer bytes) {
    private static final int PATIENCE_MILLISECONDS = 20_000;

    /** Sends it to localhost and reads until the connection is closed, which the request asks for. */
    static RawExchange send(int port, String method, String target, String body, String... headers) throws IOException {
        StringBuilder request = new StringBuilder(method + " " + target + " HTTP/1.1\r\nConnection: close\r\n");
        boolean hasHost = false;
        for (String header : headers) {
            request.append(header).append("\r\n");
            hasHost |= header.startsWith("Host:");
        }
        if (!hasHost) {
            request.append("Host: localhost:").append(port).append("\r\n");
        }
        if (!body.isEmpty()) {
            request.append("Content-Length: ")
                    .append(body.getBytes(StandardCharsets.UTF_8).length)
                    .append("\r\n");
        }
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(PATIENCE_MILLISECONDS);
            socket.getOutputStream().write((request + "\r\n" + body).getBytes(StandardCharsets.UTF_8));
            byte[] all = socket.getInputStream().readAllBytes();
            String text = new String(all, ISO_8859_1);
            int end = text.indexOf("\r\n\r\n");
            String head = text.substring(0, end);
            return new RawExchange(
                    Integer.parseInt(head.split(" ", -1)[1]),
                    head,
                    Buffer.buffer(all).slice(end + 4, all.length));
        }
    }

    Optional<String> header(String name) {
        return head.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst();
    }

    /** The body, decompressed if need be. */
    String body() throws IOException {
        if (header("content-encoding").filter("gzip"::equals).isPresent()) {
            return new String(
                    new GZIPInputStream(new ByteArrayInputStream(bytes.getBytes())).readAllBytes(),
                    StandardCharsets.UTF_8);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
