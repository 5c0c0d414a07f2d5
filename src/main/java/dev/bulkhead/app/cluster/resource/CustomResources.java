package dev.bulkhead.app.cluster.resource;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.engine.policy.document.PolicyReader;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;

/** Bulkhead's own kinds at the API server. */
public final class CustomResources {
    private static final String GROUP = "bulkhead.dev";
    private static final String VERSION = "v1alpha1";

    public static final ResourceDefinitionContext POLICIES = new ResourceDefinitionContext.Builder()
            .withGroup(GROUP)
            .withVersion(VERSION)
            .withKind(PolicyReader.POLICY_KIND)
            .withPlural("leastprivilegepolicies")
            .withNamespaced(false)
            .build();

    public static final ResourceDefinitionContext EXEMPTIONS = new ResourceDefinitionContext.Builder()
            .withGroup(GROUP)
            .withVersion(VERSION)
            .withKind(PolicyReader.EXEMPTION_KIND)
            .withPlural("exemptions")
            .withNamespaced(true)
            .build();

    private CustomResources() {}

    /** An object as the API server sent it, whatever it contains. */
    public static JsonNode tree(KubernetesClient client, GenericKubernetesResource object) {
        return client.getKubernetesSerialization().convertValue(object, JsonNode.class);
    }
}
