package dev.bulkhead.manifest.syntax;

/** What became of one document, before it is known which of its file it is. */
public sealed interface Outcome {
    record Read(Value value) implements Outcome {}

    record Failed(UnreadableException failure) implements Outcome {}
}
