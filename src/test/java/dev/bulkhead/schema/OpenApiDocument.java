package dev.bulkhead.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.schema.PodSchema.Field;
import dev.bulkhead.schema.PodSchema.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Kubernetes' own description of its API, reduced to what {@link PodSchema} keeps of it. */
final class OpenApiDocument {
    /** Where it stands in the module, and whose it is. */
    private static final String SOURCE = "k8s.io/kubernetes@%s api/openapi-spec/v3/api__v1_openapi.json";

    private static final String REF = "#/components/schemas/";
    private static final int LONGEST_SUMMARY = 200;
    private static final Pattern STATE =
            Pattern.compile("\\b(alpha|beta)(?:-level)?\\b|\\b(deprecated)\\b", Pattern.CASE_INSENSITIVE);

    private final JsonNode schemas;

    private OpenApiDocument(JsonNode schemas) {
        this.schemas = schemas;
    }

    /** The fields of a pod by that document of that version, as the text of {@link PodSchema#FILE}. */
    static String reduce(Path document, String version) throws IOException {
        JsonNode schemas = new ObjectMapper().readTree(document.toFile()).at("/components/schemas");
        StringBuilder text = new StringBuilder("# ")
                .append(SOURCE.formatted(version))
                .append("\n# Written by e2e/schema: type, field, what it holds, state, summary\n");
        new OpenApiDocument(schemas)
                .fields()
                .forEach(field -> text.append(field.line()).append('\n'));
        return text.toString();
    }

    private List<Field> fields() {
        Set<String> seen = new LinkedHashSet<>();
        Deque<String> open = new ArrayDeque<>(List.of("io.k8s.api.core.v1.Pod"));
        Map<String, List<Field>> types = new TreeMap<>();
        while (!open.isEmpty()) {
            String type = open.pop();
            if (seen.add(type)) {
                types.put(shortName(type), fieldsOf(type, open));
            }
        }
        return types.values().stream().flatMap(List::stream).toList();
    }

    private List<Field> fieldsOf(String type, Deque<String> open) {
        Map<String, Field> fields = new TreeMap<>();
        for (Map.Entry<String, JsonNode> property :
                schemas.path(type).path("properties").properties()) {
            boolean ofPod = type.endsWith(".v1.Pod");
            // What is reported of a pod that runs is not evaluated, and its kind is the request's.
            if (ofPod && !Set.of("metadata", "spec").contains(property.getKey())) {
                continue;
            }
            JsonNode value = property.getValue();
            Shape shape = value.has("items") ? Shape.LIST : value.has("additionalProperties") ? Shape.MAP : Shape.ONE;
            JsonNode one = switch (shape) {
                case LIST -> value.path("items");
                case MAP -> value.path("additionalProperties");
                case ONE -> value;
            };
            String reference = one.path("$ref").asText(one.at("/allOf/0/$ref").asText());
            String held = reference.replace(REF, "");
            if (schemas.path(held).has("properties")) {
                open.add(held);
            }
            String description = value.path("description").asText();
            fields.put(
                    property.getKey(),
                    new Field(
                            shortName(type),
                            property.getKey(),
                            shape,
                            held.isEmpty() ? one.path("type").asText("any") : shortName(held),
                            state(description),
                            summary(description)));
        }
        return List.copyOf(fields.values());
    }

    private static String shortName(String type) {
        return type.substring(type.lastIndexOf('.') + 1);
    }

    private static String state(String description) {
        Matcher state = STATE.matcher(description);
        return state.find() ? state.group().replace("-level", "").toLowerCase(Locale.ROOT) : "";
    }

    private static String summary(String description) {
        String line = description.strip().replaceAll("(?s)\\n\\s*\\n.*", "").replaceAll("\\s+", " ");
        int end = line.indexOf(". ");
        String sentence = end < 0 ? line : line.substring(0, end + 1);
        return sentence.length() <= LONGEST_SUMMARY ? sentence : sentence.substring(0, LONGEST_SUMMARY - 1) + "…";
    }
}
