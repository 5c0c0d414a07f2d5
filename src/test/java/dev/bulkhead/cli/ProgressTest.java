package dev.bulkhead.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final StringWriter err = new StringWriter();
    private Instant now = Instant.EPOCH;

    private final Clock clock = new Clock() {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    };

    @Test
    void isSilentWhereNobodyHasToWait() {
        try (Progress progress = new Progress(new PrintWriter(err), clock, 2)) {
            progress.reached("a");
            now = now.plus(Duration.ofMillis(999));
            progress.reached("b");
        }

        assertThat(err.toString()).isEmpty();
    }

    @Test
    void tellsHowFarItIsAndLeavesNothingBehind() {
        try (Progress progress = new Progress(new PrintWriter(err), clock, 3)) {
            progress.reached("a");
            now = now.plus(Duration.ofSeconds(1));
            progress.reached("a");
            progress.reached("b");
            now = now.plus(Duration.ofMillis(100));
            progress.reached("c");
            now = now.plus(Duration.ofMillis(100));
            // A second time round.
            progress.reached("a");
        }

        assertThat(err.toString())
                .isEqualTo("\r\u001b[Kjudging file 1 of 3\r\u001b[Kjudging file 3 of 3\r\u001b[Kjudging file 1 of 3"
                        + "\r\u001b[K");
    }
}
