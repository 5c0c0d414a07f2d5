package dev.bulkhead.manifest.fix.node;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/** Finds the parts of a YAML document that was read before without a problem. */
public final class YamlNodes {
    private static final LoadSettings SETTINGS =
            LoadSettings.builder().setCodePointLimit(Integer.MAX_VALUE).build();
    private static final Set<String> MERGING_TAGS = Set.of("!", "tag:yaml.org,2002:merge");

    private final FileText text;
    private final CodePoints points;
    private final String chars;
    private final int base;
    private final Set<String> used = new HashSet<>();
    private final Map<String, Node> anchors = new HashMap<>();
    private final Deque<Open> open = new ArrayDeque<>();
    private Optional<Node> root = Optional.empty();

    /** A collection whose end has not been reached, with keys and values in turn, or items. */
    private record Open(CollectionStartEvent start, List<Node> children, List<Boolean> merges) {
        boolean isMapping() {
            return start instanceof MappingStartEvent;
        }

        boolean expectsKey() {
            return isMapping() && children.size() % 2 == 0;
        }
    }

    private YamlNodes(FileText text, int start, int end) {
        this.text = text;
        this.base = start;
        this.chars = text.chars().substring(start, end);
        this.points = new CodePoints(chars);
    }

    /** The root of the document in that part of the file; empty if it holds nothing. */
    public static Optional<Node> in(FileText text, int start, int end) {
        YamlNodes nodes = new YamlNodes(text, start, end);
        if (nodes.chars.indexOf('&') >= 0 && nodes.chars.indexOf('*') >= 0) {
            nodes.read(event -> {
                if (event instanceof AliasEvent alias) {
                    nodes.used.add(alias.getAlias().getValue());
                }
            });
        }
        nodes.read(nodes::accept);
        return nodes.root;
    }

    private void read(Consumer<Event> events) {
        ParserImpl parser = new ParserImpl(SETTINGS, new StreamReader(SETTINGS, chars));
        Event event = parser.next();
        while (event.getEventId() != Event.ID.DocumentEnd && event.getEventId() != Event.ID.StreamEnd) {
            events.accept(event);
            event = parser.next();
        }
    }

    /** Whether an alias repeats it. */
    private boolean isRepeated(NodeEvent event) {
        return event.getAnchor()
                .filter(anchor -> used.contains(anchor.getValue()))
                .isPresent();
    }

    private void accept(Event event) {
        if (event instanceof ScalarEvent scalar) {
            boolean merge = !open.isEmpty() && open.element().expectsKey() && isMerge(scalar);
            add(scalar, scalar(scalar), merge);
        } else if (event instanceof CollectionStartEvent start) {
            open.push(new Open(start, new ArrayList<>(), new ArrayList<>()));
        } else if (event instanceof CollectionEndEvent end) {
            Open ended = open.pop();
            add(ended.start(), ended.isMapping() ? mapping(ended, end) : sequence(ended, end), false);
        } else if (event instanceof AliasEvent alias) {
            Node named = anchors.get(alias.getAlias().getValue());
            if (named == null) {
                throw new IllegalStateException("An alias without its anchor was read");
            }
            add(alias, new Node.Alias(start(alias), end(alias), named), false);
        }
    }

    private static boolean isMerge(ScalarEvent event) {
        return event.getValue().equals("<<")
                && event.getTag().map(MERGING_TAGS::contains).orElse(event.isPlain());
    }

    private void add(NodeEvent event, Node node, boolean merge) {
        if (!(event instanceof AliasEvent)) {
            event.getAnchor().ifPresent(anchor -> anchors.put(anchor.getValue(), node));
        }
        if (open.isEmpty()) {
            root = Optional.of(node);
            return;
        }
        Open into = open.element();
        if (into.expectsKey()) {
            into.merges().add(merge);
        }
        into.children().add(node);
    }

    private Node.Scalar scalar(ScalarEvent event) {
        ScalarStyle style = event.getScalarStyle();
        boolean block = style == ScalarStyle.LITERAL || style == ScalarStyle.FOLDED;
        int start = start(event);
        int end = end(event);
        Node.Form form = block
                ? Node.Form.BLOCK
                : switch (style) {
                    case SINGLE_QUOTED -> Node.Form.SINGLE_QUOTED;
                    case DOUBLE_QUOTED -> Node.Form.DOUBLE_QUOTED;
                    default -> Node.Form.PLAIN;
                };
        return new Node.Scalar(
                start, block ? endOfBlock(contentStart(start), end) : end, isRepeated(event), form, event.getValue());
    }

    /** Empty lines behind a block of text belong to it only if its header says so. */
    private int endOfBlock(int header, int end) {
        if (text.chars().substring(header, text.lineEnd(header)).matches("[|>][0-9]?\\+.*")) {
            return end;
        }
        int kept = end;
        while (kept > header && text.startsLine(kept)) {
            int before = text.lineStart(kept - 1);
            if (text.lineEnd(before) > before || before <= header) {
                break;
            }
            kept = before;
        }
        return kept;
    }

    /** Where the content begins behind anchor and tag. */
    private int contentStart(int start) {
        int offset = start;
        while (offset < text.length() && (text.at(offset) == '&' || text.at(offset) == '!')) {
            while (offset < text.length() && " \t\r\n".indexOf(text.at(offset)) < 0) {
                offset++;
            }
            offset = text.skipSpace(offset);
        }
        return offset;
    }

    private Node.Mapping mapping(Open ended, CollectionEndEvent end) {
        List<Node.Member> members = new ArrayList<>();
        int last = end(ended.start());
        for (int i = 0; i + 1 < ended.children().size(); i += 2) {
            Node key = ended.children().get(i);
            Node value = ended.children().get(i + 1);
            String name = key.target() instanceof Node.Scalar scalar ? scalar.value() : "";
            Node.Member member = new Node.Member(
                    keyStart(key.start()), key, name, ended.merges().get(i / 2), value);
            members.add(member);
            last = member.end();
        }
        boolean flow = ended.start().isFlow();
        return new Node.Mapping(
                flow
                        ? end(ended.start()) - 1
                        : members.isEmpty()
                                ? start(ended.start())
                                : members.get(0).start(),
                flow ? end(end) : last,
                isRepeated(ended.start()),
                flow,
                List.copyOf(members));
    }

    /** Where a member begins: its key, or the question mark before it. */
    private int keyStart(int key) {
        int offset = key;
        while (offset > base && (text.at(offset - 1) == ' ')) {
            offset--;
        }
        boolean marked = offset < key && offset > base && text.at(offset - 1) == '?';
        return marked && (offset - 1 == base || " \t\r\n-,{".indexOf(text.at(offset - 2)) >= 0) ? offset - 1 : key;
    }

    private Node.Sequence sequence(Open ended, CollectionEndEvent end) {
        boolean flow = ended.start().isFlow();
        int last = ended.children().isEmpty()
                ? end(ended.start())
                : ended.children().get(ended.children().size() - 1).end();
        return new Node.Sequence(
                flow ? end(ended.start()) - 1 : contentStart(start(ended.start())),
                flow ? end(end) : last,
                isRepeated(ended.start()),
                flow,
                List.copyOf(ended.children()));
    }

    private int start(Event event) {
        return offset(event.getStartMark());
    }

    private int end(Event event) {
        return offset(event.getEndMark());
    }

    private int offset(Optional<Mark> mark) {
        return base + points.offset(mark.orElseThrow().getIndex());
    }
}
