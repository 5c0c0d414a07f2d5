package dev.bulkhead.engine.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.edit.Operation;
import dev.bulkhead.engine.evaluation.FindingList;
import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.engine.reach.ReachJson;
import dev.bulkhead.engine.rule.Note;
import java.util.List;
import java.util.Optional;

/** A report as JSON, for programs. The names and their order are public. */
public final class ReportJson {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private ReportJson() {}

    /** The report as a tree of its own. */
    public static ObjectNode of(Report report) {
        ObjectNode json = JSON.objectNode()
                .put("apiVersion", "bulkhead.dev/v1alpha1")
                .put("kind", "CheckReport")
                .put("profile", report.profile());
        json.putObject("summary")
                .put("workloads", report.workloads().size())
                .put("denied", report.count(Outcome.DENIED))
                .put("hardened", report.count(Outcome.HARDENED))
                .put("warned", report.count(Outcome.WARNED))
                .put("passed", report.count(Outcome.PASSED))
                .put("errors", report.problems().size());
        if (!report.leftOut().equals(LeftOut.NOTHING)) {
            json.withObject("/summary").set("leftOut", of(report.leftOut()));
        }
        report.comparison()
                .ifPresent(comparison -> json.withObject("/summary")
                        .putObject("baseline")
                        .put("known", comparison.known())
                        .put("new", comparison.fresh())
                        .put("resolved", comparison.resolvedCount()));
        ArrayNode workloads = json.putArray("workloads");
        report.workloads().forEach(workload -> workloads.add(of(workload)));
        json.set("errors", problems(report.problems()));
        json.set("warnings", problems(report.warnings()));
        report.comparison().ifPresent(comparison -> {
            ArrayNode resolved = json.putArray("resolved");
            comparison.resolved().forEach(entry -> resolved.add(of(entry)));
        });
        return json;
    }

    private static ObjectNode of(Baseline.Entry entry) {
        FindingKey key = entry.key();
        return JSON.objectNode()
                .put("namespace", key.namespace())
                .put("kind", key.kind())
                .put("name", key.name())
                .put("file", key.file())
                .put("container", key.container())
                .put("rule", key.rule())
                .put("value", key.value())
                .put("action", entry.level().label())
                .put("count", entry.count());
    }

    private static ObjectNode of(LeftOut leftOut) {
        ObjectNode json = JSON.objectNode()
                .put("otherNamespaces", leftOut.otherNamespaces())
                .put("otherRules", leftOut.otherRules())
                .put("otherFindings", leftOut.otherFindings());
        ObjectNode verdicts = json.putObject("otherVerdicts");
        leftOut.otherVerdicts().forEach((verdict, count) -> verdicts.put(verdict.label(), count));
        return json;
    }

    /** What could not be read or evaluated, or what the reader should look at. */
    public static ArrayNode problems(List<ReportedProblem> problems) {
        ArrayNode errors = JSON.arrayNode();
        problems.forEach(problem -> errors.add(of(problem)));
        return errors;
    }

    /** A workload of a report. */
    public static ObjectNode of(ReportedWorkload workload) {
        ObjectNode json = JSON.objectNode();
        Optional<SourceLocation> location = workload.location();
        if (location.isPresent()) {
            json.put("file", location.get().file())
                    .put("document", location.get().document())
                    .put("line", location.get().line());
            location.get().template().ifPresent(template -> json.put("template", template));
        } else {
            json.putNull("file").putNull("document").putNull("line");
        }
        json.put("apiVersion", workload.apiVersion())
                .put("kind", workload.kind())
                .put("namespace", workload.namespace())
                .put("name", workload.name())
                .put("verdict", workload.verdict().label());
        if (workload.counted() != workload.verdict()) {
            json.put("counted", workload.counted().label());
        }
        json.put("starts", workload.starts().label());
        ArrayNode findings = json.putArray("findings");
        workload.findings().forEach(finding -> findings.add(of(finding)));
        if (!workload.omitted().isEmpty()) {
            ArrayNode omitted = json.putArray("omitted");
            workload.omitted().forEach(some -> omitted.add(of(some)));
        }
        ArrayNode notes = json.putArray("notes");
        workload.notes().forEach(note -> notes.add(of(note)));
        json.set("patch", workload.patch().toJson());
        workload.exposure().ifPresent(exposure -> json.setAll(ReachJson.of(exposure)));
        return json;
    }

    private static ObjectNode of(Note note) {
        ObjectNode json = JSON.objectNode().put("rule", note.rule().id()).put("message", note.message());
        if (note.source().isEmpty()) {
            json.putNull("source");
        } else {
            json.put("source", note.source());
        }
        return json.put("starts", note.starts().label());
    }

    private static ObjectNode of(ReportedFinding finding) {
        ObjectNode json = JSON.objectNode()
                .put("rule", finding.rule().id())
                .put("layer", finding.rule().layer().label())
                .put("action", finding.action().label());
        put(json, "container", finding.container());
        json.put("path", finding.path());
        if (finding.line().isPresent()) {
            json.put("line", finding.line().getAsInt());
        } else {
            json.putNull("line");
        }
        json.put("message", finding.message());
        put(json, "exemption", finding.exemption());
        json.put("value", finding.value());
        ArrayNode edits = json.putObject("remedy").put("text", finding.fix()).putArray("edits");
        finding.edits().forEach(edit -> edits.add(of(edit)));
        finding.notHardenedReason().ifPresent(reason -> json.put("notHardenedReason", reason));
        finding.baseline().ifPresent(state -> json.put("baseline", state == BaselineState.KNOWN ? "known" : "new"));
        return json;
    }

    private static ObjectNode of(Operation operation) {
        ObjectNode json = JSON.objectNode();
        if (operation instanceof Operation.Add add) {
            json.put("op", "add").put("path", add.path()).set("value", add.value());
        } else if (operation instanceof Operation.Replace replace) {
            json.put("op", "replace").put("path", replace.path()).set("value", replace.value());
        } else {
            json.put("op", "remove").put("path", operation.path());
        }
        return json;
    }

    /** Findings that are only counted: there are too many of one rule in one container to list each. */
    private static ObjectNode of(FindingList.Omitted omitted) {
        ObjectNode json = JSON.objectNode();
        put(json, "rule", omitted.rule());
        put(json, "container", omitted.container());
        return json.put("action", omitted.action().label()).put("count", omitted.count());
    }

    private static ObjectNode of(ReportedProblem problem) {
        ObjectNode json = JSON.objectNode().put("file", problem.file());
        if (problem.line() == 0) {
            json.putNull("line").putNull("column");
        } else {
            json.put("line", problem.line()).put("column", problem.column());
        }
        return json.put("message", problem.message());
    }

    private static void put(ObjectNode json, String name, Optional<String> text) {
        if (text.isPresent()) {
            json.put(name, text.get());
        } else {
            json.putNull(name);
        }
    }
}
