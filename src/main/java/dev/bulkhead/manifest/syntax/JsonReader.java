package dev.bulkhead.manifest.syntax;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads chunks that hold JSON documents, one after the other. */
final class JsonReader {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            // Jackson's table of names rejects names chosen to collide, with an exception of its own.
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    // Files are bounded already, and depth is counted by TreeBuilder.
                    .maxNestingDepth(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private static final Pattern UNEXPECTED =
            Pattern.compile("Unexpected character \\('(.*)' \\(code \\d+.*\\)\\): (.*)");

    private final Limits limits;

    JsonReader(Limits limits) {
        this.limits = limits;
    }

    /**
     * What was read.
     *
     * @param broken where the text stopped being JSON, if it did
     */
    record Result(List<Outcome> outcomes, Optional<UnreadableException> broken) {}

    /**
     * Reads the JSON documents from that offset on; a mistake in one does not affect the others as long as it is JSON
     * at all. They are in memory together, so the limits of one document hold for all of them.
     */
    Result read(ChunkText text, int start) {
        List<Outcome> outcomes = new ArrayList<>();
        try (JsonParser parser = FACTORY.createParser(text.chars().substring(start))) {
            var documents = new Documents(parser, text.cursor(), start);
            while (parser.nextToken() != null) {
                if (outcomes.size() >= limits.documents() || documents.values > limits.values()) {
                    Position rest = text.position(
                            start + (int) parser.currentTokenLocation().getCharOffset());
                    outcomes.add(new Outcome.Failed(new UnreadableException(
                            rest, "too many JSON documents follow one another; rest not read")));
                    break;
                }
                documents.next().ifPresent(outcomes::add);
            }
            return new Result(List.copyOf(outcomes), Optional.empty());
        } catch (JsonProcessingException e) {
            return new Result(List.copyOf(outcomes), Optional.of(broken(e, text, start)));
        } catch (IOException e) {
            throw new UncheckedIOException("Reading from memory cannot fail", e);
        }
    }

    private static UnreadableException broken(JsonProcessingException e, ChunkText text, int start) {
        if (e instanceof JsonEOFException || e.getLocation() == null) {
            return new UnreadableException(
                    text.position(text.chars().length()), "expected the rest of the JSON document, found its end");
        }
        // Jackson points behind the character that it did not expect.
        int offset = (int) Math.max(0, e.getLocation().getCharOffset() - 1) + start;
        return new UnreadableException(text.position(offset), plain(e.getOriginalMessage()));
    }

    private static String plain(String message) {
        String line = message.lines().findFirst().orElse("this is not JSON");
        if (line.startsWith("Unrecognized token")) {
            // The token may be a credential, and problems are logged.
            return "found text without quotes, expected a JSON value";
        }
        Matcher unexpected = UNEXPECTED.matcher(line);
        return unexpected.matches()
                ? "found '" + unexpected.group(1) + "', "
                        + unexpected
                                .group(2)
                                .replaceFirst("^was expecting", "expected")
                                .replaceFirst(" \\(JSON .*\\)$", "")
                : line;
    }

    private final class Documents {
        private final JsonParser parser;
        private final ChunkText.Cursor cursor;
        private final int start;
        private long values;

        Documents(JsonParser parser, ChunkText.Cursor cursor, int start) {
            this.parser = parser;
            this.cursor = cursor;
            this.start = start;
        }

        /** Reads the document whose first token is the current one; empty if that is null. */
        Optional<Outcome> next() throws IOException {
            TreeBuilder tree = new TreeBuilder(limits);
            try {
                return next(tree);
            } finally {
                values += tree.values();
            }
        }

        private Optional<Outcome> next(TreeBuilder tree) throws IOException {
            try {
                accept(tree, parser.currentToken());
                while (tree.root().isEmpty()) {
                    accept(tree, parser.nextToken());
                }
                return tree.outcome();
            } catch (UnreadableException e) {
                while (!parser.getParsingContext().inRoot()) {
                    parser.nextToken();
                }
                return Optional.of(new Outcome.Failed(e));
            }
        }

        private void accept(TreeBuilder tree, JsonToken token) throws IOException {
            Position position =
                    cursor.at(start + (int) parser.currentTokenLocation().getCharOffset());
            JsonNodeFactory nodes = JsonNodeFactory.instance;
            switch (token) {
                case START_OBJECT -> tree.beginMapping(position);
                case START_ARRAY -> tree.beginSequence(position);
                case END_OBJECT, END_ARRAY -> tree.end();
                case FIELD_NAME -> tree.key(text(parser.currentName(), position), position);
                case VALUE_STRING -> tree.scalar(nodes.textNode(text(parser.getText(), position)), position);
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> tree.scalar(number(), position);
                case VALUE_TRUE, VALUE_FALSE -> tree.scalar(nodes.booleanNode(parser.getBooleanValue()), position);
                case VALUE_NULL -> tree.scalar(nodes.nullNode(), position);
                case NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT -> throw new IllegalStateException("Not from text: " + token);
            }
        }

        private static String text(String text, Position position) {
            Words.checkSurrogates(text, position);
            return text;
        }

        private JsonNode number() throws IOException {
            return switch (parser.getNumberType()) {
                case INT, LONG -> Numbers.node(parser.getLongValue());
                case BIG_INTEGER, FLOAT, DOUBLE, BIG_DECIMAL ->
                    Numbers.node(parser.getDoubleValue())
                            .orElseThrow(() -> new com.fasterxml.jackson.core.exc.InputCoercionException(
                                    parser, "number out of range", parser.currentToken(), Double.class));
            };
        }
    }
}
