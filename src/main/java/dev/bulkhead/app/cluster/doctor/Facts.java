package dev.bulkhead.app.cluster.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.cluster.watch.PolicySnapshot;
import dev.bulkhead.engine.policy.Mode;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.workload.ImmutableCopies;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What was read of a cluster at one moment.
 *
 * @param read what came of each source; what is missing was not tried
 */
public record Facts(Place place, Instant now, Map<Source, Fact> read) {
    private static final String NAME_LABEL = Namespace.NAME_LABEL;

    public Facts {
        read = ImmutableCopies.of(read);
    }

    /** The objects of that source; none where there are none. */
    public List<JsonNode> all(Source source) throws UnreadableException {
        Fact fact = read.get(source);
        if (fact == null) {
            throw new UnreadableException(Answer.unknown("it was not tried", "run it again"));
        }
        return fact.objects();
    }

    /** The first object of that source. */
    public Optional<JsonNode> one(Source source) throws UnreadableException {
        return all(source).stream().findFirst();
    }

    /** The minor version of Kubernetes; empty if the API server names none. */
    public Optional<Integer> minor() throws UnreadableException {
        return one(Source.VERSION)
                .map(found -> found.path("minor").asText().replaceAll("\\D.*$", ""))
                .filter(digits -> digits.matches("[0-9]{1,4}"))
                .map(Integer::parseInt);
    }

    /** What is in force, and the state of each policy and exemption. */
    public PolicySnapshot policies() throws UnreadableException {
        return PolicySnapshot.of(
                all(Source.POLICIES), all(Source.EXEMPTIONS), place.terms(), now, PolicySnapshot.none(place.terms()));
    }

    /** Whether any policy in force denies or changes anything. */
    public boolean enforces() throws UnreadableException {
        return policies().policies().policies().stream().anyMatch(policy -> policy.mode() == Mode.ENFORCE);
    }

    /** The webhook of that name in a configuration. */
    public Optional<JsonNode> webhook(Source configuration, String name) throws UnreadableException {
        for (JsonNode found : all(configuration)) {
            for (JsonNode webhook : found.path("webhooks")) {
                if (webhook.path("name").asText().equals(name)) {
                    return Optional.of(webhook);
                }
            }
        }
        return Optional.empty();
    }

    /** The namespaces that the validating webhook excludes by name. */
    public Set<String> excludedNamespaces() throws UnreadableException {
        Set<String> excluded = new HashSet<>();
        webhook(Source.VALIDATING, Webhooks.VALIDATE).ifPresent(webhook -> {
            for (JsonNode expression : webhook.at("/namespaceSelector/matchExpressions")) {
                if (expression.path("key").asText().equals(NAME_LABEL)
                        && expression.path("operator").asText().equals("NotIn")) {
                    expression.path("values").forEach(value -> excluded.add(value.asText()));
                }
            }
        });
        return excluded;
    }

    /**
     * The namespaces of the cluster that the validating webhook does not exclude by name, without those that are being
     * deleted, in which nothing can be created.
     */
    public List<Namespace> namespaces() throws UnreadableException {
        Set<String> excluded = excludedNamespaces();
        return all(Source.NAMESPACES).stream()
                .filter(namespace -> !namespace.at("/metadata").hasNonNull("deletionTimestamp"))
                .map(Facts::namespace)
                .filter(namespace -> !excluded.contains(namespace.name()))
                .toList();
    }

    private static Namespace namespace(JsonNode object) {
        Map<String, String> labels = new HashMap<>();
        object.at("/metadata/labels")
                .properties()
                .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
        return new Namespace(object.at("/metadata/name").asText(), labels);
    }
}
