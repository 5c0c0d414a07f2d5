package dev.bulkhead.manifest;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.manifest.syntax.Place;
import dev.bulkhead.manifest.syntax.Position;
import java.util.List;
import java.util.function.Function;

/**
 * One document of a file, as the API server would get it from kubectl, and where in the file each part of it stands.
 *
 * <p>The root is a mapping. Whole numbers are nodes of the narrowest type, as Jackson's own reading makes them.
 */
public final class Document implements ReadResult {
    private final String file;
    private final int index;
    private final ObjectNode root;
    private final Place place;

    Document(String file, int index, ObjectNode root, Place place) {
        this.file = file;
        this.index = index;
        this.root = root;
        this.place = place;
    }

    /** The name of the file as the caller gave it, or as a directory led to it. */
    public String file() {
        return file;
    }

    /** Which document of the file it is, counted from 0. Empty documents do not count, unreadable ones do. */
    public int index() {
        return index;
    }

    /** The content. Whoever edits it changes it for every other holder of this document. */
    public ObjectNode root() {
        return root;
    }

    /** The first line of content, counted from 1. */
    public int line() {
        return place.position().line();
    }

    /**
     * Where a part of the document stands: the key of a member, the first character of an item or of the whole. What came
     * through an alias stands where it was written, behind the anchor.
     *
     * @param pointer a JSON Pointer; where it names nothing, the position is that of the nearest part around it
     * @throws IllegalArgumentException if that is no JSON Pointer
     */
    public Position position(String pointer) {
        return place.find(JsonPointer.compile(pointer));
    }

    /**
     * The Kubernetes objects in the document: the items of a list, of lists in lists too, or the document itself.
     *
     * <p>kubectl takes everything with {@code items} for a list, the API server goes by the kind. An object that only
     * kubectl takes for a list is therefore here both itself and as its items.
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
