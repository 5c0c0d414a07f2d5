package dev.bulkhead.manifest.fix;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.manifest.Document;
import dev.bulkhead.manifest.DocumentReader;
import dev.bulkhead.manifest.ReadResult;
import dev.bulkhead.manifest.fix.node.FileText;
import dev.bulkhead.manifest.fix.node.JsonNodes;
import dev.bulkhead.manifest.fix.node.Node;
import dev.bulkhead.manifest.fix.node.YamlNodes;
import dev.bulkhead.manifest.syntax.Chunk;
import dev.bulkhead.manifest.syntax.ChunkSplitter;
import dev.bulkhead.manifest.syntax.Encoding;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A part of a file that can be read by itself: a YAML document, or JSON documents that follow one another.
 *
 * @param start where it begins
 * @param end where it ends
 * @param first the index of its first document
 * @param roots of the documents in the text
 * @param objects what they say
 */
record Part(int start, int end, boolean json, int first, List<Node> roots, List<ObjectNode> objects) {
    Part {
        roots = List.copyOf(roots);
        objects = List.copyOf(objects);
    }

    /** The parts of a file; empty if something in it cannot be read. */
    static Optional<List<Part>> in(FileText text, byte[] content) {
        List<Part> parts = new ArrayList<>();
        Offsets offsets = new Offsets(content);
        ChunkSplitter chunks = new ChunkSplitter(Encoding.withoutMark(content));
        int first = 0;
        for (Optional<Chunk> chunk = chunks.next(); chunk.isPresent(); chunk = chunks.next()) {
            ByteBuffer bytes = chunk.get().bytes();
            int start = offsets.at(bytes.arrayOffset());
            int end = offsets.at(bytes.arrayOffset() + bytes.limit());
            Optional<Part> part = part(text, start, end, first);
            if (part.isEmpty()) {
                return Optional.empty();
            }
            first += part.get().roots().size();
            parts.add(part.get());
        }
        return Optional.of(parts);
    }

    private static Optional<Part> part(FileText text, int start, int end, int first) {
        Optional<List<ObjectNode>> objects = objects(text.chars().substring(start, end));
        if (objects.isEmpty()) {
            return Optional.empty();
        }
        int content = text.skipSpace(start);
        content = text.chars().startsWith("---", content) ? text.skipSpace(content + 3) : content;
        boolean braced = content < end && (text.at(content) == '{' || text.at(content) == '[');
        Optional<List<Node>> json = braced ? JsonNodes.in(text, content, end) : Optional.empty();
        List<Node> roots = json
                .orElseGet(() -> YamlNodes.in(text, start, end).stream().toList())
                .stream()
                .filter(Node.Mapping.class::isInstance)
                .toList();
        return roots.size() == objects.get().size()
                ? Optional.of(new Part(start, end, json.isPresent(), first, roots, objects.get()))
                : Optional.empty();
    }

    /** The objects in a text; empty if something in it cannot be read. */
    static Optional<List<ObjectNode>> objects(String text) {
        List<ReadResult> results = new DocumentReader().read("", text.getBytes(StandardCharsets.UTF_8));
        List<ObjectNode> objects = new ArrayList<>();
        for (ReadResult result : results) {
            if (!(result instanceof Document document)) {
                return Optional.empty();
            }
            objects.add(document.root());
        }
        return Optional.of(objects);
    }

    /** Turns offsets in bytes of UTF-8, which must not decrease, into those of the text. */
    private static final class Offsets {
        private final byte[] content;
        private int bytes;
        private int chars;

        Offsets(byte[] content) {
            this.content = content;
        }

        int at(int target) {
            for (; bytes < target; bytes++) {
                int lead = content[bytes] & 0xFF;
                // Bytes that continue a character do not count, and those of four bytes are two chars.
                chars += lead >= 0xF0 ? 2 : lead >= 0xC0 || lead < 0x80 ? 1 : 0;
            }
            return chars;
        }
    }
}
