package dev.bulkhead.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.Golden;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What the README shows is what the program says. */
class ReadmeTest {
    private static final Path README = Path.of("README.md");
    private static final Path WORST = Path.of("docs/driftwood/0-worst-case.yaml");

    @Test
    void showsTheAnswerToTheWorstCase() {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();

        int exitCode = Bulkhead.run(
                new PrintWriter(out), new PrintWriter(err), "check", "-f", WORST.toString(), "--color", "never");

        assertThat(exitCode).isEqualTo(1);
        assertThat(err.toString()).isEmpty();
        Golden.section(README, "answer", "```console\n$ ./bulkhead check -f " + WORST + "\n" + out + "```\n");
    }

    @Test
    void showsTheWorstCaseAsItIs() throws IOException {
        String worst = Files.readString(WORST);

        assertThat(Files.readString(README)
                        .lines()
                        .dropWhile(line -> !line.equals("```yaml"))
                        .skip(1)
                        .takeWhile(line -> !line.equals("```")))
                .allSatisfy(line -> assertThat(worst).contains(line));
    }
}
