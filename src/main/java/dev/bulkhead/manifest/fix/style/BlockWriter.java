package dev.bulkhead.manifest.fix.style;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * Writes values in block style, a line after the other.
 *
 * @param step by how many columns a mapping stands to the right of its key
 * @param dash the same for a list
 * @param lineBreak ends each line
 */
public record BlockWriter(int step, int dash, String lineBreak) {
    /** The lines of a member. */
    public String member(int column, String name, JsonNode value) {
        StringBuilder out = new StringBuilder();
        member(out, " ".repeat(column), column, name, value);
        return out.toString();
    }

    /**
     * The lines of an item.
     *
     * @param column of the dash
     * @param inner how far behind it the item begins
     */
    public String item(int column, int inner, JsonNode value) {
        StringBuilder out = new StringBuilder();
        item(out, column, inner, value);
        return out.toString();
    }

    /** The lines below a key in that column. */
    public String below(int column, JsonNode value) {
        StringBuilder out = new StringBuilder();
        below(out, column, value);
        return out.toString();
    }

    private void below(StringBuilder out, int column, JsonNode value) {
        if (value.isArray()) {
            value.forEach(item -> item(out, column + dash, 2, item));
        } else {
            for (Map.Entry<String, JsonNode> member : FieldOrder.members(value)) {
                member(out, " ".repeat(column + step), column + step, member.getKey(), member.getValue());
            }
        }
    }

    private void member(StringBuilder out, String lead, int column, String name, JsonNode value) {
        out.append(lead).append(Scalars.yaml(name)).append(':');
        if (Scalars.isNested(value)) {
            out.append(lineBreak);
            below(out, column, value);
        } else {
            out.append(' ').append(Scalars.block(value)).append(lineBreak);
        }
    }

    private void item(StringBuilder out, int column, int inner, JsonNode value) {
        String lead = " ".repeat(column) + "-" + " ".repeat(inner - 1);
        if (!Scalars.isNested(value)) {
            out.append(lead).append(Scalars.block(value)).append(lineBreak);
            return;
        }
        if (value.isArray()) {
            String item = lead;
            for (JsonNode nested : value) {
                StringBuilder lines = new StringBuilder();
                item(lines, column + inner, 2, nested);
                out.append(item).append(lines.substring(column + inner));
                item = " ".repeat(column + inner);
            }
            return;
        }
        String first = lead;
        for (Map.Entry<String, JsonNode> member : FieldOrder.members(value)) {
            member(out, first, column + inner, member.getKey(), member.getValue());
            first = " ".repeat(column + inner);
        }
    }
}
