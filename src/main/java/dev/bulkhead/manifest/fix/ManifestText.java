package dev.bulkhead.manifest.fix;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.edit.CombinedOperations;
import dev.bulkhead.engine.edit.Operation;
import dev.bulkhead.manifest.Document;
import dev.bulkhead.manifest.DocumentReader;
import dev.bulkhead.manifest.ReadResult;
import dev.bulkhead.manifest.fix.Edited.Refusal;
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
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The text of a file of manifests, into which edits of its objects can be written.
 *
 * <p>Everything that an edit is not about stays as it is, to the byte. What would be read otherwise than it is meant is
 * not written: every edited document is read again and compared with what the edit makes of the object.
 */
public final class ManifestText {
    private static final int MOST_TRIED_ONE_BY_ONE = 16;
    private static final String SHARED =
            "what is here is repeated elsewhere by an alias or a merge key, and must not change there";
    private static final String OTHERWISE = "the text cannot be edited without changing something else";

    private final FileText text;
    private final List<Part> parts;

    /**
     * A part of the file that can be read by itself.
     *
     * @param first the index of its first document
     */
    private record Part(int start, int end, boolean json, int first, List<Node> roots, List<ObjectNode> objects) {}

    /** A change that has its places. */
    private record Located(Change change, List<NodeEdit> edits, OptionalInt sharedAt) {
        boolean shared() {
            return sharedAt.isPresent();
        }
    }

    private ManifestText(FileText text, List<Part> parts) {
        this.text = text;
        this.parts = List.copyOf(parts);
    }

    /** The text of a file; empty if something in it cannot be read. */
    public static Optional<ManifestText> of(byte[] content) {
        FileText text = new FileText(new String(content, StandardCharsets.UTF_8));
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
        return Optional.of(new ManifestText(text, parts));
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
    private static Optional<List<ObjectNode>> objects(String text) {
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

    /** The characters of the file. */
    public String chars() {
        return text.chars();
    }

    /** The line of an offset, counted from 1. */
    public int line(int offset) {
        return text.line(offset) + 1;
    }

    /** The column of an offset, in Unicode characters, counted from 1. */
    public int column(int offset) {
        return text.column(offset) + 1;
    }

    /** The splices that make these changes, and which of the changes cannot be made. */
    public Edited edit(List<Change> changes) {
        List<Splice> splices = new ArrayList<>();
        List<Refusal> refused = new ArrayList<>();
        List<Remark> remarks = new ArrayList<>();
        List<Change> ordered = changes.stream()
                .sorted(Comparator.comparingInt(Change::document))
                .toList();
        int next = 0;
        for (Part part : parts) {
            int from = next;
            while (next < ordered.size()
                    && ordered.get(next).document()
                            < part.first() + part.roots().size()) {
                next++;
            }
            if (from < next) {
                Attempt made = edit(part, ordered.subList(from, next), refused);
                splices.addAll(made.splices());
                remarks.addAll(made.remarks());
            }
        }
        return new Edited(splices, refused, remarks);
    }

    /** The splices for changes that can be made together. */
    private record Attempt(List<Splice> splices, List<Remark> remarks) {
        static final Attempt NOTHING = new Attempt(List.of(), List.of());
    }

    private Attempt edit(Part part, List<Change> changes, List<Refusal> refused) {
        List<Located> located = new ArrayList<>();
        IdentityHashMap<Node, NodeFinder> finders = new IdentityHashMap<>();
        for (Change change : changes) {
            Node root = part.roots().get(change.document() - part.first());
            try {
                NodeFinder.Located found =
                        finders.computeIfAbsent(root, NodeFinder::new).locate(change.operations(), change.rule());
                located.add(new Located(change, found.edits(), found.sharedAt()));
            } catch (RefusedException e) {
                refused.add(new Refusal(change, e.offset(), e.reason()));
            }
        }
        return edited(part, located, refused);
    }

    /**
     * All of them, if that is possible. Else those that can be made one after the other; of many only those that change
     * nothing that is shared.
     */
    private Attempt edited(Part part, List<Located> changes, List<Refusal> refused) {
        if (changes.isEmpty()) {
            return Attempt.NOTHING;
        }
        Optional<Attempt> all = attempt(part, changes);
        if (all.isPresent()) {
            return all.get();
        }
        List<Located> ownFirst = new ArrayList<>(changes);
        ownFirst.sort(Comparator.comparing(Located::shared));
        if (changes.size() == 1 || changes.size() > MOST_TRIED_ONE_BY_ONE) {
            List<Located> own =
                    changes.stream().filter(change -> !change.shared()).toList();
            List<Located> left = own.size() < changes.size()
                    ? changes.stream().filter(Located::shared).toList()
                    : changes;
            left.forEach(change -> refused.add(refusal(part, change)));
            return own.size() < changes.size() ? edited(part, own, refused) : Attempt.NOTHING;
        }
        List<Located> made = new ArrayList<>();
        Attempt best = Attempt.NOTHING;
        for (Located change : ownFirst) {
            made.add(change);
            Optional<Attempt> more = attempt(part, made);
            if (more.isEmpty()) {
                made.remove(made.size() - 1);
                refused.add(refusal(part, change));
            } else {
                best = more.get();
            }
        }
        return best;
    }

    private Refusal refusal(Part part, Located located) {
        Change change = located.change();
        Node root = part.roots().get(change.document() - part.first());
        DocumentEdit edit = new DocumentEdit();
        located.edits().forEach(edit::add);
        try {
            splicer(part, root).splices(edit);
        } catch (RefusedException e) {
            return new Refusal(change, e.offset(), e.reason());
        }
        if (located.shared()) {
            return new Refusal(change, located.sharedAt().getAsInt(), SHARED);
        }
        String path =
                change.operations().isEmpty() ? "" : change.operations().get(0).path();
        return new Refusal(change, new NodeFinder(root).nearest(path).start(), OTHERWISE);
    }

    private DocumentSplicer splicer(Part part, Node root) {
        return new DocumentSplicer(text, root, part.end(), part.json());
    }

    /** The splices for these changes, if what they make is what is read afterwards. */
    private Optional<Attempt> attempt(Part part, List<Located> changes) {
        List<Splice> splices = new ArrayList<>();
        Map<Integer, DocumentEdit> edits = new LinkedHashMap<>();
        Map<Integer, List<Operation>> operations = new LinkedHashMap<>();
        for (Located change : changes) {
            int document = change.change().document() - part.first();
            DocumentEdit edit = edits.computeIfAbsent(document, key -> new DocumentEdit());
            change.edits().forEach(edit::add);
            operations
                    .computeIfAbsent(document, key -> new ArrayList<>())
                    .addAll(change.change().operations());
        }
        List<Remark> remarks = new ArrayList<>();
        try {
            edits.forEach((document, edit) -> {
                DocumentSplicer splicer = splicer(part, part.roots().get(document));
                splices.addAll(splicer.splices(edit));
                remarks.addAll(splicer.remarks());
            });
        } catch (RefusedException e) {
            return Optional.empty();
        }
        return isMeant(part, operations, splices) ? Optional.of(new Attempt(splices, remarks)) : Optional.empty();
    }

    private boolean isMeant(Part part, Map<Integer, List<Operation>> operations, List<Splice> splices) {
        List<Splice> within = splices.stream()
                .map(splice -> new Splice(splice.offset() - part.start(), splice.deleted(), splice.inserted()))
                .toList();
        String edited = SplicedText.of(text.chars().substring(part.start(), part.end()))
                .with(within)
                .text();
        Optional<List<ObjectNode>> read = objects(edited);
        if (read.isEmpty() || read.get().size() != part.objects().size()) {
            return false;
        }
        for (int i = 0; i < part.objects().size(); i++) {
            JsonNode meant = CombinedOperations.applyTo(part.objects().get(i), operations.getOrDefault(i, List.of()));
            if (!meant.equals(ManifestText::compare, read.get().get(i))) {
                return false;
            }
        }
        return true;
    }

    /** Numbers are compared by their value, whatever type holds it. */
    private static int compare(JsonNode one, JsonNode other) {
        if (one.isNumber() && other.isNumber()) {
            return one.decimalValue().compareTo(other.decimalValue());
        }
        return one.equals(other) ? 0 : 1;
    }
}
