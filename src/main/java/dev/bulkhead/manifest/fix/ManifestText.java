package dev.bulkhead.manifest.fix;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.edit.CombinedOperations;
import dev.bulkhead.engine.edit.Operation;
import dev.bulkhead.manifest.fix.Edited.Refusal;
import dev.bulkhead.manifest.fix.node.FileText;
import dev.bulkhead.manifest.fix.node.Node;
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
        return Part.in(text, content).map(parts -> new ManifestText(text, parts));
    }

    /** The characters of the file. */
    public String chars() {
        return text.chars();
    }

    /** The line of an offset, counted from 1. */
    public int line(int offset) {
        return text.line(offset) + 1;
    }

    /** The column of an offset, in Unicode code points, counted from 1. */
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
        Optional<List<ObjectNode>> read = Part.objects(edited);
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
