package dev.bulkhead.app.cluster.scan;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.engine.policy.DefaultPolicy;
import dev.bulkhead.engine.policy.Mode;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.Profile;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * How a cluster's webhook is set up, as far as verdicts depend on it: by the environment of its Deployment.
 *
 * @param builtIn the built-in policy
 * @param exemptionNamespaces whose exemptions are honoured
 */
public record InstalledSettings(Policy builtIn, DefaultPolicy defaultPolicy, Set<String> exemptionNamespaces) {
    /** What an installation with the chart's defaults has. */
    public static InstalledSettings defaults(String namespace) {
        return new InstalledSettings(
                Policy.builtIn(Profile.LEAST_PRIVILEGE), DefaultPolicy.FALLBACK, Set.of(namespace));
    }

    /** The settings in the environment of that Deployment's first container; a value that cannot be read is the default. */
    static InstalledSettings of(JsonNode deployment, String namespace) {
        Map<String, String> environment = new HashMap<>();
        for (JsonNode variable : deployment.at("/spec/template/spec/containers/0/env")) {
            environment.put(
                    variable.path("name").asText(), variable.path("value").asText());
        }
        Profile profile = Optional.ofNullable(environment.get("BULKHEAD_POLICY_PROFILE"))
                .flatMap(Profile::parse)
                .orElse(Profile.LEAST_PRIVILEGE);
        Mode mode = Optional.ofNullable(environment.get("BULKHEAD_POLICY_MODE"))
                .flatMap(Mode::named)
                .orElse(Mode.ENFORCE);
        DefaultPolicy defaultPolicy = Stream.of(DefaultPolicy.values())
                .filter(value -> value.toString().equals(environment.get("BULKHEAD_POLICY_DEFAULT_POLICY")))
                .findFirst()
                .orElse(DefaultPolicy.FALLBACK);
        Set<String> namespaces =
                new HashSet<>(List.of(Optional.ofNullable(environment.get("BULKHEAD_EXEMPTIONS_NAMESPACES"))
                        .filter(text -> !text.isEmpty())
                        .orElse(namespace)
                        .split(",", -1)));
        return new InstalledSettings(Policy.builtIn(profile, mode), defaultPolicy, namespaces);
    }
}
