package dev.bulkhead.app.console.page;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.bulkhead.app.console.access.Viewer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;

/** Serves the pages of the demo cluster to a browser on this machine, as one viewer, with the console's own policy. */
public final class DemoConsole implements AutoCloseable {
    private static final String SECURITY_POLICY = "default-src 'none'; script-src 'self'; style-src 'self';"
            + " img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private static final Map<String, String> FILES = Map.of(
            "console.css", "/dev/bulkhead/app/console/assets/console.css",
            "console.js", "/dev/bulkhead/app/console/assets/console.js",
            "icon.svg", "/dev/bulkhead/app/console/assets/icon.svg",
            "htmx.min.js", "/META-INF/resources/webjars/htmx.org/2.0.4/dist/htmx.min.js",
            "uPlot.iife.min.js", "/META-INF/resources/webjars/uplot/1.6.30/dist/uPlot.iife.min.js",
            "uPlot.min.css", "/META-INF/resources/webjars/uplot/1.6.30/dist/uPlot.min.css");

    private final ConsolePages pages;
    private final Viewer viewer;
    private final HttpServer server;

    private DemoConsole(Viewer viewer, int port) throws IOException {
        Instant now = Instant.now();
        this.pages = new ConsolePages(
                DemoCluster.withHistory(DemoCluster.at(now)).with(DemoCluster.refusals(now)),
                file -> "/assets/" + file);
        this.viewer = viewer;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setExecutor(Executors.newFixedThreadPool(4));
        server.createContext("/", this::answer);
        server.createContext("/assets/", DemoConsole::file);
        server.start();
    }

    /** For somebody who sees everything. */
    public static DemoConsole start() throws IOException {
        return new DemoConsole(new Viewer("ada@example.com", true, Set.of(), "t0ken", Optional.empty()), 0);
    }

    /** For somebody who sees these namespaces. */
    public static DemoConsole startFor(String... namespaces) throws IOException {
        return new DemoConsole(
                new Viewer("grace@example.com", false, Set.of(namespaces), "t0ken", Optional.empty()), 0);
    }

    /** To look at pages while they are written: the argument is the port. */
    public static void main(String[] args) throws IOException {
        Viewer viewer = new Viewer("ada@example.com", true, Set.of(), "t0ken", Optional.empty());
        new DemoConsole(viewer, Integer.parseInt(args[0]));
    }

    /** The address of a page. */
    public String url(String path) {
        return "http://localhost:" + server.getAddress().getPort() + path;
    }

    private static Map<String, List<String>> fields(String query) {
        Map<String, List<String>> fields = new LinkedHashMap<>();
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                fields.computeIfAbsent(decode(pair.substring(0, equals)), name -> new ArrayList<>())
                        .add(decode(pair.substring(equals + 1)));
            }
        }
        return fields;
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        PageAnswer answer = path.equals("/sign-in")
                ? pages.signIn(Optional.empty(), "/")
                : pages.answer(new PageRequest(
                        path,
                        fields(Optional.ofNullable(exchange.getRequestURI().getRawQuery())
                                .orElse("")),
                        fields(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)),
                        viewer,
                        exchange.getRequestHeaders().containsKey("HX-Request")));
        exchange.getResponseHeaders().add("Cache-Control", "no-store");
        exchange.getResponseHeaders().add("Vary", "HX-Request");
        exchange.getResponseHeaders().add("Content-Security-Policy", SECURITY_POLICY);
        answer.fileName()
                .ifPresent(name -> exchange.getResponseHeaders()
                        .add("Content-Disposition", "attachment; filename=\"" + name + "\""));
        send(exchange, answer.status(), answer.mediaType(), answer.body().getBytes(StandardCharsets.UTF_8));
    }

    private static void file(HttpExchange exchange) throws IOException {
        String name = exchange.getRequestURI().getPath().substring("/assets/".length());
        String type = name.endsWith(".css") ? "text/css" : name.endsWith(".js") ? "text/javascript" : "image/svg+xml";
        try (InputStream file = DemoConsole.class.getResourceAsStream(FILES.getOrDefault(name, ""))) {
            send(exchange, 200, type, file.readAllBytes());
        }
    }

    private static void send(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().add("Content-Type", type);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
