package dev.bulkhead.manifest.fix.style;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes values in flow style, which JSON is, too.
 *
 * @param quoted whether keys and texts are in quotes, as JSON has them
 * @param colon what stands between a key and its value
 * @param comma what stands between members on a line
 * @param pad what stands inside the braces of a mapping on a line
 * @param unit by how much a line is indented more than the one around it, where each member has a line; empty where all
 *     are on one
 * @param lineBreak ends each line
 */
public record FlowWriter(
        boolean quoted, String colon, String comma, String pad, Optional<String> unit, String lineBreak) {
    public String member(String indentation, String name, JsonNode value) {
        return (quoted ? Scalars.json(name) : Scalars.yaml(name)) + colon + value(indentation, value);
    }

    /**
     * A value.
     *
     * @param indentation of the line on which it begins
     */
    public String value(String indentation, JsonNode value) {
        if (!Scalars.isNested(value)) {
            return value.isTextual() && !quoted ? Scalars.yaml(value.asText()) : value.toString();
        }
        String inner = indentation + unit.orElse("");
        List<String> parts = new ArrayList<>();
        if (value.isArray()) {
            value.forEach(item -> parts.add(value(inner, item)));
        } else {
            for (Map.Entry<String, JsonNode> member : FieldOrder.members(value)) {
                parts.add(member(inner, member.getKey(), member.getValue()));
            }
        }
        return value.isArray()
                ? enclosed('[', parts, ']', indentation, "")
                : enclosed('{', parts, '}', indentation, pad);
    }

    /** Parts that follow one another, on lines of that indentation where each has a line. */
    public String joined(List<String> parts, String indentation) {
        return String.join(unit.isEmpty() ? comma : "," + lineBreak + indentation, parts);
    }

    /** The parts of a collection between its brackets, of which the closing one has that indentation on a line. */
    public String enclosed(char open, List<String> parts, char close, String indentation, String padding) {
        if (unit.isEmpty()) {
            return open + padding + String.join(comma, parts) + padding + close;
        }
        String inner = lineBreak + indentation + unit.get();
        return open + inner + String.join("," + inner, parts) + lineBreak + indentation + close;
    }
}
