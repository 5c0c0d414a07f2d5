package dev.bulkhead.app.cluster.resource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BoundedReadTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(200);

    private final CountDownLatch over = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;
    private KubernetesClient client;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/whole", exchange -> {
            byte[] body = "0123456789".repeat(10_000).getBytes(UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            write(exchange, body);
        });
        server.createContext("/forbidden", exchange -> {
            exchange.sendResponseHeaders(403, 3);
            write(exchange, "no\n".getBytes(UTF_8));
        });
        server.createContext("/silent", exchange -> await());
        server.createContext("/stalled", exchange -> {
            exchange.sendResponseHeaders(200, 100_000);
            OutputStream body = exchange.getResponseBody();
            body.write("0123456789".getBytes(UTF_8));
            body.flush();
            await();
        });
        server.start();
        client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder()
                        .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                        .withRequestRetryBackoffLimit(0)
                        .build())
                .build();
    }

    private void await() {
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void write(HttpExchange exchange, byte[] body) {
        try (exchange) {
            exchange.getResponseBody().write(body);
        } catch (IOException e) {
            // The client has read enough.
        }
    }

    @AfterEach
    void stop() {
        over.countDown();
        client.close();
        server.stop(0);
        threads.shutdownNow();
    }

    private byte[] get(String path, int mostBytes, Duration within) throws IOException {
        return BoundedRead.get(client, path, "application/json", mostBytes, within);
    }

    @Test
    void readsAWholeAnswer() throws IOException {
        assertThat(get("whole", 100_000, LONG)).hasSize(100_000).startsWith("01234567890123".getBytes(UTF_8));
    }

    @Test
    void leavesTheConnectionToTheNextRequest() throws IOException {
        for (int i = 0; i < 200; i++) {
            assertThat(get("whole", 100_000, LONG)).hasSize(100_000);
            assertThatThrownBy(() -> get("forbidden", 100, LONG)).hasMessage("HTTP status 403");
        }
    }

    @Test
    void readsOneByteMoreThanAnAnswerMayHave() throws IOException {
        assertThat(get("whole", 99_999, LONG)).hasSize(100_000);
    }

    @Test
    void readsNoFurther() throws IOException {
        assertThat(get("whole", 12, LONG)).isEqualTo("0123456789012".getBytes(UTF_8));
    }

    @Test
    void reportsWhatTheApiServerRefuses() {
        assertThatThrownBy(() -> get("forbidden", 100, LONG))
                .isInstanceOf(IOException.class)
                .hasMessage("HTTP status 403");
    }

    @Test
    void givesUpAServerThatDoesNotAnswer() {
        assertThatThrownBy(() -> get("silent", 100, SHORT))
                .isInstanceOf(IOException.class)
                .hasMessage("the API server did not answer in time");
    }

    @Test
    void givesUpAnAnswerThatDoesNotEnd() {
        assertThatThrownBy(() -> get("stalled", 100, SHORT))
                .isInstanceOf(IOException.class)
                .hasMessage("the API server did not answer in time");
    }

    @Test
    void closesTheConnectionOfAServerThatDoesNotAnswer() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                KubernetesClient other = new KubernetesClientBuilder()
                        .withConfig(new ConfigBuilder()
                                .withMasterUrl("http://127.0.0.1:" + silent.getLocalPort())
                                .withRequestRetryBackoffLimit(0)
                                .build())
                        .build()) {
            assertThatThrownBy(() -> BoundedRead.get(other, "silent", "application/json", 100, SHORT))
                    .isInstanceOf(IOException.class);

            try (Socket connection = silent.accept()) {
                connection.setSoTimeout(30_000);
                assertThat(connection.getInputStream().readAllBytes()).isNotEmpty();
            }
        }
    }
}
