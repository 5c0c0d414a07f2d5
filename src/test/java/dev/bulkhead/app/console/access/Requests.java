package dev.bulkhead.app.console.access;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Heads of requests for tests. */
public final class Requests {
    private Requests() {}

    /** A GET of localhost with these headers, names and values in turn. */
    public static ClientRequest get(String path, String... headers) {
        return request("GET", path, headers);
    }

    /** The same for a POST. */
    public static ClientRequest post(String path, String... headers) {
        return request("POST", path, headers);
    }

    private static ClientRequest request(String method, String path, String... headers) {
        Map<String, List<String>> all = new HashMap<>();
        all.put("host", List.of("localhost:8081"));
        for (int i = 0; i < headers.length; i += 2) {
            all.put(headers[i], List.of(headers[i + 1]));
        }
        return new ClientRequest(method, path, "192.0.2.1", all);
    }
}
