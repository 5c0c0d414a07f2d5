package dev.bulkhead.engine.reach;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/** An exposure as JSON, for programs. The names and their order are public. */
public final class ReachJson {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private ReachJson() {}

    /** The exposure as a tree of its own, with the members {@code reach}, {@code hull} and {@code neighbours}. */
    public static ObjectNode of(Exposure exposure) {
        ObjectNode json = JSON.objectNode();
        json.set("reach", of(exposure.reach()));
        json.set("hull", of(exposure.hull()));
        exposure.neighbours()
                .ifPresentOrElse(
                        neighbours -> json.putObject("neighbours")
                                .put("nodes", neighbours.nodes())
                                .put("workloads", neighbours.workloads())
                                .put("namespaces", neighbours.namespaces())
                                .put("sharesKernel", neighbours.sharesKernel())
                                .put("message", neighbours.message()),
                        () -> json.putNull("neighbours"));
        return json;
    }

    private static ObjectNode of(Reach reach) {
        ObjectNode json = JSON.objectNode();
        escape(json, reach.escape());
        json.put("rightsKnown", reach.rightsKnown());
        ArrayNode items = json.putArray("items");
        for (Reached reached : reach.items()) {
            ObjectNode item = items.addObject()
                    .put("kind", reached.kind().label())
                    .put("severity", reached.severity().label());
            reached.container().ifPresentOrElse(name -> item.put("container", name), () -> item.putNull("container"));
            item.put("path", reached.path()).put("value", reached.value()).put("message", reached.message());
            escape(item, reached.escape());
        }
        return json.put("omitted", reach.omitted());
    }

    private static void escape(ObjectNode json, Optional<Escape> escape) {
        if (escape.isEmpty()) {
            json.putNull("escape");
        } else {
            ObjectNode way =
                    json.putObject("escape").put("to", escape.get().to().label());
            strings(way, "steps", escape.get().steps());
        }
    }

    private static ObjectNode of(Hull hull) {
        ObjectNode json = JSON.objectNode().put("holdsAllDemanded", hull.holdsAllDemanded());
        ArrayNode layers = json.putArray("layers");
        for (Hull.LayerState state : hull.layers()) {
            ObjectNode layer =
                    layers.addObject().put("layer", state.layer().label()).put("holds", state.holds());
            strings(layer, "open", state.open());
            layer.put("demanded", state.demanded());
            strings(layer, "missing", state.missing());
        }
        return json;
    }

    private static void strings(ObjectNode json, String member, List<String> texts) {
        ArrayNode array = json.putArray(member);
        texts.forEach(array::add);
    }
}
