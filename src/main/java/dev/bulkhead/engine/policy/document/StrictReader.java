package dev.bulkhead.engine.policy.document;

import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.RuleSettings;
import dev.bulkhead.engine.rule.check.RuleRegistry;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.MalformedWorkloadException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;

/** Reads fields and collects every problem, so that all are reported at once. */
final class StrictReader {
    /** UIDs and GIDs in a pod, as the API server validates them. */
    private static final long HIGHEST_ID = Integer.MAX_VALUE;

    private final List<DocumentProblem> problems = new ArrayList<>();

    List<DocumentProblem> problems() {
        return List.copyOf(problems);
    }

    void problem(Field field, String message) {
        problems.add(new DocumentProblem(field.pointer(), message));
    }

    /** Reports members of any other name. */
    void known(Field object, String... names) {
        for (Field member : members(object)) {
            if (!Arrays.asList(names).contains(member.name())) {
                problem(member, "unknown key \"" + member.name() + "\", expected one of " + String.join(", ", names));
            }
        }
    }

    List<Field> members(Field object) {
        return reading(object, object::members, List.of());
    }

    List<Field> items(Field list) {
        return reading(list, list::items, List.of());
    }

    Optional<String> text(Field field) {
        if (field.node().isBoolean() || field.node().isNumber()) {
            String found = field.node().asText();
            problem(field, "expected text, found " + found + ": quote it" + otherSpellings(found));
            return Optional.empty();
        }
        return reading(field, field::text, Optional.empty());
    }

    /** A hint for texts that YAML 1.1 reads as booleans. */
    private static String otherSpellings(String found) {
        return switch (found) {
            case "false" -> ", because without quotes YAML also reads off, no and n as false";
            case "true" -> ", because without quotes YAML also reads on, yes and y as true";
            default -> "";
        };
    }

    OptionalLong integer(Field field) {
        return reading(field, field::integer, OptionalLong.empty());
    }

    /** A list of paths at which a volume can be mounted. */
    List<String> mountPaths(Field list) {
        List<String> paths = new ArrayList<>();
        for (Field item : items(list)) {
            text(item).ifPresent(path -> {
                if (!RuleSettings.Scratch.isMountable(path)) {
                    problem(item, "expected an absolute path without \"..\" and \":\", found \"" + path + "\"");
                }
                paths.add(path);
            });
        }
        return paths;
    }

    /** A user or group id other than root's, which is required. */
    Optional<Long> id(Field field) {
        OptionalLong id = integer(field);
        if (id.isEmpty()) {
            if (field.isAbsent()) {
                problem(field, "\"" + field.name() + "\" is required");
            }
            return Optional.empty();
        }
        if (id.getAsLong() < 1 || id.getAsLong() > HIGHEST_ID) {
            problem(field, "expected an id from 1 to " + HIGHEST_ID + ", found " + id.getAsLong());
            return Optional.empty();
        }
        return Optional.of(id.getAsLong());
    }

    /** The boolean value; absent counts as false. */
    boolean flag(Field field) {
        if (!field.isAbsent() && !field.node().isBoolean()) {
            problem(field, "expected true or false");
        }
        return field.node().asBoolean(false);
    }

    /** The text, which must be present and not empty. */
    String required(Field field) {
        Optional<String> text = text(field);
        if (field.isAbsent() || text.filter(String::isEmpty).isPresent()) {
            problem(field, "\"" + field.name() + "\" is required");
        }
        return text.orElse("");
    }

    /** A list of distinct texts, in order. */
    Set<String> texts(Field list) {
        Set<String> texts = new LinkedHashSet<>();
        for (Field item : items(list)) {
            text(item).ifPresent(text -> {
                if (!texts.add(text)) {
                    problem(item, "\"" + text + "\" is listed twice");
                }
            });
        }
        return texts;
    }

    /** A list of distinct names, in order; a name that no object can have is a problem. */
    Set<String> names(Field list, NameSyntax form) {
        Set<String> names = texts(list);
        for (Field item : items(list)) {
            if (item.node().isTextual()) {
                checkName(item, item.textOrEmpty(), form);
            }
        }
        return names;
    }

    /** Reports a name that no object can have. */
    void checkName(Field place, String name, NameSyntax form) {
        if (!form.accepts(name)) {
            problem(place, form.objectionTo(name));
        }
    }

    /** An object whose members are texts. */
    Map<String, String> textMap(Field object) {
        Map<String, String> map = new LinkedHashMap<>();
        for (Field member : members(object)) {
            text(member).ifPresent(text -> map.put(member.name(), text));
        }
        return map;
    }

    /** Whether the field is an object; any other value is a problem. */
    boolean isObject(Field field) {
        if (field.node().isObject()) {
            return true;
        }
        problem(field, "expected an object");
        return false;
    }

    /** The rule of that id; an unknown id is a problem, with the closest known one as a suggestion. */
    Optional<Rule> rule(Field place, String id) {
        Optional<Rule> rule = RuleRegistry.named(id);
        if (rule.isEmpty()) {
            problem(place, "unknown rule \"" + id + "\"" + suggestion(id));
        }
        return rule;
    }

    private static String suggestion(String id) {
        return RuleRegistry.ALL.stream()
                .map(Rule::id)
                .filter(known -> known.equalsIgnoreCase(id)
                        || known.toLowerCase(Locale.ROOT).contains(id.toLowerCase(Locale.ROOT)))
                .findFirst()
                .map(known -> ", did you mean " + known + "?")
                .orElse("; `bulkhead rules` lists them");
    }

    private <T> T reading(Field field, Supplier<T> read, T otherwise) {
        try {
            return read.get();
        } catch (MalformedWorkloadException e) {
            String message = e.getMessage() == null ? "unreadable" : e.getMessage();
            String prefix = e.pointer() + ": ";
            problem(field, message.startsWith(prefix) ? message.substring(prefix.length()) : message);
            return otherwise;
        }
    }
}
