package dev.bulkhead.app.cluster.watch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.policy.LabelSelector;
import dev.bulkhead.engine.policy.Mode;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.Policy.Match;
import dev.bulkhead.engine.policy.Policy.NamespaceLabels;
import dev.bulkhead.engine.policy.Policy.PolicySettings;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.policy.document.PolicyReader;
import dev.bulkhead.engine.policy.document.PolicyReader.Reading;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What applies for a policy that was never valid: each part that can be read, and the strictest setting for each that
 * cannot. So an invalid key, or one that only a newer version knows, never loosens a policy, and tightens little.
 */
final class CachedPolicySource {
    private static final String MATCH = "match";
    private static final String MODE = "mode";
    private static final String NAMESPACE_LABELS = "namespaceLabels";
    private static final String POD_SECURITY_LABELS = "podSecurityLabels";
    private static final String EXCLUDE_NAMESPACES = "excludeNamespaces";

    private final String name;
    private final JsonNode spec;
    private final Instant now;

    private CachedPolicySource(String name, JsonNode spec, Instant now) {
        this.name = name;
        this.spec = spec;
        this.now = now;
    }

    /**
     * Reads what can be read of a policy.
     *
     * @param fallback the policy for workloads that no other matches, if there is one
     */
    static Policy of(String name, JsonNode spec, Optional<Policy> fallback, Instant now) {
        return new CachedPolicySource(name, spec, now).read(fallback);
    }

    private Policy read(Optional<Policy> fallback) {
        // Without {@code excludeNamespaces}, each name of which is read separately below.
        ObjectNode selecting = object(spec.path(MATCH));
        selecting.remove(EXCLUDE_NAMESPACES);
        boolean selectsAsWritten = isObjectOrAbsent(spec.path(MATCH))
                && policy(part(MATCH, selecting)).isPresent();
        Mode mode = part(MODE).map(Policy::mode).orElse(Mode.ENFORCE);
        if (!selectsAsWritten && fallback.isPresent()) {
            // If it may match more than it was meant for, it replaces the fallback there, so its mode must not be
            // milder.
            Mode others = fallback.get().mode();
            mode = mode.compareTo(others) > 0 ? mode : others;
        }
        Optional<Policy> requirements = selectsAsWritten ? policy(requirements()) : Optional.empty();
        return new Policy(
                name,
                new Match(
                        selector("namespaceSelector").map(Match::namespaces).orElse(LabelSelector.EVERYTHING),
                        selector("workloadSelector").map(Match::workloads).orElse(LabelSelector.EVERYTHING),
                        excluded()),
                requirements.map(Policy::profile).orElseGet(this::strictProfile),
                mode,
                part(NAMESPACE_LABELS).map(Policy::namespaceLabels).orElse(NamespaceLabels.TIGHTEN),
                part(POD_SECURITY_LABELS).map(Policy::podSecurityLabels).orElse(true),
                requirements.map(Policy::rules).orElse(Map.of()),
                requirements.map(Policy::settings).orElse(PolicySettings.NONE));
    }

    /** The strictest profile if it is named; otherwise the strictest one that requires nothing of the cluster. */
    private Profile strictProfile() {
        return part("profile")
                .map(Policy::profile)
                .filter(profile -> profile.kind() == Profile.Kind.SANDBOXED)
                .orElse(Profile.LEAST_PRIVILEGE);
    }

    private Optional<Match> selector(String member) {
        ObjectNode match = JsonNodeFactory.instance.objectNode();
        if (spec.path(MATCH).has(member)) {
            match.set(member, spec.path(MATCH).path(member));
        }
        return policy(part(MATCH, match)).map(Policy::match);
    }

    private Set<String> excluded() {
        Set<String> names = new LinkedHashSet<>();
        JsonNode list = spec.path(MATCH).path(EXCLUDE_NAMESPACES);
        if (list.isArray()) {
            for (JsonNode item : list) {
                ObjectNode match = JsonNodeFactory.instance.objectNode();
                match.putArray(EXCLUDE_NAMESPACES).add(item);
                policy(part(MATCH, match))
                        .ifPresent(of -> names.addAll(of.match().excludedNamespaces()));
            }
        }
        return names;
    }

    /** What the policy requires of workloads, together with all unknown keys, which might change it. */
    private ObjectNode requirements() {
        ObjectNode requirements = object(spec);
        requirements.remove(List.of(MATCH, MODE, NAMESPACE_LABELS, POD_SECURITY_LABELS));
        return requirements;
    }

    /** The policy with only this part; empty if the part cannot be read. */
    private Optional<Policy> part(String member) {
        ObjectNode part = JsonNodeFactory.instance.objectNode();
        if (spec.has(member)) {
            part.set(member, spec.path(member));
        }
        return policy(part);
    }

    private static ObjectNode part(String member, JsonNode value) {
        return JsonNodeFactory.instance.objectNode().set(member, value);
    }

    /** A copy that may be changed, with the same members. */
    private static ObjectNode object(JsonNode node) {
        ObjectNode copy = JsonNodeFactory.instance.objectNode();
        return node instanceof ObjectNode object ? copy.setAll(object) : copy;
    }

    private static boolean isObjectOrAbsent(JsonNode node) {
        return node.isObject() || node.isNull() || node.isMissingNode();
    }

    private Optional<Policy> policy(ObjectNode part) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put("apiVersion", PolicyReader.API_VERSION).put("kind", PolicyReader.POLICY_KIND);
        document.putObject("metadata").put("name", name);
        document.set("spec", part);
        return PolicyReader.read(document, now, Duration.ZERO) instanceof Reading.OfPolicy of
                ? Optional.of(of.policy())
                : Optional.empty();
    }
}
