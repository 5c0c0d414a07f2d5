package dev.bulkhead.admission;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Optional;

/**
 * Finds the uid at the start of a review that cannot be read as a whole. The API server writes it as the first field of
 * the request, before any object, so that even such a review can be answered with a denial.
 */
final class UidScan {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int FAR_ENOUGH = 4_096;

    private UidScan() {}

    /** The uid, where the review begins with its kind, its version and a request whose first fields hold the uid. */
    static Optional<String> uidOf(byte[] body) {
        boolean review = false;
        boolean version = false;
        try (JsonParser parser = JSON.createParser(body, 0, Math.min(body.length, FAR_ENOUGH))) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return Optional.empty();
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (name.equals("kind")) {
                    review = parser.getText().equals("AdmissionReview");
                } else if (name.equals("apiVersion")) {
                    version = parser.getText().equals(ReviewRequest.API_VERSION);
                } else if (name.equals("request") && value == JsonToken.START_OBJECT) {
                    return review && version ? firstUid(parser) : Optional.empty();
                } else {
                    parser.skipChildren();
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> firstUid(JsonParser parser) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (name.equals("uid")) {
                return value == JsonToken.VALUE_STRING && !parser.getText().isEmpty()
                        ? Optional.of(parser.getText())
                        : Optional.empty();
            }
            parser.skipChildren();
        }
        return Optional.empty();
    }
}
