package dev.bulkhead.engine.policy.document;

import dev.bulkhead.engine.policy.Exemption;
import dev.bulkhead.engine.policy.Exemption.Owner;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Reads the spec of an exemption. */
final class ExemptionReader {
    /**
     * The kinds whose pods can be attributed to them. Kubernetes' own controllers set truthful owner references; other
     * controllers may not, and often own their pods through intermediate objects.
     */
    private static final Set<String> KINDS = WorkloadKinds.ofKubernetes();

    private final StrictReader read;
    private final Instant now;
    private final Duration longest;

    ExemptionReader(StrictReader read, Instant now, Duration longest) {
        this.read = read;
        this.now = now;
        this.longest = longest;
    }

    Exemption read(Field document, String name, Field spec) {
        read.known(spec, "reason", "owner", "expires", "match", "allow");
        Field match = spec.get("match");
        read.known(match, "namespaces", "workloads", "containers");
        Set<String> namespaces = Set.of();
        Set<String> containers = Set.of();
        Set<Owner> workloads = Set.of();
        if (match.node().isObject()) {
            namespaces = read.names(match.get("namespaces"), NameSyntax.NAMESPACE);
            containers = read.names(match.get("containers"), NameSyntax.CONTAINER);
            workloads = workloads(match.get("workloads"));
        }
        if (namespaces.isEmpty()) {
            read.problem(match, "\"namespaces\" is required: an exemption names the namespaces that it is for");
        }
        String namespace = read.text(document.get("metadata").get("namespace")).orElse("");
        return new Exemption(
                namespace.isEmpty() ? name : namespace + "/" + name,
                read.text(spec.get("reason")).orElse(""),
                read.text(spec.get("owner")).orElse(""),
                expiry(spec.get("expires")),
                new Exemption.Match(namespaces, workloads, containers),
                grants(spec.get("allow")));
    }

    private Set<Owner> workloads(Field list) {
        Set<Owner> owners = new LinkedHashSet<>();
        for (Field item : read.items(list)) {
            read.known(item, "kind", "name");
            if (read.isObject(item)) {
                String kind = read.required(item.get("kind"));
                String name = read.required(item.get("name"));
                if (!kind.isEmpty() && !KINDS.contains(kind)) {
                    read.problem(item.get("kind"), objectionToKind(kind));
                }
                if (!name.isEmpty()) {
                    read.checkName(item.get("name"), name, NameSyntax.WORKLOAD);
                }
                owners.add(new Owner(kind, name));
            }
        }
        return owners;
    }

    private static String objectionToKind(String kind) {
        return KINDS.stream()
                .filter(known -> known.equalsIgnoreCase(kind) || (known + "s").equalsIgnoreCase(kind))
                .findFirst()
                .map(known -> "no workload is of kind \"" + kind + "\": it is written " + known)
                .orElseGet(() -> "an exemption cannot be for workloads of kind \"" + kind + "\", only of "
                        + String.join(", ", KINDS) + ": Bulkhead cannot verify which pods belong to other kinds."
                        + " Leave out \"workloads\", and name the containers");
    }

    private Instant expiry(Field field) {
        String text = read.required(field);
        if (text.isEmpty()) {
            return Instant.EPOCH;
        }
        try {
            Instant expires = OffsetDateTime.parse(text).toInstant();
            if (expires.isAfter(now.plus(longest))) {
                read.problem(
                        field,
                        "an exemption expires at most " + longest.toDays() + " days ahead, by " + now.plus(longest));
            }
            return expires;
        } catch (DateTimeParseException e) {
            read.problem(field, "expected a time such as 2027-03-31T00:00:00Z, found \"" + text + "\"");
            return Instant.EPOCH;
        }
    }

    private Map<String, Set<String>> grants(Field list) {
        Map<String, Set<String>> grants = new LinkedHashMap<>();
        for (Field item : read.items(list)) {
            read.known(item, "rule", "values");
            if (!read.isObject(item)) {
                continue;
            }
            String id = read.required(item.get("rule"));
            if (!id.isEmpty()) {
                read.rule(item.get("rule"), id);
            }
            Set<String> values = read.texts(item.get("values"));
            if (values.isEmpty()) {
                read.problem(
                        item.get("values"),
                        "\"values\" is required: the values that are allowed, or \"*\" for all of the rule");
            }
            grants.computeIfAbsent(id, rule -> new LinkedHashSet<>()).addAll(values);
        }
        if (grants.isEmpty()) {
            read.problem(list, "\"allow\" is required: a list of {rule, values}");
        }
        return grants;
    }
}
