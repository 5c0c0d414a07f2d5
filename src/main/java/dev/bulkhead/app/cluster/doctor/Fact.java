package dev.bulkhead.app.cluster.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** What came of reading one thing. */
public sealed interface Fact {
    /** The objects; none where there are none. */
    List<JsonNode> objects() throws UnreadableException;

    /** It was read. */
    record Read(List<JsonNode> objects) implements Fact {
        public Read {
            objects = List.copyOf(objects);
        }
    }

    /**
     * It was not read.
     *
     * @param answer of each check that depends on it
     */
    record Unreadable(Answer answer) implements Fact {
        @Override
        public List<JsonNode> objects() throws UnreadableException {
            throw new UnreadableException(answer);
        }
    }

    /** The user may not read it. */
    static Fact forbidden(String right) {
        return new Unreadable(Answer.unknown("you may not " + right, "ask for the right to " + right));
    }

    /** Reading it failed. */
    static Fact failed(String right, String reason) {
        return new Unreadable(Answer.unknown("could not " + right + ": " + reason, "run it again"));
    }
}
