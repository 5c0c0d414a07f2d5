package dev.bulkhead.app.api;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The OpenAPI document of the API, {@code docs/openapi.yaml}, read when somebody asks for it. A test makes the file from the
 * resources: made by the server, it would cost every replica a fifth of its start, whether or not the API is on.
 */
@Singleton
final class ApiDocument {
    static final String PATH = "/api/openapi";
    private static final String FILE = "/dev/bulkhead/docs/openapi.yaml";

    private final ObjectMapper json;
    private final Map<Format, byte[]> documents = new ConcurrentHashMap<>();

    ApiDocument(ObjectMapper json) {
        this.json = json;
    }

    private enum Format {
        YAML("application/yaml;charset=UTF-8"),
        JSON("application/json;charset=UTF-8");

        private final String mediaType;

        Format(String mediaType) {
            this.mediaType = mediaType;
        }
    }

    void register(@Observes Router router) {
        for (String ending : List.of("", ".yaml", ".yml", ".json")) {
            router.route(PATH + ending).handler(this::answer);
        }
    }

    private void answer(RoutingContext routing) {
        Format format = format(routing.request());
        routing.vertx()
                .executeBlocking(() -> documents.computeIfAbsent(format, this::read))
                .onSuccess(document -> routing.response()
                        .putHeader(HttpHeaders.CONTENT_TYPE, format.mediaType)
                        .end(Buffer.buffer(document)))
                .onFailure(routing::fail);
    }

    /** The path's ending, else the parameter, else what the client accepts, else YAML. */
    private static Format format(HttpServerRequest request) {
        String path = request.path();
        if (path.contains(".")) {
            return path.endsWith("json") ? Format.JSON : Format.YAML;
        }
        @Nullable String parameter = request.getParam("format");
        if (parameter != null) {
            return parameter.toLowerCase(Locale.ROOT).equals("json") ? Format.JSON : Format.YAML;
        }
        @Nullable String accepted = request.getHeader(HttpHeaders.ACCEPT);
        return accepted != null && accepted.startsWith("application/json") ? Format.JSON : Format.YAML;
    }

    private byte[] read(Format format) {
        try (InputStream file = ApiDocument.class.getResourceAsStream(FILE)) {
            if (file == null) {
                throw new IllegalStateException(FILE + " is missing in the program");
            }
            return format == Format.YAML
                    ? file.readAllBytes()
                    : json.writeValueAsBytes(new ObjectMapper(new YAMLFactory()).readTree(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
