package dev.bulkhead.manifest.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.engine.text.Suggestions;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Workload;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Finds what stands in a pod and is no field of one. A field that is misspelt has no effect: {@code runAsNonroot: true}
 * runs as root.
 */
final class MisspeltFields {
    private static final int MOST = 20;
    private static final int LONGEST = 64;

    /** The types among which a field may have got to the wrong one. */
    private static final Map<String, String> NEIGHBOURS = neighbours();

    private final PodFieldTypes types = PodFieldTypes.ofKubernetes();
    private final List<Remark> found = new ArrayList<>();

    private MisspeltFields() {}

    private static Map<String, String> neighbours() {
        Map<String, String> named = new LinkedHashMap<>();
        named.put("SecurityContext", "a container's securityContext");
        named.put("PodSecurityContext", "the pod's securityContext");
        named.put("Container", "a container");
        named.put("PodSpec", "the pod's spec");
        return named;
    }

    /** The fields of the workload's pod that Kubernetes does not know, the first twenty. */
    static List<Remark> in(Workload workload) {
        MisspeltFields search = new MisspeltFields();
        search.inspect("ObjectMeta", workload.pod().metadata());
        search.inspect("PodSpec", workload.pod().spec());
        return List.copyOf(search.found);
    }

    private void inspect(String type, Field place) {
        inspect(type, place.node(), place.pointer());
    }

    private void inspect(String holds, JsonNode node, String pointer) {
        if (holds.startsWith("[]")) {
            for (int i = 0; i < node.size() && node.isArray(); i++) {
                inspect(holds.substring(2), node.path(i), pointer + "/" + i);
            }
            return;
        }
        Map<String, String> fields = types.of(holds);
        if (fields.isEmpty() || !node.isObject()) {
            return;
        }
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            if (found.size() >= MOST) {
                return;
            }
            String name = member.getKey();
            String at = pointer + "/" + Field.escape(name);
            String inside = fields.get(name);
            if (inside == null) {
                found.add(
                        new Remark(at, "unknown field \"" + shortened(name) + "\" has no effect" + hint(fields, name)));
            } else {
                inspect(inside, member.getValue(), at);
            }
        }
    }

    private static String shortened(String name) {
        return name.length() <= LONGEST ? name : name.substring(0, LONGEST) + "...";
    }

    private String hint(Map<String, String> fields, String name) {
        if (name.length() > LONGEST) {
            return "";
        }
        for (Map.Entry<String, String> neighbour : NEIGHBOURS.entrySet()) {
            Map<String, String> others = types.of(neighbour.getKey());
            if (others != fields && others.containsKey(name)) {
                return "; it is a field of " + neighbour.getValue();
            }
        }
        return closest(fields, name)
                .map(known -> "; did you mean " + known + "?")
                .orElse("");
    }

    private static Optional<String> closest(Map<String, String> fields, String name) {
        // Sorted, so that the same text always gets the same hint.
        return Suggestions.of(name, List.copyOf(new TreeMap<>(fields).keySet())).stream()
                .findFirst();
    }
}
