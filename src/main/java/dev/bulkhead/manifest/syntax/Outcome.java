package dev.bulkhead.manifest.syntax;

import java.util.List;

/** The result of one document, before its index in the file is known. */
public sealed interface Outcome {
    /** The document, and what its author should look at. */
    record Read(Value value, List<Warning> warnings) implements Outcome {
        public Read {
            warnings = List.copyOf(warnings);
        }
    }

    /** Why it could not be read. */
    record Failed(UnreadableException failure) implements Outcome {}
}
