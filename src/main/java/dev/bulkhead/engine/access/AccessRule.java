package dev.bulkhead.engine.access;

import java.util.List;

/**
 * A rule of a Role or ClusterRole. Matches to the letter as the API server does; rules about addresses that are no
 * resources permit nothing here.
 *
 * @param names to which objects it is limited; empty for all
 * @see <a href="https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/rbac/v1/evaluation_helpers.go">VerbMatches,
 *     APIGroupMatches, ResourceMatches, ResourceNameMatches</a>
 */
public record AccessRule(List<String> verbs, List<String> groups, List<String> resources, List<String> names) {
    private static final String ALL = "*";

    public AccessRule {
        verbs = List.copyOf(verbs);
        groups = List.copyOf(groups);
        resources = List.copyOf(resources);
        names = List.copyOf(names);
    }

    /** Whether it permits that. */
    public boolean permits(Access access) {
        return permitsSome(access) && (names.isEmpty() || names.contains(access.name()));
    }

    /** Whether it permits that for at least one object, whatever its name. */
    public boolean permitsSome(Access access) {
        return (verbs.contains(ALL) || verbs.contains(access.verb()))
                && (groups.contains(ALL) || groups.contains(access.group()))
                && hasResource(access.resource());
    }

    private boolean hasResource(String wanted) {
        int slash = wanted.indexOf('/');
        return resources.contains(ALL)
                || resources.contains(wanted)
                || (slash > 0 && resources.contains(ALL + wanted.substring(slash)));
    }

    /** What it takes in memory, roughly. */
    long bytes() {
        long bytes = 64;
        for (List<String> part : List.of(verbs, groups, resources, names)) {
            for (String text : part) {
                bytes += 56 + text.length();
            }
        }
        return bytes;
    }
}
