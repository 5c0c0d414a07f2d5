package dev.bulkhead.app.cluster.scan.access;

import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;

/** The kinds on which the rights of service accounts depend. */
public enum AccessKind {
    ROLE("rbac.authorization.k8s.io", "Role", "roles", true),
    ROLE_BINDING("rbac.authorization.k8s.io", "RoleBinding", "rolebindings", true),
    CLUSTER_ROLE("rbac.authorization.k8s.io", "ClusterRole", "clusterroles", false),
    CLUSTER_ROLE_BINDING("rbac.authorization.k8s.io", "ClusterRoleBinding", "clusterrolebindings", false),
    SERVICE_ACCOUNT("", "ServiceAccount", "serviceaccounts", true);

    private final String group;
    private final String kind;
    private final String resource;
    private final boolean namespaced;

    AccessKind(String group, String kind, String resource, boolean namespaced) {
        this.group = group;
        this.kind = kind;
        this.resource = resource;
        this.namespaced = namespaced;
    }

    /** Its API group; empty for the core group. */
    public String group() {
        return group;
    }

    /** The plural, as in addresses and permissions. */
    public String resource() {
        return resource;
    }

    /** The address of the list of all of them. */
    public String path() {
        return (group.isEmpty() ? "api/v1/" : "apis/" + group + "/v1/") + resource;
    }

    /** For a client that watches them. */
    public ResourceDefinitionContext context() {
        ResourceDefinitionContext.Builder context = new ResourceDefinitionContext.Builder();
        if (!group.isEmpty()) {
            context.withGroup(group);
        }
        return context.withVersion("v1")
                .withKind(kind)
                .withPlural(resource)
                .withNamespaced(namespaced)
                .build();
    }
}
