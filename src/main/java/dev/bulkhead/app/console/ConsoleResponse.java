package dev.bulkhead.app.console;

import dev.bulkhead.app.console.page.PageAnswer;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** A response as it is sent. Made on any thread, sent on the request's event loop. */
record ConsoleResponse(int status, Map<String, String> headers, Buffer body) {
    /** Below this, compressing makes little difference. */
    private static final int WORTH_COMPRESSING = 1024;

    private static final String GZIP = "gzip";

    private static final String CONTENT_SECURITY_POLICY = "default-src 'none'; script-src 'self'; style-src 'self';"
            + " img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    /** What every response says, of whatever kind. */
    private static final Map<String, String> ALWAYS = Map.of(
            "Content-Security-Policy", CONTENT_SECURITY_POLICY,
            "X-Content-Type-Options", "nosniff",
            "X-Frame-Options", "DENY",
            "Referrer-Policy", "same-origin",
            "Cross-Origin-Opener-Policy", "same-origin",
            "Cross-Origin-Resource-Policy", "same-origin");

    /** A page, which is for one person and one moment. */
    static ConsoleResponse of(PageAnswer page, boolean compress) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", page.mediaType());
        headers.put("Cache-Control", "no-store");
        headers.put("Vary", "Accept-Encoding, Cookie, HX-Request");
        page.fileName()
                .map(ConsoleResponse::safeName)
                .ifPresent(name -> headers.put("Content-Disposition", "attachment; filename=\"" + name + '"'));
        byte[] body = page.body().getBytes(StandardCharsets.UTF_8);
        boolean compressed = compress && body.length > WORTH_COMPRESSING;
        if (compressed) {
            headers.put("Content-Encoding", GZIP);
        }
        return new ConsoleResponse(
                page.status(), headers, compressed ? ConsoleAssets.compressed(body) : Buffer.buffer(body));
    }

    /** A file whose address changes with its contents. */
    static ConsoleResponse of(ConsoleAssets.Asset asset, boolean compress) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", asset.mediaType());
        headers.put("Cache-Control", "public, max-age=31536000, immutable");
        headers.put("Vary", "Accept-Encoding");
        if (compress) {
            headers.put("Content-Encoding", GZIP);
        }
        return new ConsoleResponse(200, headers, compress ? asset.compressed() : asset.plain());
    }

    /** Sends a browser to a path of the console. */
    static ConsoleResponse redirect(String path, Optional<String> cookie) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Location", path);
        headers.put("Cache-Control", "no-store");
        cookie.ifPresent(value -> headers.put("Set-Cookie", value));
        return new ConsoleResponse(303, headers, Buffer.buffer());
    }

    ConsoleResponse with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new ConsoleResponse(status, more, body);
    }

    /** Writes what every response says, for those that are written elsewhere. */
    static void protect(HttpServerResponse response) {
        ALWAYS.forEach(response::putHeader);
    }

    /**
     * Sends it, unless there is an answer already.
     *
     * @param last whether to close the connection
     * @param onEnd receives whether it was sent
     */
    void send(HttpServerRequest request, boolean last, Consumer<Boolean> onEnd) {
        HttpServerResponse response = request.response();
        if (response.ended()) {
            return;
        }
        if (response.closed()) {
            onEnd.accept(false);
            return;
        }
        protect(response);
        response.setStatusCode(status);
        headers.forEach(response::putHeader);
        if (last) {
            response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
        response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length()));
        var sent = request.method().equals(HttpMethod.HEAD) ? response.end() : response.end(body);
        sent.onComplete(done -> {
            onEnd.accept(done.succeeded());
            if (last) {
                request.connection().close();
            }
        });
    }

    private static String safeName(String name) {
        return name.replaceAll("[^A-Za-z0-9._-]", "_");
    }
}
