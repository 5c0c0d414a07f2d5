package dev.bulkhead.app.cluster.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.workload.ImmutableCopies;
import dev.bulkhead.manifest.Document;
import dev.bulkhead.manifest.DocumentReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The webhook configurations as they were installed, which a ConfigMap records.
 *
 * @param configurations by kind; empty where the ConfigMap is missing
 */
public record InstalledRecord(Map<String, ObjectNode> configurations) {
    private static final String KEY = "webhooks.yaml";

    public InstalledRecord {
        configurations = ImmutableCopies.of(configurations);
    }

    /** What is recorded. A document that cannot be read is left out. */
    public static InstalledRecord of(Facts facts) throws UnreadableException {
        Map<String, ObjectNode> configurations = new HashMap<>();
        Optional<JsonNode> stored = facts.one(Source.RECORD);
        String text =
                stored.map(record -> record.path("data").path(KEY).asText()).orElse("");
        new DocumentReader()
                .read(KEY, text.getBytes(StandardCharsets.UTF_8)).stream()
                        .flatMap(result ->
                                result.<Optional<Document>>fold(Optional::of, problem -> Optional.empty()).stream())
                        .map(Document::root)
                        .forEach(root -> configurations.put(root.path("kind").asText(), root));
        return new InstalledRecord(configurations);
    }

    /** The configuration of that kind. */
    public Optional<ObjectNode> of(String kind) {
        return Optional.ofNullable(configurations.get(kind));
    }
}
