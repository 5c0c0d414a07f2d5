package dev.bulkhead.e2e;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/**
 * A proxy on the loopback interface that names everybody the same person, as one like oauth2-proxy does after a sign-in:
 * it removes what a client sends of these headers, and sets its own.
 */
final class AuthenticatingProxy implements AutoCloseable {
    private static final List<String> OWN =
            List.of("x-forwarded-user", "x-forwarded-groups", "x-bulkhead-proxy-secret");

    private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final int target;
    private final Map<String, String> headers;

    AuthenticatingProxy(int target, Map<String, String> headers) throws IOException {
        this.target = target;
        this.headers = headers;
        Future<?> unused = threads.submit(this::accept);
    }

    String url() {
        return "http://127.0.0.1:" + socket.getLocalPort();
    }

    private Void accept() throws IOException {
        while (!socket.isClosed()) {
            Socket client = socket.accept();
            Future<?> unused = threads.submit(() -> carry(client));
        }
        return null;
    }

    /** Carries one request, after which the connection is closed. */
    private Void carry(Socket client) throws IOException {
        try (client;
                Socket console = new Socket(InetAddress.getLoopbackAddress(), target)) {
            OutputStream out = console.getOutputStream();
            out.write(withOwnHeaders(head(client.getInputStream())).getBytes(StandardCharsets.ISO_8859_1));
            Future<?> unused = threads.submit(() -> client.getInputStream().transferTo(out));
            console.getInputStream().transferTo(client.getOutputStream());
        }
        return null;
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("no request");
            }
            head.write(next);
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    private String withOwnHeaders(String head) {
        String kept = head.lines()
                .filter(line -> !line.isEmpty())
                .filter(line -> OWN.stream()
                        .noneMatch(name -> line.toLowerCase(Locale.ROOT).startsWith(name + ":")))
                .filter(line -> !line.toLowerCase(Locale.ROOT).startsWith("connection:"))
                .collect(Collectors.joining("\r\n"));
        return kept
                + headers.entrySet().stream()
                        .map(header -> "\r\n" + header.getKey() + ": " + header.getValue())
                        .collect(Collectors.joining())
                + "\r\nConnection: close\r\n\r\n";
    }

    @Override
    public void close() throws IOException {
        socket.close();
        threads.shutdownNow();
    }
}
