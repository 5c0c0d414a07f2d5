package dev.bulkhead.app.registry;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;

/** The JSON that a registry answers. */
final class Json {
    private static final int DEEPEST = 64;

    /** A tree takes some hundred bytes for each; what is in use has some thousand. */
    private static final long MOST_PARTS = 100_000;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEEPEST)
                            .maxTokenCount(MOST_PARTS)
                            .build())
                    .build())
            .build();

    private Json() {}

    /**
     * Reads an object.
     *
     * @param what it is, for a message
     */
    static JsonNode object(byte[] bytes, String what) throws RegistryException {
        JsonNode node;
        try {
            node = MAPPER.readTree(bytes);
        } catch (StreamConstraintsException e) {
            throw new RegistryException("the " + what + " is too deep or has too many parts", e);
        } catch (IOException e) {
            throw new RegistryException("the " + what + " is no valid JSON", e);
        }
        if (node == null || !node.isObject()) {
            throw new RegistryException("the " + what + " is no JSON object");
        }
        return node;
    }
}
