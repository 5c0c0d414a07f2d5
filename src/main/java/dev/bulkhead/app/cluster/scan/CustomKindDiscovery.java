package dev.bulkhead.app.cluster.scan;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.engine.workload.CustomKind;
import java.io.IOException;
import java.util.Optional;

/** Asks an API server by which version and plural it serves custom kinds. */
final class CustomKindDiscovery {
    private final Get get;

    /** Reads what the API server has at a path. */
    interface Get {
        /** Empty where it has nothing, or nothing that its user may read. */
        Optional<JsonNode> at(String path) throws IOException;
    }

    CustomKindDiscovery(Get get) {
        this.get = get;
    }

    /**
     * How the kind is served, by the version that the API server prefers.
     *
     * @return empty where its definition is not installed, or the user may not read that
     * @throws IOException when the API server does not answer
     */
    Optional<ScannedKind> find(CustomKind kind) throws IOException {
        Optional<String> version = get.at("apis/" + kind.group())
                .map(group -> group.at("/preferredVersion/version").asText())
                .filter(text -> !text.isEmpty());
        if (version.isEmpty()) {
            return Optional.empty();
        }
        return get.at("apis/" + kind.group() + "/" + version.get())
                .flatMap(resources -> plural(resources, kind))
                .map(plural -> ScannedKind.of(kind, version.get(), plural));
    }

    /** Whether the objects of that kind may be listed. */
    boolean mayList(ScannedKind kind) throws IOException {
        return get.at(kind.path() + kind.resource() + "?limit=1").isPresent();
    }

    private static Optional<String> plural(JsonNode resources, CustomKind kind) {
        for (JsonNode resource : resources.path("resources")) {
            String name = resource.path("name").asText();
            // A subresource such as rollouts/scale has a kind, too.
            if (resource.path("kind").asText().equals(kind.kind())
                    && name.indexOf('/') < 0
                    && resource.path("namespaced").asBoolean()) {
                return Optional.of(name);
            }
        }
        return Optional.empty();
    }
}
