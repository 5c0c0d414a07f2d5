package dev.bulkhead.manifest;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.manifest.syntax.Place;
import dev.bulkhead.manifest.syntax.Position;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * One document of a file, as kubectl would send it to the API server, with the position of each of its parts. <p>The
 * root is a mapping. Integers are nodes of the narrowest type, as in Jackson's own trees.
 */
public final class Document implements ReadResult {
    private final String file;
    private final int index;
    private final ObjectNode root;
    private final Place place;
    private final List<ManifestProblem> warnings;
    private final Optional<String> template;

    Document(
            String file,
            int index,
            ObjectNode root,
            Place place,
            List<ManifestProblem> warnings,
            Optional<String> template) {
        this.file = file;
        this.index = index;
        this.root = root;
        this.place = place;
        this.warnings = List.copyOf(warnings);
        this.template = template;
    }

    /** The name of the file, as given by the caller or found in a directory. */
    public String file() {
        return file;
    }

    /** The index of the document in its file, from 0. Empty documents do not count, unreadable ones do. */
    public int index() {
        return index;
    }

    /** The content. It is shared: changes affect every holder of this document. */
    public ObjectNode root() {
        return root;
    }

    /** What kubectl accepts and the author can hardly mean, such as a key that is given twice. */
    public List<ManifestProblem> warnings() {
        return warnings;
    }

    /** What to do with the document where it is no object but says how to make some, as a kustomization.yaml does. */
    public Optional<ManifestProblem> advice() {
        int slash = file.lastIndexOf('/');
        return Renderer.Form.named(file)
                .filter(form -> !root.has("kind") || root.path("kind").asText().equals("Kustomization"))
                .map(form -> ManifestProblem.at(
                        file, place.position(), form.advice(slash < 0 ? "." : file.substring(0, Math.max(1, slash)))));
    }

    /** The template that Helm says it rendered the document from, in the comment above it. */
    public Optional<String> template() {
        return template;
    }

    /** The first line of content, counted from 1. */
    public int line() {
        return place.position().line();
    }

    /**
     * The position of a part of the document: the key of a member, the first character of an item or of the root. A
     * part that came through an alias has the position behind the anchor.
     *
     * @param pointer a JSON Pointer; where it names nothing, the position is that of the nearest part around it
     * @throws IllegalArgumentException if that is no JSON Pointer
     */
    public Position position(String pointer) {
        return place.find(JsonPointer.compile(pointer));
    }

    /**
     * The Kubernetes objects in the document: the items of a list, of nested lists too, or the document itself.
     * <p>kubectl treats every object with {@code items} as a list, the API server goes by the kind. An object that
     * only kubectl treats as a list is therefore returned both itself and as its items.
     */
    public List<ManifestObject> objects() {
        return ManifestObject.in(this);
    }

    @Override
    public <T> T fold(
            Function<? super Document, ? extends T> ifDocument,
            Function<? super ManifestProblem, ? extends T> ifProblem) {
        return ifDocument.apply(this);
    }

    @Override
    public String toString() {
        return "Document[" + file + ":" + line() + ", index " + index + "]";
    }
}
