package dev.bulkhead.engine.rule;

import java.util.List;
import java.util.Optional;

/**
 * The settings of a policy for rules that have any.
 *
 * @param scratch the writable paths added to a read-only root filesystem
 * @param user the user for pods that set none; empty to set none
 * @param sandboxClasses the RuntimeClasses that count as a sandbox; hardening fills in the first one that the cluster
 *     has
 */
public record RuleSettings(Scratch scratch, Optional<User> user, List<String> sandboxClasses) {
    public static final RuleSettings DEFAULT =
            new RuleSettings(Scratch.DEFAULT, Optional.empty(), List.of("gvisor", "kata"));

    public RuleSettings {
        sandboxClasses = List.copyOf(sandboxClasses);
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

        /** Assigns each namespace a user in this range, bounds included; the same name always gets the same user. */
        record PerNamespace(long first, long last) implements User {
            @Override
            public long in(String namespace) {
                return first + Integer.toUnsignedLong(namespace.hashCode()) % (last - first + 1);
            }
        }
    }
}
