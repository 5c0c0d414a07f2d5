package dev.bulkhead.app.cli.output.sarif;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.app.admission.Guidance;
import dev.bulkhead.app.cli.output.MarkdownRenderer;
import dev.bulkhead.app.cli.output.RulePage;
import dev.bulkhead.app.cli.output.TerminalStyle;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.RuleInfo;
import dev.bulkhead.engine.rule.Severity;
import dev.bulkhead.engine.rule.Standard;
import dev.bulkhead.engine.rule.check.RuleRegistry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The rules of a SARIF log: those that results refer to, in the order of all rules. */
final class SarifRules {
    private static final TerminalStyle PLAIN = new TerminalStyle(false, 100);
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final Map<String, Integer> indexes = new LinkedHashMap<>();
    private final ArrayNode descriptors = JSON.arrayNode();

    SarifRules(Set<String> used, Guidance guidance) {
        for (Rule rule : RuleRegistry.ALL) {
            if (used.contains(rule.id())) {
                indexes.put(rule.id(), descriptors.size());
                descriptors.add(describe(rule, guidance));
            }
        }
    }

    ArrayNode descriptors() {
        return descriptors;
    }

    /** The index of a rule that is used. */
    int index(String rule) {
        return indexes.getOrDefault(rule, -1);
    }

    private static ObjectNode describe(Rule rule, Guidance guidance) {
        RuleInfo info = rule.info();
        String page = RulePage.of(rule).markdown();
        ObjectNode json = JSON.objectNode().put("id", info.id()).put("name", nameOf(info.title()));
        json.putObject("shortDescription").put("text", info.title());
        json.putObject("fullDescription").put("text", info.summary());
        json.put("helpUri", guidance.page(info));
        json.putObject("help").put("text", MarkdownRenderer.render(page, PLAIN)).put("markdown", page);
        json.putObject("defaultConfiguration").put("level", levelOf(info.severity()));
        ObjectNode properties = json.putObject("properties");
        ArrayNode tags = properties.putArray("tags");
        tagsOf(info).forEach(tags::add);
        properties.put("precision", "very-high").put("security-severity", scoreOf(info.severity()));
        return json;
    }

    /** SARIF wants a name that differs from the id: the title as one word. */
    private static String nameOf(String title) {
        StringBuilder name = new StringBuilder();
        boolean upper = true;
        for (int i = 0; i < title.length(); i++) {
            char c = title.charAt(i);
            if (Character.isLetterOrDigit(c)) {
                name.append(upper ? Character.toUpperCase(c) : c);
                upper = false;
            } else {
                upper = true;
            }
        }
        return name.toString();
    }

    private static String levelOf(Severity severity) {
        return switch (severity) {
            case CRITICAL, HIGH -> "error";
            case MEDIUM -> "warning";
            case LOW -> "note";
        };
    }

    /** In the middle of the ranges that GitHub shows as critical, high, medium and low. */
    private static String scoreOf(Severity severity) {
        return switch (severity) {
            case CRITICAL -> "9.5";
            case HIGH -> "8.0";
            case MEDIUM -> "5.5";
            case LOW -> "2.0";
        };
    }

    private static List<String> tagsOf(RuleInfo info) {
        Set<String> tags = new TreeSet<>(
                List.of("kubernetes", "security", "layer/" + info.layer().label()));
        info.level().ifPresent(level -> tags.add("pod-security/" + level.name().toLowerCase(Locale.ROOT)));
        info.standards().stream()
                .filter(control -> control.standard() == Standard.CWE)
                .forEach(control -> tags.add("external/cwe/cwe-" + control.id()));
        return List.copyOf(tags);
    }
}
