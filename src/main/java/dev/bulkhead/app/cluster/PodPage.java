package dev.bulkhead.app.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;

/**
 * Pods of a namespace as they are stored: a page of them.
 *
 * @param bytes how large they are together, as JSON
 * @param more how many there are beyond these
 * @param next where the next page begins; empty after the last
 */
public record PodPage(List<JsonNode> pods, long bytes, long more, Optional<String> next) {
    public PodPage {
        pods = List.copyOf(pods);
    }
}
