package dev.bulkhead.engine.rule;

import dev.bulkhead.engine.image.ImageReference;
import dev.bulkhead.engine.image.ImageSetting;
import dev.bulkhead.engine.image.ImageUser.UserId;
import java.util.List;
import java.util.Optional;

/**
 * The settings of a policy for rules that have any.
 *
 * @param scratch the writable paths added to a read-only root filesystem
 * @param user the user for pods that set none; empty to set none
 * @param sandboxClasses the RuntimeClasses that count as a sandbox; hardening fills in the first one that the cluster
 *     has
 * @param images what the policy says of images; the first entry that matches counts
 * @param unknownUser what is done about images of whose user nothing is known
 */
public record RuleSettings(
        Scratch scratch,
        Optional<User> user,
        List<String> sandboxClasses,
        List<ImageSetting> images,
        UnknownUser unknownUser) {
    public static final RuleSettings DEFAULT =
            new RuleSettings(Scratch.DEFAULT, Optional.empty(), List.of("gvisor", "kata"));

    public RuleSettings {
        sandboxClasses = List.copyOf(sandboxClasses);
        images = List.copyOf(images);
    }

    /** Settings that say nothing of images. */
    public RuleSettings(Scratch scratch, Optional<User> user, List<String> sandboxClasses) {
        this(scratch, user, sandboxClasses, List.of(), UnknownUser.WARN);
    }

    /** What the policy says of that image. */
    public Optional<ImageSetting> imageSetting(ImageReference image) {
        for (ImageSetting setting : images) {
            if (setting.match().matches(image)) {
                return Optional.of(setting);
            }
        }
        return Optional.empty();
    }

    /** What is done about a container under {@code runAsNonRoot} where nothing tells as whom it runs. */
    public enum UnknownUser {
        /** The field is filled in, with a note that the kubelet may refuse to start it. */
        WARN,
        /** It is denied until somebody says as whom it runs. */
        DENY,
        /** The field is filled in without a word. */
        HARDEN
    }

    /**
     * The writable scratch volumes for containers with a read-only root filesystem.
     *
     * @param paths absolute paths
     * @param medium {@code Memory}, or empty for the node's disk
     * @param sizeLimit a Kubernetes quantity
     */
    public record Scratch(List<String> paths, String medium, String sizeLimit) {
        public static final Scratch DEFAULT = new Scratch(List.of("/tmp"), "", "256Mi");

        public Scratch {
            paths = List.copyOf(paths);
        }

        /** Whether it is valid as a mount path: absolute, not the root, without {@code ..}. */
        public static boolean isMountable(String path) {
            return path.startsWith("/")
                    && !path.replace("/", "").isEmpty()
                    && path.indexOf(':') < 0
                    && path.chars().noneMatch(Character::isISOControl)
                    && !List.of(path.split("/")).contains("..");
        }
    }

    /** A numeric user and its groups: fixed ones, or ones for each namespace. */
    public sealed interface User {
        /** The user and the group of its processes, for pods of that namespace. */
        UserId in(String namespace);

        /** The group by which the claims of such pods become writable. */
        long fsGroupIn(String namespace);

        record Fixed(long id, long group, long fsGroup) implements User {
            /** The user whose groups have its own number. */
            public Fixed(long id) {
                this(id, id, id);
            }

            @Override
            public UserId in(String namespace) {
                return new UserId(id, Optional.of(group));
            }

            @Override
            public long fsGroupIn(String namespace) {
                return fsGroup;
            }
        }

        /**
         * Assigns each namespace a user in this range, bounds included; the same name always gets the same user. The groups
         * have the user's number.
         */
        record PerNamespace(long first, long last) implements User {
            @Override
            public UserId in(String namespace) {
                long id = idIn(namespace);
                return new UserId(id, Optional.of(id));
            }

            @Override
            public long fsGroupIn(String namespace) {
                return idIn(namespace);
            }

            private long idIn(String namespace) {
                return first + Integer.toUnsignedLong(namespace.hashCode()) % (last - first + 1);
            }
        }
    }
}
