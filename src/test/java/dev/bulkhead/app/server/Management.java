package dev.bulkhead.app.server;

import static io.restassured.RestAssured.given;

import io.restassured.response.Response;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The webhook's other port, as a kubelet and Prometheus see it. */
final class Management {
    private static final long PATIENCE_SECONDS = 60;

    private Management() {}

    static Response get(int port, String path) {
        return given().baseUri("http://localhost").port(port).get(path);
    }

    static void awaitReadiness(int port) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (get(port, "/q/health/ready").statusCode() != 200) {
            if (System.nanoTime() > end) {
                throw new AssertionError("the webhook does not become ready");
            }
            Thread.onSpinWait();
        }
    }

    /** The lines of the metrics of that name, without comments. */
    static List<String> metrics(int port, String name) {
        return get(port, "/q/metrics")
                .asString()
                .lines()
                .filter(line -> line.startsWith(name))
                .toList();
    }
}
