package dev.bulkhead.app.console.page;

import dev.bulkhead.app.console.page.markup.Address;
import dev.bulkhead.app.console.view.ConsoleData;
import dev.bulkhead.app.console.view.Seen;
import dev.bulkhead.engine.preview.OwnerLabels;
import dev.bulkhead.engine.rule.Layer;
import dev.bulkhead.engine.rule.Starts;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Which workloads a list shows. Empty texts are for all.
 *
 * @param layer of which the layer does not hold
 * @param rule of which the rule finds something
 * @param owner to whom it belongs, by the labels that say so
 * @param label of the workload, or of its namespace where the workload has no such label, as {@code key=value} or {@code key}
 * @param breaks only those that may not start with what is filled in
 * @param reach to which a way is open: {@code node} or {@code cluster}
 * @param text in the namespace, kind or name
 */
public record WorkloadFilter(
        String namespace,
        String layer,
        String rule,
        String verdict,
        String owner,
        String label,
        boolean breaks,
        String reach,
        String text) {
    public static final String NAMESPACE = "namespace";
    public static final String LAYER = "layer";
    public static final String RULE = "rule";
    public static final String VERDICT = "verdict";
    public static final String OWNER = "owner";
    public static final String LABEL = "label";

    /** A verdict: all but denied. */
    public static final String ADMITTED = "admitted";

    public static final String BREAKS = "breaks";
    public static final String REACH = "reach";
    public static final String TEXT = "q";

    /** How many a page of the list has. */
    public static final int PAGE = 50;

    public static WorkloadFilter of(PageRequest request) {
        return new WorkloadFilter(
                request.parameter(NAMESPACE).orElse(""),
                request.parameter(LAYER).orElse(""),
                request.parameter(RULE).orElse(""),
                request.parameter(VERDICT).orElse(""),
                request.parameter(OWNER).orElse(""),
                request.parameter(LABEL).orElse(""),
                request.parameter(BREAKS).isPresent(),
                request.parameter(REACH).orElse(""),
                request.parameter(TEXT).orElse("").strip());
    }

    boolean isEmpty() {
        return namespace.isEmpty()
                && layer.isEmpty()
                && rule.isEmpty()
                && verdict.isEmpty()
                && owner.isEmpty()
                && label.isEmpty()
                && !breaks
                && reach.isEmpty()
                && text.isEmpty();
    }

    /** The address of the list that shows these. */
    public Address address() {
        Address address = Address.of("workloads");
        for (Map.Entry<String, String> parameter : List.of(
                Map.entry(TEXT, text),
                Map.entry(NAMESPACE, namespace),
                Map.entry(VERDICT, verdict),
                Map.entry(LAYER, layer),
                Map.entry(RULE, rule),
                Map.entry(OWNER, owner),
                Map.entry(LABEL, label),
                Map.entry(REACH, reach),
                Map.entry(BREAKS, breaks ? "yes" : ""))) {
            if (!parameter.getValue().isEmpty()) {
                address = address.with(parameter.getKey(), parameter.getValue());
            }
        }
        return address;
    }

    /** Those of what a viewer sees, in the same order. */
    public List<Seen.Row> matching(Seen seen, ConsoleData data) {
        return seen.rows().stream()
                .filter(matching(data.ownerLabels(), data.namespaceLabels()))
                .toList();
    }

    /**
     * Whether a workload is one of them.
     *
     * @param owners which labels say to whom a workload belongs
     * @param labels of each namespace
     */
    private Predicate<Seen.Row> matching(OwnerLabels owners, Map<String, Map<String, String>> labels) {
        String lower = text.toLowerCase(Locale.ROOT);
        int equals = label.indexOf('=');
        String key = equals < 0 ? label : label.substring(0, equals);
        String value = equals < 0 ? "" : label.substring(equals + 1);
        return row -> (namespace.isEmpty() || row.id().namespace().equals(namespace))
                && (verdict.isEmpty()
                        || row.verdict().label().equals(verdict)
                        || (verdict.equals(ADMITTED) && !row.isDenied()))
                && (layer.isEmpty() || isOpen(row))
                && (rule.isEmpty() || row.has(rule))
                && (owner.isEmpty() || row.owner(owners, labels).equals(owner))
                && (label.isEmpty()
                        || hasLabel(row, labels.getOrDefault(row.id().namespace(), Map.of()), key, value))
                && (!breaks || mayNotStart(row))
                && (reach.isEmpty() || reaches(row))
                && (text.isEmpty() || contains(row, lower));
    }

    private boolean isOpen(Seen.Row row) {
        return row.hull().open().stream().map(Layer::label).anyMatch(layer::equals);
    }

    private boolean reaches(Seen.Row row) {
        return row.workload().reach().items().stream()
                .flatMap(item -> item.escape().stream())
                .anyMatch(escape -> escape.to().label().equals(reach));
    }

    private static boolean hasLabel(Seen.Row row, Map<String, String> ofNamespace, String key, String value) {
        String found = row.workload().labels().getOrDefault(key, ofNamespace.get(key));
        return found != null && (value.isEmpty() || found.equals(value));
    }

    private static boolean mayNotStart(Seen.Row row) {
        return !row.isDenied() && row.workload().report().starts() != Starts.YES;
    }

    private static boolean contains(Seen.Row row, String lower) {
        return (row.id().namespace() + "/" + row.id().kind() + "/" + row.id().name())
                .toLowerCase(Locale.ROOT)
                .contains(lower);
    }
}
