package dev.bulkhead.engine.edit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.engine.workload.Field;

/** An addition to a document. There is no edit that removes or changes what stands there. */
public sealed interface Edit {
    Field place();

    JsonNode value();

    /** Sets a field that is absent; objects missing above it are made. */
    record Fill(Field place, JsonNode value) implements Edit {
        public Fill {
            if (place.isPresent()) {
                throw new IllegalArgumentException(place.pointer() + " is set already");
            }
        }
    }

    /** Adds an item to the end of a list; the list is made when it is absent. */
    record Append(Field place, JsonNode value) implements Edit {}
}
