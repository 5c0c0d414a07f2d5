package dev.bulkhead.app.cli.output.sarif;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;

/** What GitHub takes of one SARIF log: 25,000 results, 10 MB when compressed. */
final class SarifLimit {
    static final int MOST_RESULTS = 25_000;

    /** The rest is for rules, notifications and indentation. */
    private static final long MOST_BYTES = 7_000_000;

    private final Counting counting = new Counting();
    private final GZIPOutputStream compressed;
    private final int mostResults;
    private int results;

    SarifLimit(int mostResults) throws IOException {
        this.mostResults = mostResults;
        compressed = new GZIPOutputStream(counting);
    }

    /** Whether one more result fits, which then counts. */
    boolean admits(JsonNode result) throws IOException {
        if (results == mostResults || counting.bytes > MOST_BYTES) {
            return false;
        }
        compressed.write(result.toString().getBytes(StandardCharsets.UTF_8));
        results++;
        return true;
    }

    private static final class Counting extends OutputStream {
        private long bytes;

        @Override
        public void write(int b) {
            bytes++;
        }

        @Override
        public void write(byte[] b, int off, int len) {
            bytes += len;
        }
    }
}
