package dev.bulkhead.app.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NamespacePodsTest {
    private static final Pattern QUERY = Pattern.compile("limit=([0-9]+)(?:&continue=([0-9]+))?");
    private static final int PODS = 12;
    private static final Duration WITHIN = Duration.ofSeconds(60);

    private final List<String> queries = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private KubernetesClient client;
    private int status = 200;
    private int bytesPerPod;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/api/v1/namespaces/shop/pods", exchange -> {
            String query = exchange.getRequestURI().getRawQuery();
            queries.add(query);
            byte[] page = page(query).getBytes(UTF_8);
            exchange.sendResponseHeaders(status, page.length);
            try (exchange) {
                exchange.getResponseBody().write(page);
            } catch (IOException e) {
                // The client has read enough.
            }
        });
        server.start();
        client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder()
                        .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                        .withRequestRetryBackoffLimit(0)
                        .build())
                .build();
    }

    @AfterEach
    void stop() {
        client.close();
        server.stop(0);
    }

    private String page(String query) {
        Matcher asked = QUERY.matcher(query);
        assertThat(asked.matches()).isTrue();
        int from = asked.group(2) == null ? 0 : Integer.parseInt(asked.group(2));
        int to = Math.min(PODS, from + Integer.parseInt(asked.group(1)));
        String items = IntStream.range(from, to)
                .mapToObj(pod -> "{\"metadata\":{\"name\":\"web-" + pod + "\",\"annotations\":{\"a\":\""
                        + "x".repeat(bytesPerPod) + "\"}}}")
                .collect(Collectors.joining(","));
        String rest = to == PODS ? "" : "\"continue\":\"" + to + "\",\"remainingItemCount\":" + (PODS - to);
        return "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{" + rest + "},\"items\":[" + items + "]}";
    }

    private static List<String> names(PodPage pods) {
        return pods.pods().stream()
                .map(pod -> pod.at("/metadata/name").asText())
                .collect(Collectors.toList());
    }

    @Test
    void listsPageByPage() {
        PodPage first = NamespacePods.page(client, "shop", 10, Optional.empty(), WITHIN);
        PodPage last = NamespacePods.page(client, "shop", 10, first.next(), WITHIN);

        assertThat(names(first)).hasSize(10).startsWith("web-0");
        assertThat(first.more()).isEqualTo(2);
        assertThat(first.bytes()).isBetween(400L, 2_000L);
        assertThat(names(last)).containsExactly("web-10", "web-11");
        assertThat(last.more()).isZero();
        assertThat(last.next()).isEmpty();
    }

    @Test
    void listsLargePodsOneByOne() {
        bytesPerPod = 1_500_000;

        PodPage first = NamespacePods.page(client, "shop", 10, Optional.empty(), WITHIN);

        assertThat(names(first)).containsExactly("web-0");
        assertThat(first.more()).isEqualTo(11);
        assertThat(first.bytes()).isLessThanOrEqualTo(NamespacePods.MOST_BYTES);
        assertThat(names(NamespacePods.page(client, "shop", 10, first.next(), WITHIN)))
                .containsExactly("web-1");
        assertThat(queries).containsExactly("limit=10", "limit=1", "limit=10&continue=1", "limit=1&continue=1");
    }

    @Test
    void doesNotReadMoreThanAPodCanHold() {
        bytesPerPod = NamespacePods.MOST_BYTES;

        assertThatThrownBy(() -> NamespacePods.page(client, "shop", 10, Optional.empty(), WITHIN))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("larger than");
    }

    @Test
    void reportsAMissingRight() {
        status = 403;

        assertThatThrownBy(() -> NamespacePods.page(client, "shop", 10, Optional.empty(), WITHIN))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("403");
    }
}
