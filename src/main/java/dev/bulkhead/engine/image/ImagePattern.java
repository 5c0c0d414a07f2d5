package dev.bulkhead.engine.image;

import java.util.List;
import java.util.Optional;

/**
 * Which images are meant: a repository with or without tag or digest, in which {@code *} stands for any characters.
 * Without tag and digest every version of the repository is meant. As in a container, {@code nginx} means {@code
 * docker.io/library/nginx}.
 */
public final class ImagePattern {
    /** Longer than any reference that is in use, and short enough to be compared with every image. */
    public static final int LONGEST = 512;

    private final String text;
    private final List<String> parts;

    private ImagePattern(String text) {
        this.text = text;
        this.parts = List.of(text.split("\\*", -1));
    }

    /** Reads a pattern; empty if no reference can be like it. */
    public static Optional<ImagePattern> parse(String text) {
        if (text.isEmpty() || text.length() > LONGEST || text.contains("**")) {
            return Optional.empty();
        }
        // In place of a wildcard a reference may have anything, so one letter stands for it.
        if (ImageReference.parse(text.replace('*', 'x')).isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new ImagePattern(hasRegistry(text) ? text : ImageReference.withRegistry(text)));
    }

    /** Whether the registry is written, or left open by a wildcard. */
    private static boolean hasRegistry(String text) {
        int star = text.indexOf('*');
        int slash = text.indexOf('/');
        return star == 0
                || (star > 0 && star < slash)
                || (star > 0 && text.startsWith(ImageReference.DEFAULT_REGISTRY));
    }

    /** Whether that image is meant. */
    public boolean matches(ImageReference image) {
        return matches(image.repository())
                || image.tag()
                        .filter(tag -> matches(image.repository() + ":" + tag))
                        .isPresent()
                || (image.digest().isPresent()
                        && (matches(image.toString())
                                || matches(image.repository() + "@"
                                        + image.digest().get())));
    }

    /** The first place for each part is the best one, so that nothing is compared twice. */
    private boolean matches(String whole) {
        String first = parts.get(0);
        String last = parts.get(parts.size() - 1);
        if (parts.size() == 1) {
            return whole.equals(first);
        }
        if (whole.length() < first.length() + last.length() || !whole.startsWith(first) || !whole.endsWith(last)) {
            return false;
        }
        int from = first.length();
        int end = whole.length() - last.length();
        for (String part : parts.subList(1, parts.size() - 1)) {
            int found = whole.indexOf(part, from);
            if (found < 0 || found + part.length() > end) {
                return false;
            }
            from = found + part.length();
        }
        return true;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ImagePattern pattern && pattern.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
