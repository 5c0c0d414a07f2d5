package dev.bulkhead.engine.rule.check;

import dev.bulkhead.engine.image.ImageKnowledge.Fact;
import dev.bulkhead.engine.image.ImageReference;
import dev.bulkhead.engine.image.ImageUser;
import dev.bulkhead.engine.image.ImageUser.UserId;
import java.util.Optional;

/** As whom a container will run. {@link ContainerUsers} finds it out. */
sealed interface ContainerUser {
    /** The container or its pod names that user. */
    record Declared(long uid) implements ContainerUser {}

    /**
     * Nobody names a user, and this one can be filled in.
     *
     * @param fsGroup the group by which the pod's claims become writable to it; empty where the user is the image's own,
     *     so that they are writable or not as before
     * @param ofEarlier what it is known by, if only of an earlier version of the image
     */
    record Given(UserId id, Optional<Long> fsGroup, Optional<Fact<ImageUser>> ofEarlier) implements ContainerUser {
        /** One that is not in doubt. */
        Given(UserId id, Optional<Long> fsGroup) {
            this(id, fsGroup, Optional.empty());
        }
    }

    /** The image names a user by a number other than 0. */
    record OfImage() implements ContainerUser {}

    /**
     * The image runs as root, or as a user that the kubelet cannot tell from root.
     *
     * @param runsAs a user as whom it is known to work
     */
    record Refused(ImageReference image, Fact<ImageUser> user, Optional<Fact<UserId>> runsAs) implements ContainerUser {
        /** Why the kubelet does not start it under {@code runAsNonRoot}. */
        String reason() {
            return user.value() instanceof ImageUser.Named name
                    ? "image " + image + " runs as user \"" + name.name() + "\", whose number is not known"
                    : "image " + image + " runs as root";
        }
    }

    /** Nothing is known of the image. */
    record Unknown() implements ContainerUser {}
}
