package dev.bulkhead.app.cli.output;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.engine.edit.Operation;
import dev.bulkhead.engine.evaluation.FindingList;
import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.manifest.ManifestProblem;
import dev.bulkhead.manifest.check.CheckReport;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Optional;

/** Writes a report as JSON, for programs. The names and their order are public. */
public final class JsonReport {
    private final JsonGenerator json;

    private JsonReport(JsonGenerator json) {
        this.json = json;
    }

    public static void write(CheckReport report, Writer out) throws IOException {
        try (JsonGenerator json = JsonText.generator(out)) {
            new JsonReport(json).write(report);
        }
        out.write('\n');
    }

    private void write(CheckReport report) throws IOException {
        json.writeStartObject();
        json.writeStringField("apiVersion", "bulkhead.dev/v1alpha1");
        json.writeStringField("kind", "CheckReport");
        json.writeStringField("profile", report.profile());
        json.writeObjectFieldStart("summary");
        json.writeNumberField("workloads", report.workloads().size());
        json.writeNumberField("denied", report.count(Outcome.DENIED));
        json.writeNumberField("hardened", report.count(Outcome.HARDENED));
        json.writeNumberField("warned", report.count(Outcome.WARNED));
        json.writeNumberField("passed", report.count(Outcome.PASSED));
        json.writeNumberField("errors", report.errors().size());
        json.writeEndObject();
        json.writeArrayFieldStart("workloads");
        for (CheckReport.Entry entry : report.workloads()) {
            write(entry);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("errors");
        for (ManifestProblem error : report.errors()) {
            write(error);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private void write(CheckReport.Entry entry) throws IOException {
        json.writeStartObject();
        json.writeStringField("file", entry.file());
        json.writeNumberField("document", entry.document());
        json.writeNumberField("line", entry.line());
        json.writeStringField("apiVersion", entry.apiVersion());
        json.writeStringField("kind", entry.kind());
        json.writeStringField("namespace", entry.namespace());
        json.writeStringField("name", entry.name());
        json.writeStringField("verdict", entry.verdict().label());
        json.writeArrayFieldStart("findings");
        for (CheckReport.Line finding : entry.findings()) {
            write(finding);
        }
        json.writeEndArray();
        if (!entry.omitted().isEmpty()) {
            omitted(entry.omitted());
        }
        operations("patch", entry.patch().operations());
        json.writeEndObject();
    }

    private void operations(String name, List<? extends Operation> operations) throws IOException {
        json.writeArrayFieldStart(name);
        for (Operation operation : operations) {
            json.writeStartObject();
            if (operation instanceof Operation.Add add) {
                operation("add", add.path(), add.value());
            } else if (operation instanceof Operation.Replace replace) {
                operation("replace", replace.path(), replace.value());
            } else {
                json.writeStringField("op", "remove");
                json.writeStringField("path", operation.path());
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void operation(String kind, String path, JsonNode value) throws IOException {
        json.writeStringField("op", kind);
        json.writeStringField("path", path);
        json.writeFieldName("value");
        JsonText.write(json, value);
    }

    /** Findings that are only counted: there are too many of one rule in one container to list each. */
    private void omitted(List<FindingList.Omitted> omitted) throws IOException {
        json.writeArrayFieldStart("omitted");
        for (FindingList.Omitted some : omitted) {
            json.writeStartObject();
            writeOrNull("rule", some.rule());
            writeOrNull("container", some.container());
            json.writeStringField("action", some.action().label());
            json.writeNumberField("count", some.count());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void write(CheckReport.Line finding) throws IOException {
        json.writeStartObject();
        json.writeStringField("rule", finding.rule());
        json.writeStringField("layer", finding.layer());
        json.writeStringField("action", finding.action().label());
        writeOrNull("container", finding.container());
        json.writeStringField("path", finding.path());
        json.writeNumberField("line", finding.line());
        json.writeStringField("message", finding.message());
        writeOrNull("exemption", finding.exemption());
        json.writeStringField("value", finding.value());
        json.writeObjectFieldStart("remedy");
        json.writeStringField("text", finding.fix());
        operations("edits", finding.edits());
        json.writeEndObject();
        if (finding.left().isPresent()) {
            json.writeStringField("left", finding.left().get());
        }
        json.writeEndObject();
    }

    private void write(ManifestProblem error) throws IOException {
        json.writeStartObject();
        json.writeStringField("file", error.file());
        if (error.line() == 0) {
            json.writeNullField("line");
            json.writeNullField("column");
        } else {
            json.writeNumberField("line", error.line());
            json.writeNumberField("column", error.column());
        }
        json.writeStringField("message", error.message());
        json.writeEndObject();
    }

    private void writeOrNull(String name, Optional<String> text) throws IOException {
        if (text.isPresent()) {
            json.writeStringField(name, text.get());
        } else {
            json.writeNullField(name);
        }
    }
}
