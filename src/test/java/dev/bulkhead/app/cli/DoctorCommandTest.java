package dev.bulkhead.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.app.cli.Cli.Run;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DoctorCommandTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--bulkhead-namespace=a/b | --bulkhead-namespace: expected the name of a namespace, got a/b",
                "--fail-on=everything | Invalid value for option '--fail-on'",
                "--output=yaml | Invalid value for option '--output'",
            })
    void rejectsWrongOptions(String option, String message) {
        Run run = Cli.run("doctor", option);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(message);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void helpSaysWhatTheExitCodesMean() {
        assertThat(Cli.run("doctor", "--help").out())
                .contains("--context=NAME", "0 all is well, 1 there is a problem", "It changes nothing");
    }
}
