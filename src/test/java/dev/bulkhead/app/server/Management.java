package dev.bulkhead.app.server;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The gate's other port, as a kubelet and Prometheus see it. */
final class Management {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final long PATIENCE_SECONDS = 60;

    private Management() {}

    static void awaitReadiness(int port) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (get(port, "/q/health/ready").statusCode() != 200) {
            if (System.nanoTime() > end) {
                throw new AssertionError("the gate does not become ready");
            }
            Thread.onSpinWait();
        }
    }

    /** The lines of the metrics of that name, without comments. */
    static List<String> metrics(int port, String name) throws IOException, InterruptedException {
        return get(port, "/q/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name))
                .toList();
    }

    static String body(int port, String path) throws IOException, InterruptedException {
        return get(port, path).body();
    }

    static int status(int port, String path) throws IOException, InterruptedException {
        return get(port, path).statusCode();
    }

    private static HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
        URI address = URI.create("http://localhost:" + port + path);
        return CLIENT.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
    }
}
