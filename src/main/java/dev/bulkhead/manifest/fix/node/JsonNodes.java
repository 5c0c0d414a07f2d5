package dev.bulkhead.manifest.fix.node;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Finds the parts of JSON documents that follow one another. */
public final class JsonNodes {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private final FileText text;
    private final int base;
    private final Deque<Open> open = new ArrayDeque<>();
    private final List<Node> roots = new ArrayList<>();

    private record Open(int start, boolean mapping, List<Node> children) {}

    private JsonNodes(FileText text, int base) {
        this.text = text;
        this.base = base;
    }

    /** The roots of the documents in that part of the file; empty if it is no JSON. */
    public static Optional<List<Node>> in(FileText text, int start, int end) {
        JsonNodes nodes = new JsonNodes(text, start);
        try (JsonParser parser = FACTORY.createParser(text.chars().substring(start, end))) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                nodes.accept(parser, token);
            }
            return Optional.of(List.copyOf(nodes.roots));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("Reading from memory cannot fail", e);
        }
    }

    private void accept(JsonParser parser, JsonToken token) throws IOException {
        int offset = base + (int) parser.currentTokenLocation().getCharOffset();
        switch (token) {
            case START_OBJECT -> open.push(new Open(offset, true, new ArrayList<>()));
            case START_ARRAY -> open.push(new Open(offset, false, new ArrayList<>()));
            case END_OBJECT, END_ARRAY -> add(closed(open.pop(), offset + 1));
            case FIELD_NAME, VALUE_STRING ->
                add(new Node.Scalar(
                        offset, endOfText(offset), false, Node.Form.DOUBLE_QUOTED, String.valueOf(parser.getText())));
            default ->
                add(new Node.Scalar(
                        offset, endOfWord(offset), false, Node.Form.PLAIN, String.valueOf(parser.getText())));
        }
    }

    private static Node closed(Open ended, int end) {
        if (!ended.mapping()) {
            return new Node.Sequence(ended.start(), end, false, true, List.copyOf(ended.children()));
        }
        List<Node.Member> members = new ArrayList<>();
        for (int i = 0; i + 1 < ended.children().size(); i += 2) {
            Node key = ended.children().get(i);
            String name = key instanceof Node.Scalar scalar ? scalar.value() : "";
            members.add(new Node.Member(
                    key.start(), key, name, false, ended.children().get(i + 1)));
        }
        return new Node.Mapping(ended.start(), end, false, true, List.copyOf(members));
    }

    private void add(Node node) {
        if (open.isEmpty()) {
            roots.add(node);
        } else {
            open.element().children().add(node);
        }
    }

    private int endOfText(int start) {
        int offset = start + 1;
        while (text.at(offset) != '"') {
            offset += text.at(offset) == '\\' ? 2 : 1;
        }
        return offset + 1;
    }

    private int endOfWord(int start) {
        int offset = start;
        while (offset < text.length() && " \t\r\n,]}".indexOf(text.at(offset)) < 0) {
            offset++;
        }
        return offset;
    }
}
