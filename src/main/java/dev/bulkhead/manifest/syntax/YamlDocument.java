package dev.bulkhead.manifest.syntax;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;

/** Turns the events of one YAML document into its tree. */
final class YamlDocument {
    private static final Set<String> MERGING_TAGS = Set.of("!", "tag:yaml.org,2002:merge");
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_-]+");

    private static final String IGNORED = "the document ends here, and kubectl ignores what follows: check the"
            + " indentation, or begin another document with ---";

    private final TreeBuilder tree;
    private final FlowAmbiguity ambiguity;
    private final TabIndentation tabs;
    private final int firstLine;

    /** Where the text ends, in code points, if its last line has no line end; else beyond everything. */
    private final int openEnd;

    private final Map<String, Anchored> anchors = new HashMap<>();
    private final Deque<Open> open = new ArrayDeque<>();

    /** What an anchor names: a scalar, or a mapping or list, which is only there once it has ended. */
    private static final class Anchored {
        private Optional<YamlScalar> scalar = Optional.empty();
        private Optional<Value> collection = Optional.empty();
    }

    private record Open(Optional<Anchored> anchored, boolean flow) {}

    YamlDocument(Limits limits, ChunkText text) {
        this.tree = new TreeBuilder(limits);
        this.ambiguity = new FlowAmbiguity(text.chars());
        this.tabs = new TabIndentation(text);
        this.firstLine = text.firstLine();
        String chars = text.chars();
        this.openEnd = chars.endsWith("\n") || chars.endsWith("\r")
                ? Integer.MAX_VALUE
                : chars.codePointCount(0, chars.length());
    }

    Optional<Outcome> outcome() {
        return tree.outcome();
    }

    /** @param start where there is more text behind the end of the document */
    void hasMore(Position start) {
        tree.warn(start, IGNORED);
    }

    /** @throws UnreadableException if kubectl would refuse the document for this, or the reader has to */
    void accept(Event event) {
        Position position = event.getStartMark()
                .map(mark -> SyntaxProblem.position(mark, firstLine))
                .orElseThrow();
        if (event instanceof NodeEvent && (open.isEmpty() || !open.element().flow())) {
            tabs.check(position);
        }
        if (event instanceof ScalarEvent scalar) {
            scalar(scalar, position);
        } else if (event instanceof CollectionStartEvent start) {
            begin(start, position);
        } else if (event instanceof CollectionEndEvent) {
            Value ended = tree.end();
            open.pop().anchored().ifPresent(anchored -> anchored.collection = Optional.of(ended));
        } else if (event instanceof AliasEvent alias) {
            alias(alias, position);
        }
    }

    private void begin(CollectionStartEvent start, Position position) {
        boolean mapping = start instanceof MappingStartEvent;
        if (tree.expectsKey()) {
            throw noKey(mapping ? "a mapping" : "a list", position);
        }
        Tag fitting = mapping ? Tag.MAP : Tag.SEQ;
        if (start.getTag().flatMap(Tag::named).filter(tag -> tag != fitting).isPresent()) {
            throw misfit(start.getTag().get(), mapping ? "a mapping" : "a list", position);
        }
        open.push(new Open(anchor(start, position), start.isFlow()));
        if (mapping) {
            tree.beginMapping(position);
        } else {
            tree.beginSequence(position);
        }
    }

    private Optional<Anchored> anchor(NodeEvent event, Position position) {
        return event.getAnchor().map(anchor -> {
            Anchored anchored = new Anchored();
            anchors.put(name(anchor, position), anchored);
            return anchored;
        });
    }

    /** To kubectl a name ends where this scanner reads on: {@code &x:y z} is an anchor and text, or a longer anchor. */
    private static String name(Anchor anchor, Position position) {
        if (!NAME.matcher(anchor.getValue()).matches()) {
            throw new UnreadableException(
                    position,
                    "expected letters, digits, '-' and '_' as the name of an anchor; quote the text if it is none");
        }
        return anchor.getValue();
    }

    private void scalar(ScalarEvent event, Position position) {
        checkSurrogates(event, position);
        if (!open.isEmpty() && open.element().flow()) {
            ambiguity.check(event, position);
        }
        if (tree.expectsKey() && isMerge(event)) {
            anchor(event, position)
                    .ifPresent(anchored -> anchored.scalar = Optional.of(new YamlScalar.Text(event.getValue())));
            tree.mergeKey(position);
            return;
        }
        YamlScalar scalar = resolve(event, position);
        anchor(event, position).ifPresent(anchored -> anchored.scalar = Optional.of(scalar));
        if (tree.expectsKey()) {
            key(scalar, position);
        } else {
            tree.scalar(node(scalar, position), position);
        }
    }

    /** What merges for kubectl: also a quoted text, if a tag makes it a merge key or has nothing resolved. */
    private static boolean isMerge(ScalarEvent event) {
        return event.getValue().equals("<<")
                && event.getTag().map(MERGING_TAGS::contains).orElse(event.isPlain());
    }

    private void key(YamlScalar scalar, Position position) {
        tree.key(scalar.key().orElseThrow(() -> noKey("nothing", position)), position);
    }

    private static JsonNode node(YamlScalar scalar, Position position) {
        return scalar.node()
                .orElseThrow(() -> new UnreadableException(
                        position, "expected a number that JSON can hold; quote it if it is text"));
    }

    private YamlScalar resolve(ScalarEvent event, Position position) {
        String text = text(event);
        if (event.getTag().isEmpty()) {
            return event.isPlain() ? ScalarResolver.resolve(text) : new YamlScalar.Text(text);
        }
        String name = event.getTag().get();
        // What stands behind a tag that is unknown is text, as to kubectl.
        return Tag.named(name).orElse(Tag.STR).apply(text).orElseThrow(() -> misfit(name, "this text", position));
    }

    /** To kubectl a block of text ends as its last line does, also where that has no line end. */
    private String text(ScalarEvent event) {
        String text = event.getValue();
        boolean block = event.getScalarStyle() == ScalarStyle.LITERAL || event.getScalarStyle() == ScalarStyle.FOLDED;
        boolean open =
                event.getEndMark().map(mark -> mark.getIndex() >= openEnd).orElse(false);
        return block && open && text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    }

    private void alias(AliasEvent event, Position position) {
        String name = name(event.getAlias(), position);
        Anchored anchored = anchors.get(name);
        if (anchored == null) {
            throw new UnreadableException(position, "alias has no anchor before it; quote the text if it is none");
        }
        if (tree.expectsKey()) {
            key(anchored.scalar.orElseThrow(() -> noKey("an alias of a mapping or list", position)), position);
            return;
        }
        Value value = anchored.scalar
                .map(scalar -> Value.scalar(node(scalar, position), position))
                .or(() -> anchored.collection)
                .orElseThrow(() -> new UnreadableException(position, "alias stands inside what it names"));
        tree.alias(value, position);
    }

    /** Half a surrogate pair, written as an escape, would reach the API server as some other character. */
    private static void checkSurrogates(ScalarEvent event, Position position) {
        if (event.getScalarStyle() == ScalarStyle.DOUBLE_QUOTED) {
            Words.checkSurrogates(event.getValue(), position);
        }
    }

    private static UnreadableException noKey(String found, Position position) {
        return new UnreadableException(position, "expected text as the key, found " + found);
    }

    private static UnreadableException misfit(String tag, String found, Position position) {
        return new UnreadableException(position, Tag.shown(tag) + " does not suit " + found);
    }
}
