package dev.bulkhead.app.console.page;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.bulkhead.app.console.access.Viewer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Serves the pages of the demo cluster, to work on their looks: no sign-in, a port of this machine. */
final class DemoServer {
    private DemoServer() {}

    public static void main(String[] args) throws IOException {
        ConsolePages pages = new ConsolePages(DemoCluster.at(Instant.now()), file -> "/assets/" + file);
        HttpServer server = HttpServer.create(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0])), 0);
        server.createContext("/", exchange -> {
            try {
                answer(exchange, pages);
            } catch (RuntimeException e) {
                e.printStackTrace();
                throw e;
            }
        });
        server.createContext("/assets/", DemoServer::asset);
        server.start();
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

    private static void answer(HttpExchange exchange, ConsolePages pages) throws IOException {
        String query = exchange.getRequestURI().getRawQuery();
        String form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        PageAnswer answer;
        if (exchange.getRequestURI().getPath().equals("/sign-in")) {
            answer = pages.signIn(Optional.empty(), "/");
        } else {
            answer = pages.answer(new PageRequest(
                    exchange.getRequestURI().getPath(),
                    fields(query == null ? "" : query),
                    fields(form),
                    new Viewer("ada@example.com", true, Set.of(), "t0ken", Optional.empty()),
                    exchange.getRequestHeaders().containsKey("HX-Request")));
        }
        exchange.getResponseHeaders().add("Content-Type", answer.mediaType());
        exchange.getResponseHeaders()
                .add(
                        "Content-Security-Policy",
                        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
                                + " form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer.status(), body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static void asset(HttpExchange exchange) throws IOException {
        String name = exchange.getRequestURI().getPath().substring("/assets/".length());
        Path own = Path.of("src/main/resources/dev/bulkhead/app/console/assets", name);
        String webjars = "/META-INF/resources/webjars/";
        byte[] body = Files.exists(own)
                ? Files.readAllBytes(own)
                : DemoServer.class
                        .getResourceAsStream(webjars
                                + (name.startsWith("htmx") ? "htmx.org/2.0.4/dist/" : "uplot/1.6.30/dist/")
                                + name)
                        .readAllBytes();
        exchange.getResponseHeaders()
                .add(
                        "Content-Type",
                        name.endsWith(".css")
                                ? "text/css"
                                : name.endsWith(".js") ? "text/javascript" : "image/svg+xml");
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
