package dev.bulkhead.engine.policy;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds which of many label selectors match. Labels are reduced to what the selectors distinguish, so that a result is
 * cached for all equivalent labels: neither time nor memory grows with the labels that users write.
 */
final class SelectorIndex {
    /** Stands for every value that no selector names; no label can have it. */
    private static final String OTHER = "\0";

    private static final long REMEMBERED_BYTES = 2 << 20;

    /** The size of an empty table, a set of bits, and their indices. */
    private static final int OWN_BYTES = 256;

    /** The size of a table entry whose key and value belong to the selectors. */
    private static final int ENTRY_BYTES = 48;

    private final List<LabelSelector> selectors;

    /** The values that selectors name, by key; each is kept once. */
    private final Map<String, Map<String, String>> named = new HashMap<>();

    private final BoundedCache<Map<String, String>, BitSet> remembered = new BoundedCache<>(
            REMEMBERED_BYTES,
            (labels, matching) -> OWN_BYTES + (long) labels.size() * ENTRY_BYTES + matching.size() / Byte.SIZE);

    SelectorIndex(List<LabelSelector> selectors) {
        this.selectors = List.copyOf(selectors);
        for (LabelSelector selector : selectors) {
            selector.matchLabels().forEach(this::name);
            for (LabelSelector.Expression expression : selector.matchExpressions()) {
                named.computeIfAbsent(expression.key(), key -> new HashMap<>());
                expression.values().forEach(value -> name(expression.key(), value));
            }
        }
    }

    private void name(String key, String value) {
        named.computeIfAbsent(key, all -> new HashMap<>()).put(value, value);
    }

    /** Which selectors match, by index in the list. The caller may change the result. */
    BitSet matching(Map<String, String> labels) {
        BitSet matching = remembered.get(reduced(labels), () -> {
            BitSet found = new BitSet(selectors.size());
            for (int i = 0; i < selectors.size(); i++) {
                found.set(i, selectors.get(i).matches(labels));
            }
            return found;
        });
        return (BitSet) matching.clone();
    }

    private Map<String, String> reduced(Map<String, String> labels) {
        if (named.isEmpty()) {
            return Map.of();
        }
        Map<String, String> reduced = new HashMap<>();
        if (named.size() < labels.size()) {
            named.forEach((key, values) -> {
                String value = labels.get(key);
                if (value != null) {
                    reduced.put(key, values.getOrDefault(value, OTHER));
                }
            });
        } else {
            labels.forEach((key, value) -> {
                Map<String, String> values = named.get(key);
                if (values != null) {
                    reduced.put(key, values.getOrDefault(value, OTHER));
                }
            });
        }
        return reduced;
    }

    /** The size of the cache in bytes. */
    long rememberedBytes() {
        return remembered.bytes();
    }
}
