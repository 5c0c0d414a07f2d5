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
    private static final int LONGEST_OPTION = 300;

    /** A place still to be looked at, which knows the way to it by the place above it. */
    private record Place(JsonNode node, Optional<Place> above, String token, boolean listed) {
        Place below(JsonNode inside, String name, boolean inList) {
            return new Place(inside, Optional.of(this), name, listed || inList);
        }

        boolean isRoot() {
            return above.isEmpty();
        }

        String pointer() {
            Deque<String> tokens = new ArrayDeque<>();
            for (Place place = this;
                    place.above().isPresent();
                    place = place.above().get()) {
                tokens.push("/" + Field.escape(place.token()));
            }
            return String.join("", tokens);
        }
    }

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
        return !place.listed()
                        && option.length() <= LONGEST_OPTION
                        && CustomKind.parse(option).isPresent()
                ? text + "; evaluate it with --workload-kind " + option
                : text + "; evaluate what its controller makes of it";
    }

    /** The first pod template, as near to the root as there is one. Without recursion: the depth is the author's. */
    private static Optional<Place> template(ObjectNode object) {
        Deque<Place> places = new ArrayDeque<>(List.of(new Place(object, Optional.empty(), "", false)));
        while (!places.isEmpty()) {
            Place place = places.remove();
            JsonNode node = place.node();
            if (holdsContainers(node.path(SPEC).path("containers"))) {
                return Optional.of(place);
            }
            if (node.isArray()) {
                for (int i = 0; i < node.size(); i++) {
                    if (node.path(i).isContainerNode()) {
                        places.add(place.below(node.path(i), Integer.toString(i), true));
                    }
                }
            } else {
                node.properties().stream()
                        .filter(member -> member.getValue().isContainerNode())
                        .filter(member -> !place.isRoot() || member.getKey().equals(SPEC))
                        .forEach(member -> places.add(place.below(member.getValue(), member.getKey(), false)));
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
