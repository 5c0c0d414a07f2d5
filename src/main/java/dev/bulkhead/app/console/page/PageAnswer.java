package dev.bulkhead.app.console.page;

import java.util.Optional;

/**
 * A page, part of one, or a file.
 *
 * @param status as of HTTP
 * @param mediaType of the body, with its charset
 * @param fileName under which a browser stores it instead of showing it
 */
public record PageAnswer(int status, String mediaType, Optional<String> fileName, String body) {
    private static final String HTML = "text/html; charset=utf-8";

    /** A page that is shown. */
    public static PageAnswer html(int status, String body) {
        return new PageAnswer(status, HTML, Optional.empty(), body);
    }

    /** A YAML file to download. */
    public static PageAnswer yaml(String fileName, String body) {
        return new PageAnswer(200, "application/yaml; charset=utf-8", Optional.of(fileName), body);
    }
}
