package dev.bulkhead.app.cli.output;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.bulkhead.engine.report.Report;
import dev.bulkhead.engine.report.ReportJson;
import java.io.IOException;
import java.io.Writer;

/** Writes a report as JSON that people can read too. */
public final class JsonReport {
    private JsonReport() {}

    /** Writes {@link ReportJson} and a line break. */
    public static void write(Report report, Writer out) throws IOException {
        try (JsonGenerator json = JsonText.generator(out)) {
            JsonText.write(json, ReportJson.of(report));
        }
        out.write('\n');
    }
}
