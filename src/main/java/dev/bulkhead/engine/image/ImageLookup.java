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

    /** The same, asking the other one where this one knows nothing. */
    default ImageLookup orElse(ImageLookup other) {
        return image -> find(image).or(() -> other.find(image));
    }
}
