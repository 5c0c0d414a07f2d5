package dev.bulkhead.app.server;

import java.util.HashMap;
import java.util.Map;

/** The setting that leaves TLS to Java, as on platforms where BoringSSL does not run. */
final class JavaTls {
    private JavaTls() {}

    /** Adds it to those of a test profile. */
    static Map<String, String> with(Map<String, String> overrides) {
        Map<String, String> all = new HashMap<>(overrides);
        all.put("bulkhead.admission.native-tls", "false");
        return Map.copyOf(all);
    }
}
