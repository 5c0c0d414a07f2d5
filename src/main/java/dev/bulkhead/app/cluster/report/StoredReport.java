package dev.bulkhead.app.cluster.report;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.cluster.resource.FieldOwners;
import java.util.List;
import java.util.Optional;

/**
 * What a report's metadata tell of its content.
 *
 * @param hash of the content that was written; empty if another client has changed it since
 * @param generation by which the API server counts changes of the content
 */
record StoredReport(String hash, long generation) {
    private static final List<String> CONTENT = List.of("f:results", "f:summary", "f:scope");

    /** What was just written. */
    static StoredReport written(String hash, JsonNode object) {
        return new StoredReport(hash, object.at("/metadata/generation").asLong());
    }

    /**
     * What is stored now.
     *
     * @param before what was written or read before; empty after a restart, when the managers of the fields tell of changes
     */
    static StoredReport read(JsonNode metadata, Optional<StoredReport> before) {
        long generation = metadata.path("generation").asLong();
        boolean intact = before.map(known -> !known.hash().isEmpty() && known.generation() == generation)
                .orElseGet(() -> !changedByOthers(metadata.path("managedFields")));
        String hash = metadata.path("annotations").path(ReportDocument.CONTENT).asText();
        return new StoredReport(intact ? hash : "", generation);
    }

    /** A field that another client changes is no longer Bulkhead's; where nothing is known of managers, nothing is. */
    private static boolean changedByOthers(JsonNode managers) {
        return !managers.isEmpty()
                && CONTENT.stream()
                        .anyMatch(field -> managers.valueStream().anyMatch(one -> !isOwn(one) && has(one, field))
                                || managers.valueStream().noneMatch(one -> isOwn(one) && has(one, field)));
    }

    private static boolean isOwn(JsonNode manager) {
        return manager.path("manager").asText().equals(FieldOwners.OWN_NAME);
    }

    private static boolean has(JsonNode manager, String field) {
        return manager.path("fieldsV1").has(field);
    }
}
