package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.e2e.Processes.Run;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code bench/versus} says what is wrong with its arguments before it builds or starts anything. */
class VersusScriptTest {
    private static final String SCRIPT = Path.of("bench", "versus").toString();

    private static Run run(Map<String, String> environment, String... args) {
        return Processes.run(
                environment,
                "",
                Stream.concat(Stream.of(SCRIPT), Stream.of(args)).toArray(String[]::new));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    --hot                                          | unknown argument '--hot'; expected --warm, --cold
                    --webhook                                      | --webhook needs a value
                    --webhook other                                | --webhook 'other': expected NAME=URL
                    --webhook =https://localhost/                  | expected NAME=URL
                    --webhook other=http://localhost:1/            | 'http://localhost:1/' is no URL such as https://
                    --webhook other=https://localhost:x/           | is no URL such as https://
                    --webhook other=https://localhost/,pid=x       | no process of this machine has the id 'x'
                    --webhook other=https://localhost/,pid=9999999 | no process of this machine has the id '9999999'
                    --webhook other=https://localhost/,patch=no    | unknown 'patch=no'; expected mutate=URL
                    --webhook other=https://localhost/,mutate=no   | mutate='no' is no URL
                    --webhook other=https://localhost/             | --warm needs its pid=N, or a --start other=COMMAND
                    --cold --webhook other=https://localhost/      | --cold needs a --start other=COMMAND
                    --api-server --webhook other=https://h:{port}/ | {port} needs a --start other=COMMAND
                    --start other=true                             | there is no --webhook other=URL
                    --command other=true                           | its COMMAND has no {}
                    --command other=echo{}                         | --command needs --commands
                    --bulkhead docs                                | found neither quarkus-run.jar nor app/quarkus-run.jar
                    """)
    void refusesWrongArguments(String arguments, String expected) {
        Run run = run(Map.of(), arguments.split(" ", -1));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("bench/versus: ").contains(expected).hasLineCount(1);
    }

    @Test
    void refusesTwoWebhooksOfOneName() {
        Run run = run(Map.of(), "--webhook", "a=https://localhost/", "--webhook", "a=https://localhost:1/");

        assertThat(run.err()).contains("there are two called 'a'");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    ROUNDS            | 0        | ROUNDS is '0'; expected a number
                    SECONDS_PER_ROUND | 0.5      | SECONDS_PER_ROUND is '0.5'; expected a number
                    REVIEWS           | 500 100  | REVIEWS is '500 100'; expected numbers in ascending order
                    REVIEWS           | many     | REVIEWS is 'many'; expected numbers
                    """)
    void refusesWrongNumbers(String variable, String value, String expected) {
        Run run = run(Map.of(variable, value));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(expected);
    }
}
