package dev.bulkhead.app.cluster.secondlayer;

import dev.bulkhead.engine.export.MutatingPolicy;
import dev.bulkhead.engine.export.ValidatingPolicy;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;

/** The API server's admission policies. */
public enum PolicyKind {
    VALIDATING("ValidatingAdmissionPolicy", "validatingadmissionpolic", ValidatingPolicy.SINCE_MINOR),
    MUTATING("MutatingAdmissionPolicy", "mutatingadmissionpolic", MutatingPolicy.SINCE_MINOR);

    /** The API group of all of them. */
    public static final String GROUP = "admissionregistration.k8s.io";

    static final String VERSION = "v1";

    private final String kind;

    /** Of the resources, without their ends. */
    private final String resource;

    private final int since;

    PolicyKind(String kind, String resource, int since) {
        this.kind = kind;
        this.resource = resource;
        this.since = since;
    }

    private static ResourceDefinitionContext context(String kind, String plural) {
        return new ResourceDefinitionContext.Builder()
                .withGroup(GROUP)
                .withVersion(VERSION)
                .withKind(kind)
                .withPlural(plural)
                .withNamespaced(false)
                .build();
    }

    /** The kind of the policies. */
    public String kind() {
        return kind;
    }

    /** The kind of their bindings. */
    public String bindingKind() {
        return kind + "Binding";
    }

    /** The first minor version of Kubernetes that has them without a feature gate. */
    public int since() {
        return since;
    }

    /** The resource of the policies, in lower case. */
    public String resource() {
        return resource + "ies";
    }

    /** The resource of their bindings. */
    public String bindingResource() {
        return resource + "ybindings";
    }

    ResourceDefinitionContext policies() {
        return context(kind, resource());
    }

    ResourceDefinitionContext bindings() {
        return context(bindingKind(), bindingResource());
    }
}
