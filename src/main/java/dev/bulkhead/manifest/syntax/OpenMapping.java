package dev.bulkhead.manifest.syntax;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A mapping whose end has not been read yet: takes a key, then a value, in turn. */
final class OpenMapping extends OpenCollection {
    private static final String MERGE_NEEDS = "the merge key << needs a mapping or a list of mappings, found ";

    private sealed interface Key {
        record Name(String name, Position position) implements Key {}

        record Merge(Position position) implements Key {}
    }

    private final ObjectNode node = JsonNodeFactory.instance.objectNode();
    private final Map<String, Place> places = new HashMap<>();
    private final Set<String> merged = new HashSet<>();
    private Optional<Key> key = Optional.empty();

    OpenMapping(Position start) {
        super(start);
    }

    boolean expectsKey() {
        return key.isEmpty();
    }

    /** Takes a key, and returns where it was written before, if it was; as with kubectl the last one counts. */
    Optional<Position> key(String name, Position position) {
        key = Optional.of(new Key.Name(name, position));
        return merged.remove(name)
                ? Optional.empty()
                : Optional.ofNullable(places.get(name)).map(Place::position);
    }

    void mergeKey(Position position) {
        key = Optional.of(new Key.Merge(position));
    }

    @Override
    void hold(Value value) {
        Key reached = key.orElseThrow();
        key = Optional.empty();
        if (reached instanceof Key.Name name) {
            node.set(name.name(), value.node());
            places.put(name.name(), value.place().movedTo(name.position()));
        } else if (reached instanceof Key.Merge merge) {
            merge(value, merge.position());
        }
    }

    /**
     * Merges as kubectl does, not as YAML specifies: a merge key overrides the keys written before it. A parser in
     * which the written key wins would read {@code privileged: false} where the cluster gets {@code true}.
     */
    private void merge(Value value, Position position) {
        if (value.node() instanceof ObjectNode mapping) {
            mergeMapping(mapping, value.place());
            return;
        }
        if (!value.node().isArray()) {
            throw new UnreadableException(position, MERGE_NEEDS + Words.kind(value.node()));
        }
        List<JsonNode> sources = new ArrayList<>();
        value.node().forEach(sources::add);
        // Backwards, because the first of several sources wins.
        for (int i = sources.size() - 1; i >= 0; i--) {
            Place place = value.place().items().get(i);
            if (!(sources.get(i) instanceof ObjectNode mapping)) {
                throw new UnreadableException(
                        place.position(), MERGE_NEEDS + Words.kind(sources.get(i)) + " in the list");
            }
            mergeMapping(mapping, place);
        }
    }

    private void mergeMapping(ObjectNode mapping, Place place) {
        mapping.properties().forEach(member -> {
            String name = member.getKey();
            node.set(name, member.getValue());
            if (places.put(name, place.members().getOrDefault(name, place)) == null) {
                merged.add(name);
            }
        });
    }

    @Override
    Value finish(Position start, int height, int size) {
        return new Value(node, Place.ofMapping(start, places), height, size);
    }
}
