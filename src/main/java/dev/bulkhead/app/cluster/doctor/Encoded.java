package dev.bulkhead.app.cluster.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Text in base64, as in Secrets and CA bundles. */
public final class Encoded {
    private Encoded() {}

    /** The text; empty if it is none. */
    public static String text(JsonNode encoded) {
        try {
            return new String(Base64.getDecoder().decode(encoded.asText()), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }
}
