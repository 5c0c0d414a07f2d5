package dev.bulkhead.app.cli.output.sarif;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.report.ReportedFinding;
import dev.bulkhead.engine.report.ReportedWorkload;
import dev.bulkhead.engine.report.SourceLocation;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.text.SafeText;
import dev.bulkhead.manifest.fix.Change;
import dev.bulkhead.manifest.fix.Edited;
import dev.bulkhead.manifest.fix.ManifestText;
import dev.bulkhead.manifest.fix.Splice;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Edits of files that put findings right, each by itself; {@code bulkhead fix} makes them together. */
final class SarifFixes {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /** Each is checked by reading the edited document again. */
    private static final int MOST_FIXES = 2_000;

    private static final int LONGEST_FILE = 1 << 20;
    private static final long MOST_CHARACTERS = 32L << 20;

    private final Function<String, Optional<byte[]>> contents;
    private final Map<String, Optional<ManifestText>> texts = new HashMap<>();
    private long characters;
    private int made;

    /** @param contents what a file holds, if it can be edited */
    SarifFixes(Function<String, Optional<byte[]>> contents) {
        this.contents = contents;
    }

    /**
     * The edit that puts a finding right; empty where there is none that is right, or too many were made.
     *
     * @param artifact the location of the file
     */
    Optional<ArrayNode> of(ReportedWorkload workload, ReportedFinding finding, ObjectNode artifact) {
        if (finding.edits().isEmpty() || finding.exemption().isPresent() || made == MOST_FIXES) {
            return Optional.empty();
        }
        SourceLocation at = workload.location().orElse(null);
        if (at == null) {
            return Optional.empty();
        }
        Optional<ManifestText> text = text(at.file());
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Optional<String> rule = finding.action() == Action.HARDEN
                ? Optional.empty()
                : Optional.of(finding.rule().id());
        Edited edited = text.get().edit(List.of(new Change(at.document(), finding.edits(), rule)));
        if (!edited.refused().isEmpty() || edited.splices().isEmpty()) {
            return Optional.empty();
        }
        made++;
        ArrayNode fixes = JSON.arrayNode();
        ObjectNode fix = fixes.addObject();
        fix.putObject("description").put("text", SafeText.line(finding.fix()).replace("](", "] ("));
        ObjectNode change = fix.putArray("artifactChanges").addObject();
        change.set("artifactLocation", artifact);
        ArrayNode replacements = change.putArray("replacements");
        edited.splices().forEach(splice -> replacements.add(replacement(text.get(), splice)));
        return Optional.of(fixes);
    }

    private static ObjectNode replacement(ManifestText text, Splice splice) {
        ObjectNode replacement = JSON.objectNode();
        replacement
                .putObject("deletedRegion")
                .put("startLine", text.line(splice.offset()))
                .put("startColumn", text.column(splice.offset()))
                .put("endLine", text.line(splice.end()))
                .put("endColumn", text.column(splice.end()));
        replacement.putObject("insertedContent").put("text", splice.inserted());
        return replacement;
    }

    private Optional<ManifestText> text(String file) {
        Optional<ManifestText> known = texts.get(file);
        if (known != null) {
            return known;
        }
        Optional<byte[]> content = contents.apply(file).filter(bytes -> bytes.length <= LONGEST_FILE);
        characters += content.map(bytes -> bytes.length).orElse(0);
        if (characters > MOST_CHARACTERS) {
            texts.clear();
            characters = content.map(bytes -> bytes.length).orElse(0);
        }
        Optional<ManifestText> text = content.flatMap(ManifestText::of);
        texts.put(file, text);
        return text;
    }
}
