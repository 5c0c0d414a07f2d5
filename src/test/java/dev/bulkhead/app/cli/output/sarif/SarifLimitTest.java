package dev.bulkhead.app.cli.output.sarif;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** GitHub rejects a log with more than 25,000 results, and one of more than 10 MB. */
class SarifLimitTest {
    @Test
    void resultsAreCounted() throws IOException {
        SarifLimit limit = new SarifLimit(2);

        assertThat(limit.admits(JsonNodeFactory.instance.objectNode())).isTrue();
        assertThat(limit.admits(JsonNodeFactory.instance.objectNode())).isTrue();
        assertThat(limit.admits(JsonNodeFactory.instance.objectNode())).isFalse();
    }

    @Test
    void whatDoesNotCompressIsLimited() throws IOException {
        SarifLimit limit = new SarifLimit(SarifLimit.MOST_RESULTS);
        Random random = new Random(1);
        byte[] noise = new byte[10_000];
        int admitted = 0;
        random.nextBytes(noise);
        while (limit.admits(JsonNodeFactory.instance.binaryNode(noise))) {
            admitted++;
            random.nextBytes(noise);
        }

        assertThat(admitted * 10_000).isBetween(6_500_000, 8_000_000);
    }
}
