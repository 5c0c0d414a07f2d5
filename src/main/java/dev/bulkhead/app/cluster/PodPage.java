package dev.bulkhead.app.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;

/**
 * A page of the stored pods of a namespace.
 *
 * @param bytes their size together, as JSON
 * @param more how many pods follow
 * @param next where the next page begins; empty after the last
 */
public record PodPage(List<JsonNode> pods, long bytes, long more, Optional<String> next) {
    public PodPage {
        pods = List.copyOf(pods);
    }
}
