package dev.bulkhead.manifest.fix;

import dev.bulkhead.engine.edit.Operation;
import java.util.List;
import java.util.Optional;

/**
 * An edit of a document, which is made as a whole or not at all.
 *
 * @param document the index of the document in its file, as readers count them
 * @param operations of the document as it is before any change
 * @param rule the rule because of which something that is set is changed; comments name it. Empty where nothing is
 */
public record Change(int document, List<Operation> operations, Optional<String> rule) {
    public Change {
        operations = List.copyOf(operations);
    }

    /** A change that only adds. */
    public Change(int document, List<? extends Operation> operations) {
        this(document, List.copyOf(operations), Optional.empty());
    }
}
