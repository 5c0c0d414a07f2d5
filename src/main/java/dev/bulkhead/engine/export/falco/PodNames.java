package dev.bulkhead.engine.export.falco;

import dev.bulkhead.engine.policy.Exemption.Owner;
import dev.bulkhead.engine.workload.KubernetesKind;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The names that controllers give their pods, as regular expressions that match a whole name. */
final class PodNames {
    /** A character of a generated name: no vowels, nothing that looks like another one. */
    private static final String GENERATED = "[bcdfghjklmnpqrstvwxz2456789]";

    private static final String SUFFIX = "-" + GENERATED + "{5}";

    /** Of a longer name Kubernetes may use less than all. */
    private static final int CERTAIN = 46;

    private PodNames() {}

    /** The names of the pods of one of these workloads. */
    static String of(Collection<Owner> owners) {
        List<String> names =
                owners.stream().sorted().map(PodNames::of).distinct().toList();
        return names.size() == 1 ? names.get(0) : "(" + String.join("|", names) + ")";
    }

    /** Whether it is known how pods of that kind are named; otherwise every name counts that begins as the owner's. */
    static boolean isKnown(String kind) {
        return kind(kind).isPresent();
    }

    private static Optional<KubernetesKind> kind(String name) {
        return Stream.of(KubernetesKind.values())
                .filter(kind -> kind.kind().equals(name))
                .findFirst();
    }

    private static String of(Owner owner) {
        String name = quoted(owner.name());
        Optional<KubernetesKind> kind = kind(owner.kind());
        if (kind.isEmpty()) {
            return name + "(-.*)?";
        }
        if (owner.name().length() > CERTAIN
                && kind.get() != KubernetesKind.POD
                && kind.get() != KubernetesKind.STATEFUL_SET) {
            return quoted(owner.name().substring(0, CERTAIN)) + "[a-z0-9.-]*";
        }
        return switch (kind.get()) {
            case POD, POD_TEMPLATE -> name;
            case DEPLOYMENT -> name + "-" + GENERATED + "{1,10}" + SUFFIX;
            case STATEFUL_SET -> name + "-[0-9]+";
            // Pods of an indexed job carry their index as well.
            case JOB -> name + "(-[0-9]+)?" + SUFFIX;
            case CRON_JOB -> name + "-[0-9]+(-[0-9]+)?" + SUFFIX;
            case REPLICATION_CONTROLLER, REPLICA_SET, DAEMON_SET -> name + SUFFIX;
        };
    }

    private static String quoted(String name) {
        return name.replace(".", "[.]");
    }
}
