package dev.bulkhead.manifest;

import java.util.function.Function;

/** What reading one document of a file led to: the document, or the reason why there is none. */
public sealed interface ReadResult permits Document, ManifestProblem {

    /** Applies the function that fits, so that no case can be forgotten. */
    <T> T fold(
            Function<? super Document, ? extends T> ifDocument,
            Function<? super ManifestProblem, ? extends T> ifProblem);
}
