package dev.bulkhead.manifest.syntax;

/**
 * What one file may cost, so that none can exhaust memory, stack or time.
 *
 * @param bytes the size of a file
 * @param documents the documents in a file
 * @param depth the mappings and lists inside one another
 * @param values the keys, values and items of a document
 * @param aliased how many of them may come from aliases
 */
public record Limits(int bytes, int documents, int depth, int values, int aliased) {

    /** Etcd holds objects of some 1.5 MiB: these leave room for dumps of whole clusters. */
    public static final Limits STANDARD = new Limits(64 << 20, 100_000, 1_000, 5_000_000, 1_000_000);
}
