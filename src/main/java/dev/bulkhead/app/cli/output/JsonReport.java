package dev.bulkhead.app.cli.output;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.engine.preview.Preview;
import dev.bulkhead.engine.preview.PreviewJson;
import dev.bulkhead.engine.report.Report;
import dev.bulkhead.engine.report.ReportJson;
import java.io.IOException;
import java.io.Writer;

/** Writes a report as JSON that people can read too. */
public final class JsonReport {
    private JsonReport() {}

    /** Writes {@link ReportJson} and a line break. */
    public static void write(Report report, Writer out) throws IOException {
        write(ReportJson.of(report), out);
    }

    /** Writes {@link PreviewJson} and a line break. */
    public static void write(Preview preview, Writer out) throws IOException {
        write(PreviewJson.of(preview), out);
    }

    private static void write(JsonNode tree, Writer out) throws IOException {
        try (JsonGenerator json = JsonText.generator(out)) {
            JsonText.write(json, tree);
        }
        out.write('\n');
    }
}
