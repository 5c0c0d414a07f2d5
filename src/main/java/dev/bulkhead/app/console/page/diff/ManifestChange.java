package dev.bulkhead.app.console.page.diff;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.engine.edit.CombinedOperations;
import dev.bulkhead.engine.edit.Operation;
import dev.bulkhead.engine.report.ReportedFinding;
import dev.bulkhead.engine.report.ReportedWorkload;
import dev.bulkhead.engine.rule.Action;
import java.util.ArrayList;
import java.util.List;

/** A manifest with what is filled in and with the remedies of what is denied, together. */
public final class ManifestChange {
    private ManifestChange() {}

    /** The manifest with which the workload would be admitted as it is, as far as edits can do it. */
    public static JsonNode of(JsonNode manifest, ReportedWorkload report) {
        List<Operation> operations = new ArrayList<>(report.patch().operations());
        for (ReportedFinding finding : report.leadingTo(Action.DENY)) {
            operations.addAll(finding.edits());
        }
        return CombinedOperations.applyTo(manifest, operations);
    }
}
