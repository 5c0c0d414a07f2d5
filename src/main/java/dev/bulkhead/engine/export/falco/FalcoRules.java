package dev.bulkhead.engine.export.falco;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;

/**
 * A file of rules for Falco, with every macro and list that it uses.
 *
 * @param limits what admission decides and these rules do not watch, or not fully: sentences without their end
 */
public record FalcoRules(List<NamedList> lists, List<Macro> macros, List<FalcoRule> rules, List<String> limits) {
    /** The engine that knows every field and operator used: the one that Falco's own rules of June 2026 require. */
    public static final String ENGINE = "0.57.0";

    /** The plugin that knows containers and pods, which is part of Falco. */
    public static final String CONTAINER_PLUGIN = "0.4.0";

    public FalcoRules {
        lists = List.copyOf(lists);
        macros = List.copyOf(macros);
        rules = List.copyOf(rules);
        limits = List.copyOf(limits);
    }

    /** A list of Falco. */
    public record NamedList(String name, List<String> items) {
        public NamedList {
            items = List.copyOf(items);
        }
    }

    /** A macro of Falco: a condition with a name. */
    public record Macro(String name, String condition) {}

    /** The file, as Falco reads it. */
    public ArrayNode document() {
        ArrayNode document = JsonNodeFactory.instance.arrayNode();
        document.addObject().put("required_engine_version", ENGINE);
        document.addObject()
                .putArray("required_plugin_versions")
                .addObject()
                .put("name", "container")
                .put("version", CONTAINER_PLUGIN);
        for (NamedList list : lists) {
            list.items().forEach(document.addObject().put("list", list.name()).putArray("items")::add);
        }
        macros.forEach(macro -> document.addObject().put("macro", macro.name()).put("condition", macro.condition()));
        rules.forEach(rule -> document.add(rule.json()));
        return document;
    }
}
