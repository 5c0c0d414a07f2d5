package dev.bulkhead.manifest.fix.node;

import java.util.List;
import java.util.Optional;

/**
 * A part of a document and where it stands. Offsets are those of the file's text.
 *
 * <p>Parts are compared by identity: an alias leads to the very part that its anchor names.
 */
public sealed interface Node {
    /** Where it begins, with its anchor and tag. */
    int start();

    /** Where its content ends: behind its last character that is not a line break, comment or blank. */
    int end();

    /** Whether an alias repeats it somewhere else. */
    boolean anchored();

    /** What this is in the text, where it is an alias. */
    default Node target() {
        return this;
    }

    /** How a scalar is written. */
    enum Form {
        PLAIN,
        SINGLE_QUOTED,
        DOUBLE_QUOTED,
        BLOCK
    }

    /** A text, number, truth value or null. */
    record Scalar(int start, int end, boolean anchored, Form form, String value) implements Node {
        public boolean isNull() {
            return form == Form.PLAIN && (value.isEmpty() || value.equals("~") || value.equalsIgnoreCase("null"));
        }
    }

    /** A mapping. */
    record Mapping(int start, int end, boolean anchored, boolean flow, List<Member> members) implements Node {
        /** The member that counts for that name, which may stand in a mapping that is merged into this one. */
        public Optional<Member> find(String name) {
            for (int i = members.size() - 1; i >= 0; i--) {
                Member member = members.get(i);
                Optional<Member> found = member.merge()
                        ? merged(member).stream()
                                .map(mapping -> mapping.find(name))
                                .flatMap(Optional::stream)
                                .findFirst()
                        : Optional.of(member).filter(it -> it.name().equals(name));
                if (found.isPresent()) {
                    return found;
                }
            }
            return Optional.empty();
        }

        /** The mappings that are merged into this one. */
        public List<Mapping> merged() {
            return members.stream()
                    .filter(Member::merge)
                    .flatMap(member -> merged(member).stream())
                    .toList();
        }

        private static List<Mapping> merged(Member member) {
            List<Node> sources = member.value().target() instanceof Sequence list
                    ? list.items()
                    : List.of(member.value().target());
            return sources.stream()
                    .map(Node::target)
                    .filter(Mapping.class::isInstance)
                    .map(Mapping.class::cast)
                    .toList();
        }
    }

    /**
     * A key and its value.
     *
     * @param start of the key, or of the question mark before it
     * @param merge whether this is a merge key
     */
    record Member(int start, Node key, String name, boolean merge, Node value) {
        public int end() {
            return Math.max(key.end(), value.end());
        }
    }

    /** A list; in block style {@code start} is that of the first dash. */
    record Sequence(int start, int end, boolean anchored, boolean flow, List<Node> items) implements Node {}

    /** An alias. */
    record Alias(int start, int end, Node named) implements Node {
        @Override
        public boolean anchored() {
            return true;
        }

        @Override
        public Node target() {
            return named;
        }
    }
}
