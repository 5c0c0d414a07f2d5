package dev.bulkhead.engine.image;

import java.util.Optional;

/**
 * Answers what is known of an image, at once: from memory, never from a network. An implementation is safe for use by
 * several threads and never throws.
 */
@FunctionalInterface
public interface ImageLookup {
    /** Knows no image. */
    ImageLookup NONE = image -> Optional.empty();

    /** What is known of that image; empty if nothing is. */
    Optional<ImageKnowledge> find(ImageReference image);

    /** The same, with what only the other one knows, attribute by attribute. */
    default ImageLookup orElse(ImageLookup other) {
        return image -> {
            Optional<ImageKnowledge> first = find(image);
            Optional<ImageKnowledge> second = other.find(image);
            return first.isPresent() && second.isPresent()
                    ? Optional.of(first.get().orElse(second.get()))
                    : first.or(() -> second);
        };
    }
}
