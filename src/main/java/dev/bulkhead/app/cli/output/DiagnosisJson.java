package dev.bulkhead.app.cli.output;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.app.cluster.doctor.Diagnosis;
import dev.bulkhead.app.cluster.doctor.State;
import java.io.IOException;
import java.io.Writer;

/** Writes what checks found for monitoring. */
public final class DiagnosisJson {
    private DiagnosisJson() {}

    /** Writes a DoctorReport and a line break. */
    public static void write(Diagnosis diagnosis, Writer out) throws IOException {
        ObjectNode report = JsonNodeFactory.instance.objectNode();
        report.put("apiVersion", "bulkhead.dev/v1alpha1").put("kind", "DoctorReport");
        report.put("server", diagnosis.server());
        report.put("namespace", diagnosis.place().home())
                .put("name", diagnosis.place().name());
        ObjectNode summary = report.putObject("summary");
        for (State state : State.values()) {
            summary.put(state.toString(), diagnosis.count(state));
        }
        ArrayNode checks = report.putArray("checks");
        diagnosis.findings().forEach(finding -> {
            ObjectNode check = checks.addObject();
            check.put("check", finding.check());
            check.put("state", finding.answer().state().toString());
            check.put("message", finding.answer().message());
            finding.answer().remedy().ifPresent(remedy -> check.put("remedy", remedy));
        });
        try (JsonGenerator json = JsonText.generator(out)) {
            JsonText.write(json, report);
        }
        out.write('\n');
    }
}
