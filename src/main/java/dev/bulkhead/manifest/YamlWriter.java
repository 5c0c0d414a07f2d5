package dev.bulkhead.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.StreamDataWriter;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Writes objects as YAML for people. Every YAML reader reads the same, whichever version of YAML it knows, and nothing in
 * it is invisible.
 */
public final class YamlWriter {
    /** Texts that are texts in every version of YAML, without quotes. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z/][A-Za-z0-9/]*([-._][A-Za-z0-9/]+)*");

    /** Lines that a block scalar shows as they are; none begins with a space where the block's indentation is read. */
    private static final Pattern BLOCK = Pattern.compile("(?s)[!-~]([ -~\n]*[!-~])?");

    private static final Set<String> WORDS = Set.of("y", "n", "yes", "no", "on", "off", "true", "false", "null");

    private static final DumpSettings SETTINGS = DumpSettings.builder()
            .setUseUnicodeEncoding(false)
            .setSplitLines(false)
            .setIndicatorIndent(0)
            .build();

    private YamlWriter() {}

    /** A JSON object as a document; texts of several lines, or with quotes in them, as block scalars. */
    public static String write(JsonNode object) {
        return write(node(object));
    }

    static String write(Node document) {
        StringWriter text = new StringWriter();
        new Dump(SETTINGS).dumpNode(document, new StreamDataWriter() {
            @Override
            public void write(String part) {
                text.write(part);
            }

            @Override
            public void write(String part, int offset, int length) {
                text.write(part, offset, length);
            }
        });
        return text.toString();
    }

    private static Node node(JsonNode json) {
        if (json.isObject()) {
            List<NodeTuple> entries = new ArrayList<>();
            json.properties()
                    .forEach(member -> entries.add(new NodeTuple(scalar(member.getKey()), node(member.getValue()))));
            return new MappingNode(Tag.MAP, entries, entries.isEmpty() ? FlowStyle.FLOW : FlowStyle.BLOCK);
        }
        if (json.isArray()) {
            List<Node> items = new ArrayList<>();
            boolean scalars = true;
            for (JsonNode item : json) {
                items.add(node(item));
                scalars &= item.isValueNode();
            }
            return new SequenceNode(Tag.SEQ, items, scalars ? FlowStyle.FLOW : FlowStyle.BLOCK);
        }
        if (!json.isTextual()) {
            Tag tag = json.isBoolean()
                    ? Tag.BOOL
                    : json.isNull() ? Tag.NULL : json.isIntegralNumber() ? Tag.INT : Tag.FLOAT;
            return new ScalarNode(tag, json.asText(), ScalarStyle.PLAIN);
        }
        String text = json.textValue();
        boolean block = (text.indexOf('\n') >= 0 || text.indexOf('\'') >= 0 || text.indexOf('"') >= 0)
                && BLOCK.matcher(text).matches()
                && !text.contains(" \n");
        return block ? new ScalarNode(Tag.STR, text, ScalarStyle.LITERAL) : scalar(text);
    }

    static MappingNode map(NodeTuple... entries) {
        return new MappingNode(Tag.MAP, Arrays.asList(entries), FlowStyle.BLOCK);
    }

    static NodeTuple entry(String key, Node value) {
        return new NodeTuple(new ScalarNode(Tag.STR, key, ScalarStyle.PLAIN), value);
    }

    static NodeTuple entry(String key, String value) {
        return entry(key, scalar(value));
    }

    /** The texts, sorted. */
    static SequenceNode list(Collection<String> texts, FlowStyle style) {
        return new SequenceNode(
                Tag.SEQ, texts.stream().sorted().map(YamlWriter::scalar).toList(), style);
    }

    static Node scalar(String text) {
        boolean plain = PLAIN.matcher(text).matches() && !WORDS.contains(text.toLowerCase(Locale.ROOT));
        return new ScalarNode(Tag.STR, text, plain ? ScalarStyle.PLAIN : ScalarStyle.DOUBLE_QUOTED);
    }
}
