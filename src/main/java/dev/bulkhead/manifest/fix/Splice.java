package dev.bulkhead.manifest.fix;

/**
 * One edit of a text: at that offset, so many characters go, and these come in their place.
 *
 * @param offset in the text before any edit, in {@code char}s from 0
 * @param deleted how many {@code char}s go
 */
public record Splice(int offset, int deleted, String inserted) {
    /** Where the text goes on that the splice leaves as it is. */
    public int end() {
        return offset + deleted;
    }
}
