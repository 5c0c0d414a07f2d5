package dev.bulkhead.app.cluster.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import dev.bulkhead.Yaml;
import io.fabric8.kubernetes.api.model.authorization.v1.ResourceAttributes;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The rights that the chart grants, and those that are asked about, in the same words. */
final class ChartRights {
    static final String HOME = "bulkhead-system";

    private ChartRights() {}

    /** The objects of that name with these settings. */
    static List<JsonNode> chart(String name, String... settings) {
        TemplateCommand command = new Helm(Path.of("charts/bulkhead"))
                .template()
                .withName("bulkhead")
                .withNamespace(HOME)
                .withKubeVersion("v1.37.0");
        for (String setting : settings) {
            String[] parts = setting.split("=", 2);
            command.set(parts[0], parts[1]);
        }
        return Stream.of(command.call().split("(?m)^---$", -1))
                .map(Yaml::tree)
                .filter(object -> object.at("/metadata/name").asText().equals(name))
                .toList();
    }

    static Set<String> granted(List<JsonNode> chart) {
        Set<String> granted = new TreeSet<>();
        for (JsonNode role : chart) {
            String kind = role.path("kind").asText();
            if (kind.equals("ClusterRole") || kind.equals("Role")) {
                role.path("rules").forEach(rule -> grant(rule, kind.equals("Role") ? HOME : "", granted));
            }
        }
        return granted;
    }

    private static void grant(JsonNode rule, String namespace, Set<String> granted) {
        if (!rule.has("resourceNames")) {
            ((ObjectNode) rule).putArray("resourceNames").add("");
        }
        for (JsonNode group : rule.path("apiGroups")) {
            for (JsonNode resource : rule.path("resources")) {
                for (JsonNode verb : rule.path("verbs")) {
                    for (JsonNode name : rule.path("resourceNames")) {
                        granted.add(right(verb.asText(), group.asText(), resource.asText(), name.asText(), namespace));
                    }
                }
            }
        }
    }

    /** The Deployment among them. */
    static Optional<JsonNode> deployment(List<JsonNode> chart) {
        return chart.stream()
                .filter(object -> object.path("kind").asText().equals("Deployment"))
                .findFirst();
    }

    static Set<String> asked(List<SubjectAccessReview> reviews) {
        Set<String> asked = new TreeSet<>();
        reviews.forEach(review -> {
            ResourceAttributes of = review.getSpec().getResourceAttributes();
            String subresource = of.getSubresource();
            asked.add(right(
                    of.getVerb(),
                    of.getGroup(),
                    of.getResource() + (subresource.isEmpty() ? "" : "/" + subresource),
                    of.getName(),
                    of.getNamespace()));
        });
        return asked;
    }

    private static String right(String verb, String group, String resource, String name, String namespace) {
        return verb + " " + resource + (group.isEmpty() ? "" : "." + group) + (name.isEmpty() ? "" : " " + name)
                + (namespace.isEmpty() ? "" : " in " + namespace);
    }
}
