package dev.bulkhead.manifest.fix;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.manifest.fix.node.FileText;
import dev.bulkhead.manifest.fix.node.Node;
import dev.bulkhead.manifest.fix.style.Scalars;

/** Replaces scalars, or adds to the end of a text, as the scalar is written. */
final class ScalarEdit {
    private final FileText text;
    private final boolean json;
    private final PendingSplices splices;

    ScalarEdit(FileText text, boolean json, PendingSplices splices) {
        this.text = text;
        this.json = json;
        this.splices = splices;
    }

    /** Gives a value another one, which is no collection that takes lines. */
    void replace(Node old, JsonNode value, boolean inFlow) {
        if (!(old instanceof Node.Scalar scalar)) {
            splices.replace(old.start(), old.end(), scalar(value));
            return;
        }
        String now = value.isTextual() ? value.asText() : value.toString();
        boolean extended = value.isTextual()
                && now.startsWith(scalar.value())
                && !scalar.value().isEmpty();
        String more = extended ? now.substring(scalar.value().length()) : "";
        switch (scalar.form()) {
            case DOUBLE_QUOTED -> {
                if (extended) {
                    String escaped = Scalars.json(more);
                    splices.insert(scalar.end() - 1, escaped.substring(1, escaped.length() - 1));
                } else {
                    splices.replace(old.start(), old.end(), value.isTextual() ? Scalars.json(now) : value.toString());
                }
            }
            case SINGLE_QUOTED -> {
                if (extended && !more.contains("\n")) {
                    splices.insert(scalar.end() - 1, more.replace("'", "''"));
                } else {
                    splices.replace(old.start(), old.end(), scalar(value));
                }
            }
            case BLOCK -> {
                int lastLine = text.lineEnd(text.lineStart(Math.max(scalar.start(), scalar.end() - 1)));
                if (extended && !scalar.value().endsWith("\n") && !more.contains("\n")) {
                    splices.insert(lastLine, more);
                } else {
                    splices.replace(old.start(), lastLine, scalar(value));
                }
            }
            case PLAIN -> {
                boolean plain = extended && !inFlow && more.matches("(,[A-Za-z0-9.-]+)+");
                if (scalar.start() == scalar.end()) {
                    splices.insert(scalar.start(), " " + scalar(value));
                } else if (plain) {
                    splices.insert(scalar.end(), more);
                } else {
                    splices.replace(old.start(), old.end(), scalar(value));
                }
            }
        }
    }

    private String scalar(JsonNode value) {
        return json ? value.toString() : Scalars.yaml(value);
    }
}
