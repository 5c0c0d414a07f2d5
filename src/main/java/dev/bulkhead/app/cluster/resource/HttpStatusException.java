package dev.bulkhead.app.cluster.resource;

import java.io.IOException;

/** The API server answered, but not that all went well. */
public final class HttpStatusException extends IOException {
    private static final long serialVersionUID = 1;

    private final int code;

    HttpStatusException(int code) {
        super("HTTP status " + code);
        this.code = code;
    }

    /** The HTTP status. */
    public int code() {
        return code;
    }
}
