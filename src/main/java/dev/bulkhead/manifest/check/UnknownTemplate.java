package dev.bulkhead.manifest.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.workload.CustomKind;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.KubernetesKind;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Recognises by its shape an object that makes pods and is of no kind that is evaluated. */
final class UnknownTemplate {
    private static final String SPEC = "spec";

    /**
     * A place still to be looked at.
     *
     * @param listed whether the way to it leads through a list
     */
    private record Place(JsonNode node, String pointer, boolean listed) {}

    private UnknownTemplate() {}

    /** What to say about an object that holds a pod or a pod template, though its kind is not known to hold one. */
    static Optional<Remark> in(ObjectNode object) {
        String apiVersion = object.path("apiVersion").asText();
        String kind = object.path("kind").asText();
        Optional<String> meant = Stream.of(KubernetesKind.values())
                .filter(known -> known.kind().equalsIgnoreCase(kind)
                        && known.groups().contains(groupOf(apiVersion))
                        && !known.kind().equals(kind))
                .map(KubernetesKind::kind)
                .findFirst();
        if (meant.isPresent()) {
            return Optional.of(new Remark(
                    "/kind",
                    "not evaluated: " + apiVersion + " has no kind " + kind + "; did you mean " + meant.get() + "?"));
        }
        return template(object).map(place -> new Remark(place.pointer(), message(apiVersion, kind, place)));
    }

    private static String message(String apiVersion, String kind, Place place) {
        String text = "not evaluated: " + kind + " of " + apiVersion + " holds a pod template, and the kind is unknown";
        String option = groupOf(apiVersion) + "/" + kind + "=" + place.pointer();
        return !place.listed() && CustomKind.parse(option).isPresent()
                ? text + "; evaluate it with --workload-kind " + option
                : text + "; evaluate what its controller makes of it";
    }

    /** The first pod template, as near to the root as there is one. Without recursion: the depth is the author's. */
    private static Optional<Place> template(ObjectNode object) {
        Deque<Place> places = new ArrayDeque<>(List.of(new Place(object, "", false)));
        while (!places.isEmpty()) {
            Place place = places.remove();
            if (holdsContainers(place.node().path(SPEC).path("containers"))) {
                return Optional.of(place);
            }
            if (place.node().isArray()) {
                for (int i = 0; i < place.node().size(); i++) {
                    places.add(new Place(place.node().path(i), place.pointer() + "/" + i, true));
                }
            } else {
                place.node().properties().stream()
                        .filter(member -> member.getValue().isContainerNode())
                        .filter(member ->
                                !place.pointer().isEmpty() || member.getKey().equals(SPEC))
                        .forEach(member -> places.add(new Place(
                                member.getValue(),
                                place.pointer() + "/" + Field.escape(member.getKey()),
                                place.listed())));
            }
        }
        return Optional.empty();
    }

    private static boolean holdsContainers(JsonNode containers) {
        return containers.isArray()
                && !containers.isEmpty()
                && containers.valueStream().allMatch(container -> container.isObject() && container.has("image"));
    }

    private static String groupOf(String apiVersion) {
        int slash = apiVersion.indexOf('/');
        return slash < 0 ? "" : apiVersion.substring(0, slash);
    }
}
