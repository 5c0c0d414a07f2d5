package dev.bulkhead.engine.rule.secret;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.engine.text.TableFile;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each row of {@code tokens.txt} is found by an example made from it. */
class KnownTokensTest {
    private static final Map<String, String> CHARACTERS = Map.of(
            "alphanumeric", "a1B2c3",
            "capitals", "A1B2C3",
            "hex", "a1b2c3",
            "base64", "a1+B/2",
            "url", "a1-B_2",
            "dotted", "a1-B_2",
            "slashed", "a1-B_2",
            "printable", "3: ssh");

    static Stream<TableFile.Row> rows() {
        return TableFile.read(KnownTokens.class, "tokens.txt", 4).stream();
    }

    private static int length(TableFile.Row row) {
        return Integer.parseInt(row.cell(1).replace("+", ""));
    }

    private static String body(TableFile.Row row, int length) {
        return Objects.requireNonNull(CHARACTERS.get(row.cell(2)))
                .repeat(length)
                .substring(0, length);
    }

    @ParameterizedTest
    @MethodSource("rows")
    void findsAnExampleOfEachRow(TableFile.Row row) {
        String token = row.cell(0) + body(row, length(row));

        assertThat(KnownTokens.find(token)).contains(row.cell(3));
        assertThat(KnownTokens.find("--header=" + token)).contains(row.cell(3));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void findsNeitherShorterOnesNorPlaceholders(TableFile.Row row) {
        String shorter = row.cell(0) + body(row, length(row) - 1);
        String placeholder = row.cell(0) + body(row, 1).repeat(length(row));

        assertThat(KnownTokens.find(shorter)).isNotEqualTo(Optional.of(row.cell(3)));
        assertThat(KnownTokens.find(placeholder)).isNotEqualTo(Optional.of(row.cell(3)));
    }

    @Test
    void aLengthWithoutPlusIsExact() {
        assertThat(rows().filter(row -> !row.cell(1).endsWith("+")))
                .isNotEmpty()
                .allSatisfy(row -> assertThat(KnownTokens.find(row.cell(0) + body(row, length(row) + 1)))
                        .isEmpty());
    }

    @Test
    void articlesArePartOfTheKind() {
        assertThat(rows().map(row -> row.cell(3))).allMatch(kind -> kind.matches("an? .+"));
    }
}
