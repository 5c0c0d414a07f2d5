package dev.bulkhead.engine.edit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.bulkhead.engine.workload.Field;

/** A change at a place of a document, which is named as it is before any change is made. */
public sealed interface Edit {
    Field place();

    /** Gives the field that value, whether or not it has one. */
    static Edit set(Field place, JsonNode value) {
        return place.isPresent() ? new Replace(place, value) : new Fill(place, value);
    }

    /** A change that keeps all that the document says. Hardening makes no other. */
    sealed interface Addition extends Edit {
        JsonNode value();
    }

    /** Sets a field that is absent; objects missing above it are made. */
    record Fill(Field place, JsonNode value) implements Addition {
        public Fill {
            if (place.isPresent()) {
                throw new IllegalArgumentException(place.pointer() + " is set already");
            }
        }
    }

    /** Adds an item to the end of a list; the list is made when it is absent. */
    record Append(Field place, JsonNode value) implements Addition {}

    /** Adds to the end of a text that is there, such as a list of names in an annotation. */
    record Extend(Field place, String more) implements Addition {
        public Extend {
            if (place.isAbsent()) {
                throw new IllegalArgumentException(place.pointer() + " is not set");
            }
        }

        @Override
        public JsonNode value() {
            return TextNode.valueOf(place.textOrEmpty() + more);
        }
    }

    /** Sets a field that has another value. */
    record Replace(Field place, JsonNode value) implements Edit {
        public Replace {
            if (place.isAbsent()) {
                throw new IllegalArgumentException(place.pointer() + " is not set");
            }
        }
    }

    /** Takes a member out of its object, or an item out of its list. */
    record Remove(Field place) implements Edit {
        public Remove {
            if (place.node().isMissingNode()) {
                throw new IllegalArgumentException(place.pointer() + " is not there");
            }
        }
    }
}
