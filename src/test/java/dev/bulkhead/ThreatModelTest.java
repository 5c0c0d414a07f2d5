package dev.bulkhead;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every test that {@code docs/threat-model.md} names exists, and every row of it is there once. */
class ThreatModelTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| ([A-Z]{2}-\\d+) \\|.*\\|([^|]*)\\|$");
    private static final Pattern TEST = Pattern.compile("`(\\w+(?:Test|IT))(?:#(\\w+))?`");

    static List<MatchResult> rows() throws IOException {
        return ROW.matcher(Files.readString(Path.of("docs/threat-model.md")))
                .results()
                .toList();
    }

    @Test
    void listsEveryBadInputOnce() throws IOException {
        assertThat(rows().stream().map(row -> row.group(1)).filter(id -> id.startsWith("IN-")))
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 45)
                        .mapToObj(i -> String.format("IN-%02d", i))
                        .toList());
        assertThat(rows().stream().map(row -> row.group(1))).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @CsvSource({"ST, 18", "GP, 22", "RL, 22", "OR, 7", "WM, 6", "RP, 5"})
    void listsEveryThreatAndEveryPromise(String prefix, int count) throws IOException {
        assertThat(rows().stream().map(row -> row.group(1)).filter(id -> id.startsWith(prefix)))
                .containsExactlyElementsOf(IntStream.rangeClosed(1, count)
                        .mapToObj(i -> String.format("%s-%02d", prefix, i))
                        .toList());
    }

    static List<MatchResult> tests() throws IOException {
        return TEST.matcher(Files.readString(Path.of("docs/threat-model.md")))
                .results()
                .toList();
    }

    @ParameterizedTest
    @MethodSource("tests")
    void namesTestsThatExist(MatchResult test) throws IOException {
        String source = source(test.group(1));

        assertThat(source).as(test.group()).isNotEmpty();
        if (test.group(2) != null) {
            assertThat(source).as(test.group()).containsPattern("void " + test.group(2) + "\\(");
        }
    }

    private static String source(String test) throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            List<Path> found =
                    files.filter(file -> file.endsWith(test + ".java")).toList();
            return found.isEmpty() ? "" : Files.readString(found.get(0));
        }
    }
}
