package dev.bulkhead.app.registry;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.bulkhead.engine.image.ImageReference;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A registry on this machine, by plain HTTP, that answers what a test wants. */
final class FakeRegistry implements AutoCloseable {
    static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    static final String INDEX = "application/vnd.oci.image.index.v1+json";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, HttpHandler> handlers = new ConcurrentHashMap<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();

    /** What was asked. */
    record Request(String method, String uri, Optional<String> authorization, String body) {}

    private FakeRegistry(HttpServer server) {
        this.server = server;
    }

    static FakeRegistry start() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        FakeRegistry registry = new FakeRegistry(server);
        server.setExecutor(registry.threads);
        server.createContext("/", registry::handle);
        server.start();
        return registry;
    }

    private void handle(HttpExchange exchange) throws IOException {
        requests.add(new Request(
                exchange.getRequestMethod(),
                exchange.getRequestURI().toString(),
                Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization")),
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
        try (exchange) {
            HttpHandler handler = handlers.get(exchange.getRequestURI().getPath());
            if (handler == null) {
                exchange.sendResponseHeaders(404, -1);
            } else {
                handler.handle(exchange);
            }
        }
    }

    /** Its address, as a reference names it. */
    String name() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    String url(String path) {
        return "http://" + name() + path;
    }

    ImageReference image(String name) {
        return ImageReference.parse(name() + "/" + name).orElseThrow();
    }

    List<Request> requests() {
        return List.copyOf(requests);
    }

    FakeRegistry on(String path, HttpHandler handler) {
        handlers.put(path, handler);
        return this;
    }

    FakeRegistry on(String path, byte[] body) {
        return on(path, exchange -> answer(exchange, 200, body));
    }

    static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The configuration of an image. */
    static byte[] configuration(Map<String, ?> process) {
        return json(Map.of("architecture", "amd64", "os", "linux", "config", process));
    }

    static byte[] json(Object tree) {
        try {
            return JSON.writeValueAsBytes(tree);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The manifest of an image with that configuration and no layers. */
    static byte[] manifest(byte[] configuration) {
        return json(Map.of(
                "schemaVersion",
                2,
                "mediaType",
                MANIFEST,
                "config",
                Map.of(
                        "mediaType",
                        "application/vnd.oci.image.config.v1+json",
                        "digest",
                        Digests.of(configuration),
                        "size",
                        configuration.length),
                "layers",
                List.of()));
    }

    /** An entry of an index. */
    static Map<String, Object> entry(byte[] manifest, String os, String architecture) {
        return Map.of(
                "mediaType",
                MANIFEST,
                "digest",
                Digests.of(manifest),
                "size",
                manifest.length,
                "platform",
                Map.of("os", os, "architecture", architecture));
    }

    /** The index of some images. */
    static byte[] index(List<Map<String, Object>> entries) {
        return json(Map.of("schemaVersion", 2, "mediaType", INDEX, "manifests", entries));
    }

    /** Has an image under that name and tag, and gives its digest. */
    String push(String name, String tag, byte[] configuration) {
        byte[] manifest = manifest(configuration);
        on("/v2/" + name + "/blobs/" + Digests.of(configuration), configuration);
        on("/v2/" + name + "/manifests/" + Digests.of(manifest), manifest);
        on("/v2/" + name + "/manifests/" + tag, manifest);
        return Digests.of(manifest);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
