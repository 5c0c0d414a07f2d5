package dev.bulkhead.manifest.syntax;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Builds the tree of one document from the events of a parser, without recursion and within limits.
 *
 * <p>Every method throws {@link UnreadableException} where a limit is passed.
 */
final class TreeBuilder {
    private static final int MOST_WARNINGS = 100;

    private final Limits limits;
    private final List<Warning> warnings = new ArrayList<>();
    private final Deque<OpenCollection> open = new ArrayDeque<>();
    private Optional<Value> root = Optional.empty();
    private int values;
    private int aliased;

    TreeBuilder(Limits limits) {
        this.limits = limits;
    }

    /** The document, once every collection has ended. */
    Optional<Value> root() {
        return open.isEmpty() ? root : Optional.empty();
    }

    /** The document with its warnings, once every collection has ended; empty if it holds nothing. */
    Optional<Outcome> outcome() {
        return root().filter(value -> !value.node().isNull()).map(value -> new Outcome.Read(value, warnings));
    }

    /** How many values there are so far. */
    int values() {
        return values;
    }

    void warn(Position position, String message) {
        if (warnings.size() < MOST_WARNINGS) {
            warnings.add(new Warning(position, message));
        } else if (warnings.size() == MOST_WARNINGS) {
            warnings.add(new Warning(position, "further warnings about this document are not listed"));
        }
    }

    boolean expectsKey() {
        return open.peek() instanceof OpenMapping mapping && mapping.expectsKey();
    }

    void beginMapping(Position position) {
        begin(new OpenMapping(position), position);
    }

    void beginSequence(Position position) {
        begin(new OpenCollection.OpenSequence(position), position);
    }

    private void begin(OpenCollection collection, Position position) {
        checkDepth(1, position);
        open.push(collection);
    }

    void key(String name, Position position) {
        innermostMapping()
                .key(name, position)
                .ifPresent(first -> warn(
                        position,
                        "key " + Words.quoted(name) + " is given twice, first on line " + first.line()
                                + "; the last one counts"));
    }

    void mergeKey(Position position) {
        innermostMapping().mergeKey(position);
    }

    private OpenMapping innermostMapping() {
        if (open.peek() instanceof OpenMapping mapping) {
            return mapping;
        }
        throw new IllegalStateException("A key outside a mapping");
    }

    void scalar(JsonNode node, Position position) {
        add(Value.scalar(node, position), position);
    }

    /** Ends the innermost mapping or list, and returns it. */
    Value end() {
        Value ended = open.pop().close();
        add(ended, ended.place().position());
        return ended;
    }

    /** Repeats a value that stands elsewhere in the document. */
    void alias(Value value, Position position) {
        checkDepth(value.height(), position);
        aliased += value.size();
        if (aliased > limits.aliased()) {
            throw new UnreadableException(
                    position, "aliases repeat more than " + limits.aliased() + " values: too much of the document");
        }
        add(value.copiedTo(position), position);
    }

    private void add(Value value, Position position) {
        if (++values > limits.values()) {
            throw new UnreadableException(position, "the document holds more than " + limits.values() + " values");
        }
        if (open.isEmpty()) {
            if (root.isPresent()) {
                throw new UnreadableException(position, "expected the end of the document");
            }
            root = Optional.of(value);
        } else {
            open.element().add(value);
        }
    }

    private void checkDepth(int more, Position position) {
        if (open.size() + more > limits.depth()) {
            throw new UnreadableException(
                    position, "mappings and lists are nested more than " + limits.depth() + " deep");
        }
    }
}
