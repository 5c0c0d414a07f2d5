package dev.bulkhead.manifest.fix;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.bulkhead.manifest.fix.style.Scalars;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Writes objects as people do: block and flow style, comments, anchors, merge keys, blocks of text, in every mixture. */
final class RandomYaml {
    private final Random random;
    private final int step;
    private final int dash;
    private final boolean comments;
    private final boolean anchors;
    private final StringBuilder out = new StringBuilder();
    private final Map<String, String> named = new HashMap<>();
    private final Map<String, ObjectNode> mappings = new LinkedHashMap<>();
    private int notes;
    private boolean behindBlock;

    RandomYaml(Random random, boolean anchors) {
        this.random = random;
        this.step = List.of(2, 2, 2, 4, 3, 1).get(random.nextInt(6));
        this.dash = random.nextBoolean() ? 0 : step;
        this.comments = random.nextInt(4) > 0;
        this.anchors = anchors;
    }

    /** The documents as one file. */
    static String file(Random random, List<ObjectNode> documents, boolean anchors) {
        StringBuilder file = new StringBuilder(random.nextInt(8) == 0 ? "\uFEFF" : "");
        for (int i = 0; i < documents.size(); i++) {
            if (i > 0 || random.nextBoolean()) {
                file.append(i > 0 && random.nextInt(4) == 0 ? "...\n" : "")
                        .append("---")
                        .append(random.nextInt(5) == 0 ? " # next\n" : "\n");
            }
            if (random.nextInt(4) == 0) {
                file.append("# about document ").append(i).append('\n');
            }
            RandomYaml yaml = new RandomYaml(random, anchors);
            yaml.mapping(documents.get(i), 0, true);
            file.append(yaml.out);
        }
        String text = file.toString();
        if (random.nextInt(5) == 0) {
            text = text.stripTrailing();
        }
        return random.nextInt(4) == 0 ? text.replace("\n", "\r\n") : text;
    }

    private void mapping(ObjectNode node, int column, boolean onNewLine) {
        boolean first = true;
        ObjectNode rest = node;
        Optional<Map.Entry<String, ObjectNode>> merged = merged(node);
        if (merged.isPresent()) {
            rest = node.deepCopy();
            rest.remove(fields(merged.get().getValue()));
            begin(column, onNewLine);
            out.append("<<: *").append(merged.get().getKey());
            end();
            first = false;
        }
        for (Map.Entry<String, JsonNode> member : rest.properties()) {
            if (!first || onNewLine) {
                comment(column);
            }
            begin(column, onNewLine || !first);
            first = false;
            out.append(key(member.getKey())).append(':');
            value(member.getValue(), column, dash);
        }
    }

    private Optional<Map.Entry<String, ObjectNode>> merged(ObjectNode node) {
        return mappings.entrySet().stream()
                .filter(of -> of.getValue().size() < node.size())
                .filter(of -> of.getValue().properties().stream()
                        .allMatch(member -> member.getValue().equals(node.get(member.getKey()))))
                .findFirst()
                .filter(of -> random.nextBoolean());
    }

    private static List<String> fields(ObjectNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private void begin(int column, boolean onNewLine) {
        if (onNewLine) {
            out.append(" ".repeat(column));
        }
    }

    private void comment(int column) {
        if (!comments) {
            return;
        }
        if (random.nextInt(12) == 0) {
            out.append('\n');
        }
        while (random.nextInt(8) == 0) {
            int deeper = behindBlock ? column : column + step;
            out.append(" ".repeat(List.of(0, column, column, deeper).get(random.nextInt(4))))
                    .append("# note ")
                    .append(notes++)
                    .append('\n');
        }
    }

    private void end() {
        if (comments && random.nextInt(10) == 0) {
            out.append(" ".repeat(1 + random.nextInt(2))).append("# beside ").append(notes++);
        }
        out.append('\n');
        behindBlock = false;
    }

    private static String key(String name) {
        return name.matches("[A-Za-z][A-Za-z0-9./-]*")
                ? name
                : TextNode.valueOf(name).toString();
    }

    /** The value behind a colon or a dash. */
    private void value(JsonNode value, int column, int dashes) {
        if (!value.isContainerNode()) {
            scalar(value, column);
            return;
        }
        String same = named.get(value.toString());
        if (same != null && random.nextBoolean()) {
            out.append(" *").append(same);
            end();
            return;
        }
        if (anchors && !value.isEmpty() && random.nextInt(4) == 0) {
            String name = "a" + named.size();
            out.append(" &").append(name);
            contents(value, column, dashes);
            // Only what has ended can be named.
            named.put(value.toString(), name);
            if (value instanceof ObjectNode mapping) {
                mappings.put(name, mapping);
            }
            return;
        }
        contents(value, column, dashes);
    }

    private void contents(JsonNode value, int column, int dashes) {
        if (value.isEmpty() || random.nextInt(7) == 0) {
            out.append(' ');
            flow(value, column + step, random.nextInt(3) == 0);
            end();
        } else if (value instanceof ObjectNode mapping) {
            end();
            mapping(mapping, column + step, true);
        } else {
            end();
            items((ArrayNode) value, column + dashes);
        }
    }

    private void items(ArrayNode list, int column) {
        for (JsonNode item : list) {
            comment(column);
            out.append(" ".repeat(column)).append('-');
            if (item instanceof ObjectNode mapping && !item.isEmpty() && random.nextInt(6) > 0) {
                out.append(' ');
                mapping(mapping, column + 2, false);
            } else {
                value(item, column, step);
            }
        }
    }

    private void flow(JsonNode value, int column, boolean spread) {
        if (!value.isContainerNode()) {
            out.append(flowScalar(value));
            return;
        }
        boolean lines = spread && !value.isEmpty();
        String pad = value.isObject() && !lines && !value.isEmpty() && column % 2 == 0 ? " " : "";
        out.append(value.isObject() ? "{" : "[").append(pad);
        int count = 0;
        for (JsonNode child : value) {
            if (count > 0) {
                out.append(lines ? "," : ", ");
            }
            if (lines) {
                out.append(comments && random.nextInt(6) == 0 ? " # in a flow " + notes++ : "")
                        .append('\n')
                        .append(" ".repeat(column));
            }
            if (value.isObject()) {
                out.append(key(fields((ObjectNode) value).get(count))).append(": ");
            }
            flow(child, column + step, lines);
            count++;
        }
        if (lines) {
            out.append(random.nextInt(4) == 0 ? "," : "").append('\n').append(" ".repeat(Math.max(0, column - step)));
        }
        out.append(pad).append(value.isObject() ? "}" : "]");
    }

    private String flowScalar(JsonNode value) {
        return value.isTextual() ? Scalars.yaml(value.asText()) : value.toString();
    }

    private void scalar(JsonNode value, int column) {
        if (value.isNull()) {
            out.append(List.of("", " ~", " null").get(random.nextInt(3)));
            end();
        } else if (value.isTextual()) {
            text(value.asText(), column);
        } else {
            out.append(' ').append(value);
            end();
        }
    }

    private void text(String text, int column) {
        boolean printable = text.matches("[^\\p{Cntrl}]*(\\n[^\\p{Cntrl}]+|\\t)*\\n?") && !text.isBlank();
        if (printable
                && !text.startsWith(" ")
                && !text.startsWith("\n")
                && !text.startsWith("\t")
                && (text.contains("\n") || random.nextInt(8) == 0)) {
            out.append(text.endsWith("\n") ? " |" : " |-")
                    .append(comments && random.nextInt(8) == 0 ? " # text" : "")
                    .append('\n');
            for (String line : text.split("\n", 0)) {
                out.append(" ".repeat(column + step)).append(line).append('\n');
            }
            behindBlock = true;
            if (random.nextInt(4) == 0) {
                out.append('\n');
            }
            return;
        }
        boolean single = printable && !text.contains("\n") && random.nextInt(5) == 0;
        out.append(' ')
                .append(
                        single
                                ? "'" + text.replace("'", "''") + "'"
                                : random.nextInt(4) == 0 ? Scalars.json(text) : Scalars.block(text));
        end();
    }
}
