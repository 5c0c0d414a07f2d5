package dev.bulkhead.engine.export.falco;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A file of rules, loaded as Falco loads it (falcosecurity/falco, userspace/engine/rule_loader_compiler.cpp), and checked
 * against Falco's own tables of fields, operators, events and tags.
 *
 * @param conditions of each rule by its name, with its exceptions
 */
record FalcoFile(Map<String, FalcoCondition> conditions, Map<String, JsonNode> rules) {
    private static final Map<String, String> FIELDS = table("fields.tsv");
    private static final Map<String, String> OPERATORS = table("operators.tsv");
    private static final Map<String, String> EVENTS = table("events.tsv");
    private static final Map<String, String> TAGS = table("tags.tsv");
    private static final Set<String> PRIORITIES =
            Set.of("EMERGENCY", "ALERT", "CRITICAL", "ERROR", "WARNING", "NOTICE", "INFO", "DEBUG");
    private static final Set<String> OWN_TAGS = Set.of("bulkhead", "container", "k8s");
    private static final Set<String> TAKING_ARGUMENTS = Set.of("k8s.pod.label");
    private static final Set<String> NUMBERS = Set.of("INT64", "UINT64", "INT32", "UINT32");
    private static final Pattern OUTPUT_FIELD = Pattern.compile("%([a-z0-9_.]+)");

    private static Map<String, String> table(String name) {
        try {
            return Files.readAllLines(Path.of("src/test/resources/falco", name)).stream()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("\t", -1))
                    .collect(Collectors.toMap(cells -> cells[0], cells -> cells.length > 1 ? cells[1] : ""));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    FalcoCondition condition(String rule) {
        return Objects.requireNonNull(conditions.get(rule), rule);
    }

    JsonNode rule(String rule) {
        return Objects.requireNonNull(rules.get(rule), rule);
    }

    /** Loads it; fails where Falco would, or would warn. */
    static FalcoFile load(JsonNode document) {
        Map<String, List<String>> lists = new LinkedHashMap<>();
        Map<String, FalcoCondition> macros = new LinkedHashMap<>();
        Map<String, FalcoCondition> conditions = new LinkedHashMap<>();
        Map<String, JsonNode> rules = new LinkedHashMap<>();
        StringBuilder used = new StringBuilder();
        assertThat(document.get(0).path("required_engine_version").asText()).matches("[0-9]+\\.[0-9]+\\.[0-9]+");
        assertThat(document.get(1).at("/required_plugin_versions/0/name").asText())
                .isEqualTo("container");
        for (int i = 2; i < document.size(); i++) {
            JsonNode item = document.get(i);
            if (item.has("list")) {
                assertThat(names(item)).containsExactly("list", "items");
                List<String> items = new ArrayList<>();
                item.get("items").forEach(value -> items.add(value.asText()));
                assertThat(lists.put(item.get("list").asText(), items)).isNull();
            } else if (item.has("macro")) {
                assertThat(names(item)).containsExactly("macro", "condition");
                String condition = item.get("condition").asText();
                used.append(condition).append('\n');
                String name = item.get("macro").asText();
                assertThat(macros.put(name, FalcoCondition.parse(resolved(condition, lists), macros)))
                        .as("macro %s twice", name)
                        .isNull();
            } else {
                String name = item.get("rule").asText();
                used.append(item.get("condition").asText()).append('\n');
                assertThat(rules.put(name, item)).as("rule %s twice", name).isNull();
                conditions.put(name, rule(item, lists, macros));
            }
        }
        Set<String> words = new HashSet<>(List.of(used.toString().split("[^a-z0-9_]+", -1)));
        assertThat(words).as("Falco warns of what is not used").containsAll(lists.keySet());
        assertThat(words).as("Falco warns of what is not used").containsAll(macros.keySet());
        return new FalcoFile(conditions, rules);
    }

    private static FalcoCondition rule(
            JsonNode rule, Map<String, List<String>> lists, Map<String, FalcoCondition> macros) {
        String name = rule.get("rule").asText();
        Set<String> known = new LinkedHashSet<>(
                List.of("rule", "desc", "condition", "output", "priority", "tags", "enabled", "exceptions"));
        assertThat(known).as(name).containsAll(names(rule));
        assertThat(rule.get("desc").asText()).as(name).endsWith(".");
        assertThat(PRIORITIES).as(name).contains(rule.get("priority").asText());
        rule.get("tags")
                .forEach(tag -> assertThat(OWN_TAGS.contains(tag.asText()) || TAGS.containsKey(tag.asText()))
                        .as("tag %s", tag)
                        .isTrue());
        Matcher field = OUTPUT_FIELD.matcher(rule.get("output").asText());
        int fields = 0;
        for (; field.find(); fields++) {
            assertThat(FIELDS).as(name).containsKey(field.group(1));
        }
        assertThat(fields).isPositive();
        FalcoCondition condition = FalcoCondition.parse(resolved(withExceptions(rule), lists), macros);
        List<FalcoCondition.Check> checks = new ArrayList<>();
        condition.forEach(checks::add);
        assertThat(checks.get(0).field()).as(name).isEqualTo("evt.type");
        checks.forEach(check -> validate(name, check));
        return condition;
    }

    /** The condition that Falco makes of a rule with exceptions. */
    private static String withExceptions(JsonNode rule) {
        StringBuilder condition = new StringBuilder("(" + rule.get("condition").asText() + ")");
        Set<String> names = new HashSet<>();
        for (JsonNode exception : rule.path("exceptions")) {
            assertThat(names(exception)).containsExactly("name", "fields", "comps", "values");
            assertThat(names.add(exception.get("name").asText())).isTrue();
            int size = exception.get("fields").size();
            assertThat(exception.get("comps")).hasSize(size);
            List<String> rows = new ArrayList<>();
            for (JsonNode row : exception.get("values")) {
                assertThat(row).hasSize(size);
                List<String> cells = new ArrayList<>();
                for (int k = 0; k < size; k++) {
                    JsonNode cell = row.get(k);
                    List<String> values = new ArrayList<>();
                    cell.forEach(value -> values.add(quoted(value.asText())));
                    cells.add(exception.get("fields").get(k).asText() + " "
                            + exception.get("comps").get(k).asText() + " "
                            + (cell.isArray() ? "(" + String.join(", ", values) + ")" : quoted(cell.asText())));
                }
                rows.add("(" + String.join(" and ", cells) + ")");
            }
            condition.append(" and not (").append(String.join(" or ", rows)).append(")");
        }
        return condition.toString();
    }

    /** Falco quotes what has a space, and nothing else. */
    private static String quoted(String value) {
        return value.contains(" ") && !value.startsWith("\"") ? '"' + value + '"' : value;
    }

    /** The text with the lists in it: Falco replaces their names wherever they stand by themselves. */
    private static String resolved(String condition, Map<String, List<String>> lists) {
        String resolved = condition;
        for (Map.Entry<String, List<String>> list : lists.entrySet()) {
            resolved = resolved.replaceAll(
                    "(?<=[\\s(),=])" + list.getKey() + "(?=[\\s(),=])",
                    list.getValue().stream().map(FalcoFile::quoted).collect(Collectors.joining(", ")));
        }
        return resolved;
    }

    private static void validate(String rule, FalcoCondition.Check check) {
        String field = check.field().replaceFirst("\\[.*", "");
        assertThat(FIELDS).as(rule).containsKey(field);
        assertThat(check.field().contains("["))
                .as("%s: argument of %s", rule, field)
                .isEqualTo(TAKING_ARGUMENTS.contains(field));
        assertThat(OPERATORS).as(rule).containsKey(check.operator());
        String type = FIELDS.getOrDefault(field, "");
        check.other().ifPresent(other -> assertThat(FIELDS).as(rule).containsEntry(other, type));
        switch (OPERATORS.getOrDefault(check.operator(), "")) {
            case "text" -> assertThat(type).as("%s: type of %s", rule, field).isEqualTo("CHARBUF");
            case "number" -> assertThat(NUMBERS).as(rule).contains(type);
            default -> assertThat(type).isNotEmpty();
        }
        for (String value : check.values()) {
            if (type.equals("BOOL")) {
                assertThat(value).as(rule).isIn("true", "false");
            } else if (NUMBERS.contains(type)) {
                assertThat(value).as(rule).matches("-?[0-9]+");
            }
            if (field.equals("evt.type")) {
                assertThat(EVENTS).as(rule).containsKey(value);
            }
            if (check.operator().equals("regex")) {
                // POSIX, which knows neither classes with a backslash nor groups with a question mark.
                assertThat(Pattern.compile(value).pattern()).as(rule).doesNotContain("\\", "(?");
            }
        }
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
