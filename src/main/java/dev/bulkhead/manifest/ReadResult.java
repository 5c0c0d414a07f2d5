package dev.bulkhead.manifest;

import java.util.function.Function;

/** The result of reading one document of a file: the document, or why it could not be read. */
public sealed interface ReadResult permits Document, ManifestProblem {

    /** Applies the function for this case, so that none can be forgotten. */
    <T> T fold(
            Function<? super Document, ? extends T> ifDocument,
            Function<? super ManifestProblem, ? extends T> ifProblem);
}
