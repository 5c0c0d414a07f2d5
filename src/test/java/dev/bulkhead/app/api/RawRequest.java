package dev.bulkhead.app.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.Socket;
import java.util.Locale;

/** Requests that no client library would send. */
final class RawRequest {
    private RawRequest() {}

    /** What a server answers before it closes the connection. */
    record Answer(int status, String head, String body) {
        static Answer of(String text) {
            int end = text.indexOf("\r\n\r\n");
            String head = text.substring(0, end).toLowerCase(Locale.ROOT);
            return new Answer(
                    Integer.parseInt(head.substring("http/1.1 ".length(), "http/1.1 200".length())),
                    head,
                    text.substring(end + 4));
        }
    }

    /** Sends that, and reads until the server closes the connection, which the request asks it to do. */
    static Answer send(int port, String method, String address, String headers, String body) throws IOException {
        try (Socket socket = new Socket("localhost", port)) {
            socket.setSoTimeout(60_000);
            String request = method + " " + address + " HTTP/1.1\r\nHost: api\r\nConnection: close\r\n" + headers
                    + "\r\n" + body;
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            socket.getOutputStream().flush();
            return Answer.of(new String(socket.getInputStream().readAllBytes(), ISO_8859_1));
        }
    }
}
