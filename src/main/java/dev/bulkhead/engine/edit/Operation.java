package dev.bulkhead.engine.edit;

import com.fasterxml.jackson.databind.JsonNode;

/** An operation of a JSON Patch (RFC 6902); the path is a JSON Pointer. */
public sealed interface Operation {
    String path();

    /** The same operation on the same document as part of a larger one, at that pointer. */
    Operation below(String prefix);

    /** Sets a member that is absent or null, or adds an item to a list, whose path then ends with {@code /-}. */
    record Add(String path, JsonNode value) implements Operation {
        @Override
        public Add below(String prefix) {
            return new Add(prefix + path, value);
        }
    }

    /** Sets a member, or an item of a list, that has another value. */
    record Replace(String path, JsonNode value) implements Operation {
        @Override
        public Replace below(String prefix) {
            return new Replace(prefix + path, value);
        }
    }

    /** Takes a member out of its object, or an item out of its list. */
    record Remove(String path) implements Operation {
        @Override
        public Remove below(String prefix) {
            return new Remove(prefix + path);
        }
    }
}
