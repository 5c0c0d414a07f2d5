package dev.bulkhead.engine.preview;

import dev.bulkhead.engine.image.ImageReference;
import dev.bulkhead.engine.image.RecordedImage;

/** The name by which containers are recognised as those of one image. */
public final class ImageName {
    private ImageName() {}

    /** The repository with its registry, and the digest or the tag; what is no image's name stays as it is. */
    public static String of(String written) {
        return ImageReference.parse(written).map(RecordedImage::nameOf).orElse(written);
    }
}
