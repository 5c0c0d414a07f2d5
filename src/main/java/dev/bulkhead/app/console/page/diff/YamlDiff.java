package dev.bulkhead.app.console.page.diff;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The difference of two objects as YAML: what changes, and of the rest only the keys above it and the names of list
 * items, so that a person finds the place in her own manifest. What a variable of a container holds is not in it.
 */
public final class YamlDiff {
    private static final String HIDDEN = "…";

    private final List<Line> lines = new ArrayList<>();

    /** Whether what stays is shown, too, and nothing hidden. */
    private final boolean whole;

    /** What becomes of a line, and how diffs and the style say it. */
    enum Change {
        SAME(" "),
        ADDED("+"),
        REMOVED("-");

        private final String sign;

        Change(String sign) {
            this.sign = sign;
        }

        String sign() {
            return sign;
        }
    }

    /**
     * A line.
     *
     * @param sign plus, minus or a blank
     * @param kind the class of the style
     */
    public record Line(String sign, String kind, String text) {
        static Line of(Change change, int indent, String text) {
            return new Line(change.sign(), change.name().toLowerCase(Locale.ROOT), " ".repeat(indent) + text);
        }
    }

    private YamlDiff(boolean whole) {
        this.whole = whole;
    }

    /** The lines; none if both are equal. */
    public static List<Line> of(JsonNode before, JsonNode after) {
        YamlDiff diff = new YamlDiff(false);
        diff.members(before, after, 0, List.of());
        return List.copyOf(diff.lines);
    }

    /** All of the second object, with what changes between its lines. Nothing is hidden. */
    public static List<Line> whole(JsonNode before, JsonNode after) {
        YamlDiff diff = new YamlDiff(true);
        diff.members(before, after, 0, List.of());
        return List.copyOf(diff.lines);
    }

    private void members(JsonNode before, JsonNode after, int indent, List<String> path) {
        Set<String> names = new LinkedHashSet<>();
        before.fieldNames().forEachRemaining(names::add);
        after.fieldNames().forEachRemaining(names::add);
        for (String name : names) {
            member(name, before.path(name), after.path(name), indent, below(path, name));
        }
    }

    private void member(String name, JsonNode before, JsonNode after, int indent, List<String> path) {
        if (before.equals(after)) {
            if (whole) {
                entry(Change.SAME, name, before, indent, path);
            }
            return;
        }
        boolean deeper = (before.isObject() && after.isObject()) || (before.isArray() && after.isArray());
        if (deeper) {
            lines.add(Line.of(Change.SAME, indent, YamlText.scalar(name) + ":"));
            if (before.isObject()) {
                members(before, after, indent + 2, path);
            } else {
                items(before, after, indent, path);
            }
            return;
        }
        if (!before.isMissingNode()) {
            entry(Change.REMOVED, name, before, indent, path);
        }
        if (!after.isMissingNode()) {
            entry(Change.ADDED, name, after, indent, path);
        }
    }

    /** Items are the same if they have the same name; those without are if they are equal. */
    private void items(JsonNode before, JsonNode after, int indent, List<String> path) {
        Map<Key, JsonNode> old = keyed(before);
        Map<Key, JsonNode> now = keyed(after);
        old.forEach((key, item) -> {
            JsonNode other = now.get(key);
            if (other == null) {
                item(Change.REMOVED, item, indent, path);
            } else if (other.equals(item)) {
                if (whole) {
                    item(Change.SAME, item, indent, path);
                }
            } else {
                lines.add(Line.of(
                        Change.SAME,
                        indent,
                        "- name: " + YamlText.scalar(item.path("name").asText())));
                members(without(item), without(other), indent + 2, path);
            }
        });
        now.forEach((key, item) -> {
            if (!old.containsKey(key)) {
                item(Change.ADDED, item, indent, path);
            }
        });
    }

    /**
     * What an item is found by. Comparable, so that hash tables stay fast when users choose names with equal hash codes.
     *
     * @param number of those with the same text
     */
    private record Key(String text, int number) implements Comparable<Key> {
        private static final Comparator<Key> ORDER =
                Comparator.comparing(Key::text).thenComparing(Key::number);

        @Override
        public int compareTo(Key other) {
            return ORDER.compare(this, other);
        }
    }

    private static Map<Key, JsonNode> keyed(JsonNode list) {
        Map<Key, JsonNode> keyed = new LinkedHashMap<>();
        Map<String, Integer> numbers = new TreeMap<>();
        for (JsonNode item : list) {
            JsonNode name = item.path("name");
            String text = name.isTextual() ? "n" + name.asText() : "v" + item;
            keyed.put(new Key(text, numbers.merge(text, 1, Integer::sum)), item);
        }
        return keyed;
    }

    private void entry(Change change, String name, JsonNode value, int indent, List<String> path) {
        String key = YamlText.scalar(name) + ":";
        if (value.isContainerNode() && !value.isEmpty()) {
            lines.add(Line.of(change, indent, key));
            block(change, value, value.isArray() ? indent : indent + 2, path);
        } else {
            lines.add(Line.of(change, indent, key + " " + (isHidden(path) ? HIDDEN : YamlText.scalar(value))));
        }
    }

    private void block(Change change, JsonNode value, int indent, List<String> path) {
        if (value.isArray()) {
            value.forEach(item -> item(change, item, indent, path));
        } else {
            value.properties()
                    .forEach(member ->
                            entry(change, member.getKey(), member.getValue(), indent, below(path, member.getKey())));
        }
    }

    private void item(Change change, JsonNode item, int indent, List<String> path) {
        if (!item.isContainerNode() || item.isEmpty()) {
            lines.add(Line.of(change, indent, "- " + (isHidden(path) ? HIDDEN : YamlText.scalar(item))));
            return;
        }
        int first = lines.size();
        block(change, item, indent + 2, path);
        Line line = lines.get(first);
        lines.set(
                first,
                new Line(
                        line.sign(),
                        line.kind(),
                        " ".repeat(indent) + "- " + line.text().substring(indent + 2)));
    }

    private static List<String> below(List<String> path, String name) {
        List<String> longer = new ArrayList<>(path);
        longer.add(name);
        return longer;
    }

    private static JsonNode without(JsonNode item) {
        ObjectNode rest = item.deepCopy();
        rest.remove("name");
        return rest;
    }

    /** Values of variables and arguments may be secrets. */
    private boolean isHidden(List<String> path) {
        if (whole) {
            return false;
        }
        String last = path.get(path.size() - 1);
        String above = path.size() < 2 ? "" : path.get(path.size() - 2);
        return (last.equals("value") && above.equals("env")) || last.equals("args") || last.equals("command");
    }
}
