package dev.bulkhead.engine.image;

import java.util.Optional;

/** The user that an image's first process runs as where the pod names none. */
public sealed interface ImageUser {
    /** User 0, or none at all: the kubelet refuses to start it under {@code runAsNonRoot}. */
    record Root() implements ImageUser {}

    /**
     * A number other than 0, which the kubelet accepts under {@code runAsNonRoot}.
     *
     * @param gid the group that the image names with it, which the kubelet ignores; empty if it names none
     */
    record Numeric(long uid, Optional<Long> gid) implements ImageUser {
        /** One without a group. */
        public Numeric(long uid) {
            this(uid, Optional.empty());
        }

        public Numeric {
            if (uid <= 0) {
                throw new IllegalArgumentException("not a user other than root: " + uid);
            }
        }
    }

    /**
     * A name, which the kubelet refuses under {@code runAsNonRoot} because it cannot tell whether it is root.
     *
     * @param id the number that the image gives it, if known
     */
    record Named(String name, Optional<UserId> id) implements ImageUser {}

    /**
     * A number other than 0 that a container of the image was seen to run as. The image may name it by the number or by a
     * name, which the kubelet refuses, so the number has to be set to be sure.
     *
     * @param ofEarlier whether it was a container of an earlier version, of a tag that was moved since
     */
    record Observed(UserId id, boolean ofEarlier) implements ImageUser {
        /** One of the version that runs. */
        public Observed(UserId id) {
            this(id, false);
        }
    }

    /** A container of the image was seen to run as root, although the image is known as one that does not. */
    record Disputed() implements ImageUser {}

    /**
     * The user that a container of the image was seen to run as.
     *
     * @param uid at least 0
     * @param gid empty where the group is not the image's choice
     */
    static ImageUser observed(long uid, Optional<Long> gid) {
        return uid == 0 ? new Root() : new Observed(new UserId(uid, gid));
    }

    /**
     * A user's number and that of its group.
     *
     * @param gid empty where only the user is known
     */
    record UserId(long uid, Optional<Long> gid) {
        public UserId {
            if (uid <= 0) {
                throw new IllegalArgumentException("not a user other than root: " + uid);
            }
        }

        /** As people write it: {@code 101} or {@code 101:101}. */
        @Override
        public String toString() {
            return uid + gid.map(group -> ":" + group).orElse("");
        }
    }
}
