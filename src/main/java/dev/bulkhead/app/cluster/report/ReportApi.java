package dev.bulkhead.app.cluster.report;

import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;

/** The APIs for reports that Bulkhead knows, the newer first. Their reports differ in little. */
public enum ReportApi {
    OPENREPORTS("openreports.io", "v1alpha1", "Report", "reports"),
    WGPOLICYK8S("wgpolicyk8s.io", "v1alpha2", "PolicyReport", "policyreports");

    private final String group;
    private final String version;
    private final String kind;
    private final String resource;

    ReportApi(String group, String version, String kind, String resource) {
        this.group = group;
        this.version = version;
        this.kind = kind;
        this.resource = resource;
    }

    /** The API group. */
    public String group() {
        return group;
    }

    String version() {
        return version;
    }

    String apiVersion() {
        return group + "/" + version;
    }

    String kind() {
        return kind;
    }

    /** The plural, as in addresses. */
    public String resource() {
        return resource;
    }

    /** Where the API server lists what it serves of the API, below its address. */
    String path() {
        return "apis/" + apiVersion();
    }

    ResourceDefinitionContext context() {
        return new ResourceDefinitionContext.Builder()
                .withGroup(group)
                .withVersion(version)
                .withKind(kind)
                .withPlural(resource)
                .withNamespaced(true)
                .build();
    }
}
