package dev.bulkhead.engine.access;

import java.util.List;

/**
 * A RoleBinding or ClusterRoleBinding.
 *
 * @param namespace empty for a ClusterRoleBinding
 * @param toClusterRole whether it refers to a ClusterRole
 * @param subjects the users and groups that it names, by {@link #user} and {@link #group}
 */
public record RoleBinding(String namespace, String name, boolean toClusterRole, String role, List<String> subjects) {
    public RoleBinding {
        subjects = List.copyOf(subjects);
    }

    /** The subject that is the user of that name. */
    public static String user(String name) {
        return "user " + name;
    }

    /** The subject that is every user of that group. */
    public static String group(String name) {
        return "group " + name;
    }

    /** The name of the user that a service account is. */
    public static String userName(String namespace, String account) {
        return "system:serviceaccount:" + namespace + ":" + account;
    }

    /** What it takes in memory, roughly. */
    public long bytes() {
        return 160
                + namespace.length()
                + name.length()
                + role.length()
                + subjects.stream().mapToLong(subject -> 56L + subject.length()).sum();
    }
}
