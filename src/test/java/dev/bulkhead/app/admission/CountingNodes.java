package dev.bulkhead.app.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;

/** A JSON tree that counts how often it is looked at, texts by their length: what reading it costs, without a clock. */
final class CountingNodes {
    /** Characters that are read as fast as one node is found. */
    private static final int CHARACTERS_PER_STEP = 8;

    private long count;

    long count() {
        return count;
    }

    JsonNode copyOf(JsonNode node) {
        if (node.isObject()) {
            ObjectNode copy = new CountingObject();
            for (Map.Entry<String, JsonNode> member : node.properties()) {
                copy.set(member.getKey(), copyOf(member.getValue()));
            }
            return copy;
        }
        if (node.isArray()) {
            ArrayNode copy = new CountingList();
            node.forEach(item -> copy.add(copyOf(item)));
            return copy;
        }
        return node.isTextual() ? new CountingText(node.textValue()) : node;
    }

    @SuppressWarnings("unchecked") // Jackson's own deepCopy
    private final class CountingObject extends ObjectNode {
        private static final long serialVersionUID = 1L;

        CountingObject() {
            super(JsonNodeFactory.instance);
        }

        @Override
        public JsonNode get(String member) {
            count++;
            return super.get(member);
        }

        @Override
        public JsonNode path(String member) {
            count++;
            return super.path(member);
        }

        @Override
        public Set<Map.Entry<String, JsonNode>> properties() {
            count += size();
            return super.properties();
        }

        @Override
        public Iterator<JsonNode> elements() {
            count += size();
            return super.elements();
        }
    }

    @SuppressWarnings("unchecked") // Jackson's own deepCopy
    private final class CountingList extends ArrayNode {
        private static final long serialVersionUID = 1L;

        CountingList() {
            super(JsonNodeFactory.instance);
        }

        @Override
        public JsonNode get(int index) {
            count++;
            return super.get(index);
        }

        @Override
        public Iterator<JsonNode> elements() {
            count += size();
            return super.elements();
        }
    }

    private final class CountingText extends TextNode {
        private static final long serialVersionUID = 1L;

        CountingText(String text) {
            super(text);
        }

        @Override
        public String textValue() {
            String text = super.textValue();
            count += 1 + text.length() / CHARACTERS_PER_STEP;
            return text;
        }
    }
}
