package dev.bulkhead.engine.rule;

import java.util.List;
import java.util.Optional;

/**
 * The settings of a policy for rules that have settings.
 *
 * @param scratch the writable paths that come with a read-only root filesystem
 * @param user the user given to pods that name none; empty to leave them
 * @param sandboxClasses the RuntimeClasses that count as a sandbox; the first one that the cluster has is filled in
 */
public record RuleSettings(Scratch scratch, Optional<User> user, List<String> sandboxClasses) {
    public static final RuleSettings DEFAULT =
            new RuleSettings(Scratch.DEFAULT, Optional.empty(), List.of("gvisor", "kata"));

    public RuleSettings {
        sandboxClasses = List.copyOf(sandboxClasses);
    }

    /**
     * The writable scratch volumes that come with a read-only root filesystem.
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

    /** A numeric user: a fixed one, or one per namespace. */
    public sealed interface User {
        /** The user for pods of that namespace. */
        long in(String namespace);

        record Fixed(long id) implements User {
            @Override
            public long in(String namespace) {
                return id;
            }
        }

        /** Maps a namespace to the range, first and last included, always to the same user for the same name. */
        record PerNamespace(long first, long last) implements User {
            @Override
            public long in(String namespace) {
                return first + Integer.toUnsignedLong(namespace.hashCode()) % (last - first + 1);
            }
        }
    }
}
