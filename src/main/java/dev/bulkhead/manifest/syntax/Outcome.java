package dev.bulkhead.manifest.syntax;

/** The result of one document, before its index in the file is known. */
public sealed interface Outcome {
    record Read(Value value) implements Outcome {}

    record Failed(UnreadableException failure) implements Outcome {}
}
