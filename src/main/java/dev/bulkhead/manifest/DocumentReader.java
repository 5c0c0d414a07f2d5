package dev.bulkhead.manifest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.manifest.syntax.Chunk;
import dev.bulkhead.manifest.syntax.ChunkReader;
import dev.bulkhead.manifest.syntax.ChunkSplitter;
import dev.bulkhead.manifest.syntax.Encoding;
import dev.bulkhead.manifest.syntax.Limits;
import dev.bulkhead.manifest.syntax.Outcome;
import dev.bulkhead.manifest.syntax.Position;
import dev.bulkhead.manifest.syntax.UnreadableException;
import dev.bulkhead.manifest.syntax.Value;
import dev.bulkhead.manifest.syntax.Words;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Reads the documents of a file as kubectl does, YAML or JSON, whatever the file is called. <p>Stricter than kubectl
 * where parsers disagree: outdated line breaks, control characters, names of anchors. What kubectl accepts and nobody
 * means, such as a key given twice, is read as kubectl reads it, with a warning. Never throws for a file's content.
 * Thread-safe.
 */
public final class DocumentReader {
    private final Limits limits;
    private final ChunkReader chunkReader;

    /** A reader of files up to 64 MiB. */
    public DocumentReader() {
        this(Limits.STANDARD);
    }

    /** A reader of what stays within the limits. */
    public DocumentReader(Limits limits) {
        this.limits = limits;
        this.chunkReader = new ChunkReader(limits);
    }

    /** Everything in the file, in its order: each document that is not empty, or the problem in its place. */
    public List<ReadResult> read(String file, byte[] content) {
        List<ReadResult> results = new ArrayList<>();
        read(file, content, results::add);
        return List.copyOf(results);
    }

    /** The same, passing on each document before the next is read, so that they need not all fit in memory. */
    public void read(String file, byte[] content, Consumer<? super ReadResult> results) {
        if (content.length > limits.bytes()) {
            results.accept(ManifestProblem.ofFile(file, "the file is larger than " + (limits.bytes() >> 20) + " MiB"));
            return;
        }
        Optional<String> encoding = Encoding.foreign(content);
        if (encoding.isPresent()) {
            results.accept(ManifestProblem.ofFile(file, "the file is " + encoding.get() + "; save it as UTF-8"));
            return;
        }
        ChunkSplitter chunks = new ChunkSplitter(Encoding.withoutMark(content));
        int index = 0;
        for (Optional<Chunk> chunk = chunks.next(); chunk.isPresent(); chunk = chunks.next()) {
            if (index >= limits.documents()) {
                Position rest = new Position(chunk.get().line(), 1);
                results.accept(ManifestProblem.at(
                        file, rest, "more than " + limits.documents() + " documents; rest not read"));
                return;
            }
            Optional<String> template = chunk.get().template();
            for (Outcome outcome : chunkReader.read(chunk.get())) {
                results.accept(result(file, index++, outcome, template));
            }
        }
    }

    /** The same from a stream, which is read to its end or to the largest size of a file, and not closed. */
    public void read(String file, InputStream content, Consumer<? super ReadResult> results) {
        byte[] bytes;
        try {
            bytes = content.readNBytes(limits.bytes() + 1);
        } catch (IOException e) {
            results.accept(ManifestProblem.ofFile(file, "cannot be read: " + e.getMessage()));
            return;
        }
        read(file, bytes, results);
    }

    private static ReadResult result(String file, int index, Outcome outcome, Optional<String> template) {
        if (outcome instanceof Outcome.Read read) {
            List<ManifestProblem> warnings = read.warnings().stream()
                    .map(warning -> ManifestProblem.at(file, warning.position(), warning.message()))
                    .toList();
            return document(file, index, read.value(), warnings, template);
        }
        UnreadableException failure = ((Outcome.Failed) outcome).failure();
        return ManifestProblem.at(file, failure.position(), failure.problem());
    }

    private static ReadResult document(
            String file, int index, Value value, List<ManifestProblem> warnings, Optional<String> template) {
        if (!(value.node() instanceof ObjectNode root)) {
            return ManifestProblem.at(
                    file, value.place().position(), "expected a mapping, found " + Words.kind(value.node()));
        }
        Document document = new Document(file, index, root, value.place(), warnings, template);
        return ManifestObject.strayItem(root)
                .<ReadResult>map(pointer -> ManifestProblem.at(
                        file,
                        document.position(pointer),
                        "expected a mapping as the item of a list, found " + Words.kind(root.at(pointer))))
                .orElse(document);
    }
}
