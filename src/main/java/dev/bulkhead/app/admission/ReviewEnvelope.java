package dev.bulkhead.app.admission;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Optional;

/**
 * What the start of an unread or unreadable review says. The API server writes these fields before any object, so that
 * even an unreadable review gets a decision.
 *
 * @param uid empty unless the review begins with its kind, its version and a request whose first fields hold it
 * @param group and {@code kind} of the object
 * @param namespace of the object, or the name of an object without namespace
 */
public record ReviewEnvelope(Optional<String> uid, String group, String kind, String namespace) {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int FAR_ENOUGH = 4_096;
    private static final ReviewEnvelope NOTHING = new ReviewEnvelope(Optional.empty(), "", "", "");

    /** Reads at most {@value #FAR_ENOUGH} bytes. */
    public static ReviewEnvelope of(byte[] body) {
        boolean review = false;
        boolean version = false;
        try (JsonParser parser = JSON.createParser(body, 0, Math.min(body.length, FAR_ENOUGH))) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return NOTHING;
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (name.equals("kind")) {
                    review = parser.getText().equals("AdmissionReview");
                } else if (name.equals("apiVersion")) {
                    version = parser.getText().equals(AdmissionRequest.API_VERSION);
                } else if (name.equals("request") && value == JsonToken.START_OBJECT) {
                    return review && version ? new Fields().read(parser) : NOTHING;
                } else {
                    parser.skipChildren();
                }
            }
        } catch (IOException e) {
            // The bytes end here.
        }
        return NOTHING;
    }

    /** Whether the object is a namespace, which is never denied. */
    public boolean concernsNamespace() {
        return group.isEmpty() && kind.equals("Namespace");
    }

    /** The request's fields before its objects. */
    private static final class Fields {
        private Optional<String> uid = Optional.empty();
        private String group = "";
        private String kind = "";
        private String name = "";
        private String namespace = "";

        ReviewEnvelope read(JsonParser parser) {
            try {
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String field = parser.currentName();
                    JsonToken value = parser.nextToken();
                    if (field.equals("object") || field.equals("oldObject")) {
                        break;
                    }
                    if (value == JsonToken.VALUE_STRING) {
                        text(field, parser.getText());
                    } else if (field.equals("kind") && value == JsonToken.START_OBJECT) {
                        kind(parser);
                    } else {
                        parser.skipChildren();
                    }
                }
            } catch (IOException e) {
                // What has been read so far is kept.
            }
            return new ReviewEnvelope(uid, group, kind, namespace.isEmpty() ? name : namespace);
        }

        private void text(String field, String value) {
            switch (field) {
                case "uid" -> uid = uid.or(() -> Optional.of(value)).filter(text -> !text.isEmpty());
                case "name" -> name = value;
                case "namespace" -> namespace = value;
                default -> {
                    // This field does not identify the object.
                }
            }
        }

        private void kind(JsonParser parser) throws IOException {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                JsonToken value = parser.nextToken();
                if (value != JsonToken.VALUE_STRING) {
                    parser.skipChildren();
                } else if (field.equals("group")) {
                    group = parser.getText();
                } else if (field.equals("kind")) {
                    kind = parser.getText();
                }
            }
        }
    }
}
