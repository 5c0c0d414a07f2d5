package dev.bulkhead.manifest.syntax;

import com.fasterxml.jackson.core.JsonPointer;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * The position of a value in its file, and of its children.
 *
 * @param position of the key for the member of a mapping, of the value itself for the item of a list
 */
public record Place(Position position, Map<String, Place> members, List<Place> items) {

    static Place of(Position position) {
        return new Place(position, Map.of(), List.of());
    }

    static Place ofMapping(Position position, Map<String, Place> members) {
        // A view: Map.copyOf probes linearly, which keys chosen to collide turn quadratic.
        return new Place(position, Collections.unmodifiableMap(members), List.of());
    }

    static Place ofSequence(Position position, List<Place> items) {
        return new Place(position, Map.of(), Collections.unmodifiableList(items));
    }

    Place movedTo(Position other) {
        return new Place(other, members, items);
    }

    public Position find(JsonPointer pointer) {
        Place place = this;
        for (JsonPointer rest = pointer; !rest.matches(); rest = rest.tail()) {
            Place child = place.members.get(rest.getMatchingProperty());
            int index = rest.getMatchingIndex();
            if (child == null && index >= 0 && index < place.items.size()) {
                child = place.items.get(index);
            }
            if (child == null) {
                return place.position;
            }
            place = child;
        }
        return place.position;
    }
}
