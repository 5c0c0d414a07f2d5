package dev.bulkhead.app.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * Why a request was not answered: problem details as in RFC 9457.
 *
 * @param type {@code about:blank} where the status says it all
 * @param errors the places in the manifest that could not be read or evaluated
 * @param headers what else the answer needs to say; not part of the document
 */
@Schema(name = "Problem", description = "Why a request was not answered: problem details as in RFC 9457.")
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Problem(
        @Schema(
                required = true,
                description = "Identifies the kind of problem; `about:blank` where the status says it all.",
                examples = "urn:bulkhead:problem:unreadable-manifest")
        String type,

        @Schema(required = true, description = "The kind of problem in a few words.", examples = "Unreadable manifest")
        String title,

        @Schema(required = true, description = "The HTTP status.", examples = "422")
        int status,

        @Schema(
                required = true,
                description = "What is wrong with this request, and what to do about it.",
                examples = "The manifest cannot be evaluated: line 3, column 1: expected a mapping")
        String detail,

        @Schema(description = "The places in the manifest that cannot be read or evaluated.")
        List<ManifestError> errors,

        @com.fasterxml.jackson.annotation.JsonIgnore @Schema(hidden = true)
        Map<String, String> headers) {
    /** The media type of problems. */
    public static final String MEDIA_TYPE = "application/problem+json";

    /** As many as a person corrects at once. */
    private static final int MOST_ERRORS = 100;

    private static final String OWN_TYPES = "urn:bulkhead:problem:";

    public Problem {
        errors = List.copyOf(errors);
    }

    /** One that its status explains. */
    public static Problem of(Status status, String detail) {
        return new Problem("about:blank", status.title(), status.code(), detail, List.of(), Map.of());
    }

    /** One of that status, which has to be one of {@link Status}. */
    public static Problem of(int status, String detail) {
        return of(Status.of(status), detail);
    }

    /** A path that nothing answers. */
    public static Problem nothingHere() {
        return of(Status.NOT_FOUND, "There is nothing at this path. /api/openapi describes those that there are.");
    }

    /** A path that answers other methods only. */
    public static Problem wrongMethod(String allowed) {
        return of(Status.METHOD_NOT_ALLOWED, "This path answers " + allowed + ".")
                .with("Allow", allowed);
    }

    /** A parameter that cannot be used. */
    public static Problem ofParameter(String detail) {
        return new Problem(
                OWN_TYPES + "wrong-parameter",
                "Wrong parameter",
                Status.BAD_REQUEST.code(),
                detail,
                List.of(),
                Map.of());
    }

    /** A manifest that cannot be read, or holds what cannot be evaluated. */
    public static Problem ofManifest(List<ManifestError> errors) {
        String more = errors.size() == 1 ? "" : ", and " + (errors.size() - 1) + " more";
        return new Problem(
                OWN_TYPES + "unreadable-manifest",
                "Unreadable manifest",
                Status.UNPROCESSABLE.code(),
                "The manifest cannot be evaluated: " + errors.get(0).described() + more,
                errors.subList(0, Math.min(errors.size(), MOST_ERRORS)),
                Map.of());
    }

    /** A manifest that is too much work, or leads to too long an answer. */
    public static Problem ofTooMuch(Status status, String detail) {
        return new Problem(
                OWN_TYPES + "too-much-to-evaluate", "Too much to evaluate", status.code(), detail, List.of(), Map.of());
    }

    /** The same with a header. */
    public Problem with(String header, String value) {
        return new Problem(type, title, status, detail, errors, added(header, value));
    }

    private Map<String, String> added(String header, String value) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put(header, value);
        return Collections.unmodifiableMap(all);
    }

    /** The statuses of problems, and what RFC 9110 calls them. */
    public enum Status {
        BAD_REQUEST(400, "Bad Request"),
        UNAUTHORIZED(401, "Unauthorized"),
        FORBIDDEN(403, "Forbidden"),
        NOT_FOUND(404, "Not Found"),
        METHOD_NOT_ALLOWED(405, "Method Not Allowed"),
        NOT_ACCEPTABLE(406, "Not Acceptable"),
        REQUEST_TIMEOUT(408, "Request Timeout"),
        CONTENT_TOO_LARGE(413, "Content Too Large"),
        URI_TOO_LONG(414, "URI Too Long"),
        UNSUPPORTED_MEDIA_TYPE(415, "Unsupported Media Type"),
        MISDIRECTED(421, "Misdirected Request"),
        UNPROCESSABLE(422, "Unprocessable Content"),
        TOO_MANY_REQUESTS(429, "Too Many Requests"),
        HEADER_TOO_LARGE(431, "Request Header Fields Too Large"),
        INTERNAL_SERVER_ERROR(500, "Internal Server Error"),
        SERVICE_UNAVAILABLE(503, "Service Unavailable");

        private final int code;
        private final String title;

        Status(int code, String title) {
            this.code = code;
            this.title = title;
        }

        /** As HTTP has it. */
        public int code() {
            return code;
        }

        private String title() {
            return title;
        }

        /** The one of that number; 400 for what else a client can do wrong. */
        static Status of(int code) {
            for (Status status : values()) {
                if (status.code == code) {
                    return status;
                }
            }
            return code < 500 ? BAD_REQUEST : INTERNAL_SERVER_ERROR;
        }
    }
}
