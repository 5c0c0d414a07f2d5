package dev.bulkhead.app.cluster.scan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.bulkhead.engine.policy.DefaultPolicy;
import dev.bulkhead.engine.policy.Mode;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.workload.CustomKind;
import dev.bulkhead.engine.workload.ImmutableCopies;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * How a cluster's webhook is set up, as far as a scan depends on it: by the environment of its Deployment.
 *
 * @param builtIn the built-in policy
 * @param exemptionNamespaces whose exemptions are honoured
 * @param images the name of the ConfigMap that records what was found out about images
 * @param webhookConfiguration the name of both webhook configurations
 * @param excludedNamespaces of whose workloads the API server asks the webhook nothing
 * @param customKinds those that it evaluates besides Kubernetes' own
 */
public record InstalledSettings(
        Policy builtIn,
        DefaultPolicy defaultPolicy,
        Set<String> exemptionNamespaces,
        String images,
        String webhookConfiguration,
        Set<String> excludedNamespaces,
        List<CustomKind> customKinds) {
    private static final String NAME = "bulkhead";

    public InstalledSettings {
        exemptionNamespaces = ImmutableCopies.of(exemptionNamespaces);
        excludedNamespaces = ImmutableCopies.of(excludedNamespaces);
        customKinds = List.copyOf(customKinds);
    }

    /** What an installation with the chart's defaults has. */
    public static InstalledSettings defaults(String namespace) {
        return of(MissingNode.getInstance(), namespace);
    }

    /** The settings in the environment of that Deployment's first container; a value that cannot be read is the default. */
    public static InstalledSettings of(JsonNode deployment, String namespace) {
        Map<String, String> environment = new HashMap<>();
        for (JsonNode variable : deployment.at("/spec/template/spec/containers/0/env")) {
            environment.put(
                    variable.path("name").asText(), variable.path("value").asText());
        }
        Profile profile = Profile.parse(environment.getOrDefault("BULKHEAD_POLICY_PROFILE", ""))
                .orElse(Profile.LEAST_PRIVILEGE);
        Mode mode =
                Mode.named(environment.getOrDefault("BULKHEAD_POLICY_MODE", "")).orElse(Mode.ENFORCE);
        DefaultPolicy defaultPolicy = Stream.of(DefaultPolicy.values())
                .filter(value -> value.toString().equals(environment.get("BULKHEAD_POLICY_DEFAULT_POLICY")))
                .findFirst()
                .orElse(DefaultPolicy.FALLBACK);
        String exemptions = text(environment, "BULKHEAD_EXEMPTIONS_NAMESPACES", namespace);
        return new InstalledSettings(
                Policy.builtIn(profile, mode),
                defaultPolicy,
                new HashSet<>(List.of(exemptions.split(",", -1))),
                text(environment, "BULKHEAD_CLUSTER_IMAGES", NAME + "-images"),
                text(environment, "BULKHEAD_CLUSTER_WEBHOOK_CONFIGURATION", NAME),
                Set.of("kube-system", namespace),
                customKinds(environment.getOrDefault("BULKHEAD_WORKLOADS_KINDS", "")));
    }

    private static String text(Map<String, String> environment, String variable, String otherwise) {
        return Optional.ofNullable(environment.get(variable))
                .filter(text -> !text.isEmpty())
                .orElse(otherwise);
    }

    private static List<CustomKind> customKinds(String declarations) {
        return Stream.of(declarations.split(",", -1))
                .map(String::strip)
                .flatMap(declaration -> CustomKind.parse(declaration).stream())
                .toList();
    }

    /**
     * These kinds, and those that the webhook evaluates besides.
     *
     * @param declared come before what the webhook has for the same kind
     */
    WorkloadKinds kinds(WorkloadKinds declared) {
        WorkloadKinds kinds = declared;
        for (CustomKind kind : customKinds) {
            if (!kinds.contains(kind.group() + "/", kind.kind())) {
                kinds = kinds.with(kind);
            }
        }
        return kinds;
    }

    /** The same with the namespaces that this webhook configuration excludes by name. */
    InstalledSettings withWebhooks(JsonNode configuration) {
        Set<String> excluded = new HashSet<>();
        for (JsonNode expression : configuration.at("/webhooks/0/namespaceSelector/matchExpressions")) {
            if (expression.path("key").asText().equals("kubernetes.io/metadata.name")
                    && expression.path("operator").asText().equals("NotIn")) {
                expression.path("values").forEach(name -> excluded.add(name.asText()));
            }
        }
        return new InstalledSettings(
                builtIn, defaultPolicy, exemptionNamespaces, images, webhookConfiguration, excluded, customKinds);
    }
}
