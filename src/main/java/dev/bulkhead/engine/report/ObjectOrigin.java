package dev.bulkhead.engine.report;

import java.util.Optional;
import java.util.OptionalInt;

/** Where an evaluated object came from, so that a report can point into it. */
public interface ObjectOrigin {
    /** An object that was in no file, such as one of a cluster. */
    ObjectOrigin NO_FILE = new ObjectOrigin() {
        @Override
        public Optional<SourceLocation> location() {
            return Optional.empty();
        }

        @Override
        public String prefix() {
            return "";
        }

        @Override
        public OptionalInt line(String pointer) {
            return OptionalInt.empty();
        }

        @Override
        public OptionalInt column(String pointer) {
            return OptionalInt.empty();
        }
    };

    /** Where the object begins; empty where it was in no file. */
    Optional<SourceLocation> location();

    /** The JSON Pointer from the root of its document to the object; empty where it is the document. */
    String prefix();

    /** The line of what that pointer names in the object, or of the nearest part around it. */
    OptionalInt line(String pointer);

    /** The column of the same, in Unicode code points from 1. */
    OptionalInt column(String pointer);
}
