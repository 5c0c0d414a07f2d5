package dev.bulkhead.manifest.syntax;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A finished part of a document.
 *
 * @param height how many mappings and lists it holds inside one another
 * @param size how many values it holds, itself included
 */
public record Value(JsonNode node, Place place, int height, int size) {

    static Value scalar(JsonNode node, Position position) {
        return new Value(node, Place.of(position), 0, 1);
    }

    /** The same value once more, at another place; its children stay where they were written. */
    Value copiedTo(Position position) {
        return new Value(node.deepCopy(), place.movedTo(position), height, size);
    }
}
