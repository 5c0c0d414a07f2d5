package dev.bulkhead.app.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.MovingClock;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final StringWriter err = new StringWriter();
    private final MovingClock clock = new MovingClock(Instant.EPOCH);

    @Test
    void isSilentWhenFast() {
        try (Progress progress = new Progress(new PrintWriter(err), clock, "evaluating file", 2)) {
            progress.reached("a");
            clock.pass(Duration.ofMillis(999));
            progress.reached("b");
        }

        assertThat(err.toString()).isEmpty();
    }

    @Test
    void showsProgressAndErasesIt() {
        try (Progress progress = new Progress(new PrintWriter(err), clock, "evaluating file", 3)) {
            progress.reached("a");
            clock.pass(Duration.ofSeconds(1));
            progress.reached("a");
            progress.reached("b");
            clock.pass(Duration.ofMillis(100));
            progress.reached("c");
            clock.pass(Duration.ofMillis(100));
            // A second time round.
            progress.reached("a");
        }

        assertThat(err.toString())
                .isEqualTo(
                        "\r\u001b[Kevaluating file 1 of 3\r\u001b[Kevaluating file 3 of 3\r\u001b[Kevaluating file 1 of 3"
                                + "\r\u001b[K");
    }

    @Test
    void countsWhatIsNumbered() {
        try (Progress progress = new Progress(new PrintWriter(err), clock, "asked about image", 12)) {
            clock.pass(Duration.ofSeconds(1));
            progress.reached(3);
        }

        assertThat(err.toString()).isEqualTo("\r\u001b[Kasked about image 3 of 12\r\u001b[K");
    }
}
