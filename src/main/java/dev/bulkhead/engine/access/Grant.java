package dev.bulkhead.engine.access;

/**
 * A role that a service account holds.
 *
 * @param namespace where it counts; empty for the whole cluster
 * @param binding the name of what gives it
 */
public record Grant(String namespace, Role role, String binding) {
    /** Whether it counts in the whole cluster. */
    public boolean everywhere() {
        return namespace.isEmpty();
    }

    /** The role and what gives it, in words. */
    public String label() {
        return (role.namespace().isEmpty() ? "ClusterRole " : "Role ")
                + role.name()
                + (everywhere() ? " by ClusterRoleBinding " : " by RoleBinding ")
                + binding;
    }
}
