package dev.bulkhead.manifest.syntax;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.List;

/** A mapping or a list whose end has not been read yet. */
abstract sealed class OpenCollection permits OpenMapping, OpenCollection.OpenSequence {
    private final Position start;
    private int height;
    private int size = 1;

    OpenCollection(Position start) {
        this.start = start;
    }

    final void add(Value value) {
        height = Math.max(height, value.height());
        size += value.size();
        hold(value);
    }

    abstract void hold(Value value);

    abstract Value finish(Position start, int height, int size);

    final Value close() {
        return finish(start, height + 1, size);
    }

    static final class OpenSequence extends OpenCollection {
        private final ArrayNode node = JsonNodeFactory.instance.arrayNode();
        private final List<Place> places = new ArrayList<>();

        OpenSequence(Position start) {
            super(start);
        }

        @Override
        void hold(Value value) {
            node.add(value.node());
            places.add(value.place());
        }

        @Override
        Value finish(Position start, int height, int size) {
            return new Value(node, Place.ofSequence(start, places), height, size);
        }
    }
}
