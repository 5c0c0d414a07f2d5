package dev.bulkhead.engine.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafeTextTest {
    /** What forges lines, controls terminals, reorders or hides text, or is no text at all. */
    private static final List<String> TRICKY = List.of(
            "\n",
            "\r",
            "\u001b[31m",
            "\u0000",
            "\u007f",
            "\u009b",
            "\u0085",
            "\u2028",
            "\u2029",
            "\u202e",
            "\u2066",
            "\u200f",
            "\u061c",
            "\ufeff",
            "\u200b",
            "\u00ad",
            "\ue000",
            "\ud83d",
            "\ude00",
            "\udb40\udc41",
            "\udb40\udc01",
            "\uffff",
            "\u0378");

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> pieces = Arbitraries.oneOf(
                Arbitraries.of(TRICKY),
                Arbitraries.of("a", "\\u", " ", "ä", "日本", "😀", "\"", "…"),
                Arbitraries.integers().between(0, Character.MAX_CODE_POINT).map(Character::toString),
                Arbitraries.chars().all().map(String::valueOf));
        return pieces.list().ofMaxSize(40).map(all -> String.join("", all));
    }

    @Property
    void aLineControlsNothingAndIsValid(@ForAll("texts") String text) {
        assertIsSafe(SafeText.line(text));
    }

    @Property
    void aLineKeepsItsBound(@ForAll("texts") String text, @ForAll @IntRange(min = 1, max = 60) int most) {
        String line = SafeText.line(text, most);

        assertIsSafe(line);
        assertThat(line.length()).isLessThanOrEqualTo(most);
        String whole = SafeText.line(text);
        if (whole.length() <= most) {
            assertThat(line).isEqualTo(whole);
        } else {
            assertThat(line).endsWith("…");
            assertThat(whole).startsWith(line.substring(0, line.length() - 1));
            // No escape is cut, and no more is missing than one of two units.
            assertThat(line.length()).isGreaterThan(most - 12);
        }
    }

    @Property
    void anExcerptKeepsItsBoundAndCountsTheRest(
            @ForAll("texts") String text, @ForAll @IntRange(min = 1, max = 60) int most) {
        String excerpt = SafeText.excerpt(text, most);

        assertIsSafe(excerpt);
        String whole = SafeText.line(text);
        if (whole.length() <= most) {
            assertThat(excerpt).isEqualTo(whole);
        } else {
            String kept = excerpt.substring(0, excerpt.lastIndexOf("… ("));
            assertThat(kept.length()).isLessThanOrEqualTo(most);
            assertThat(whole).startsWith(kept);
            assertThat(excerpt).matches("(?s).*… \\([1-9][0-9]* more characters\\)");
        }
    }

    @Property
    void keepsSafeText(@ForAll("texts") String text) {
        String line = SafeText.line(text);

        assertThat(SafeText.line(line)).isEqualTo(line);
    }

    private static void assertIsSafe(String line) {
        assertThat(line.codePoints().boxed()).allSatisfy(c -> {
            assertThat(Character.isISOControl(c)).isFalse();
            assertThat(Character.getType(c))
                    .isNotIn(
                            (int) Character.FORMAT,
                            (int) Character.SURROGATE,
                            (int) Character.LINE_SEPARATOR,
                            (int) Character.PARAGRAPH_SEPARATOR,
                            (int) Character.PRIVATE_USE,
                            (int) Character.UNASSIGNED);
        });
        assertThat(line.lines().count()).isLessThanOrEqualTo(1);
        assertThat(new String(line.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                .isEqualTo(line);
    }

    @Test
    void ordinaryTextStaysAsItIs() {
        assertThat(SafeText.line("Größe 😀 — 日本 \"ok\" \\ ~")).isEqualTo("Größe 😀 — 日本 \"ok\" \\ ~");
    }

    @Test
    void confusingCharactersAreShownAsTheirCodeUnits() {
        assertThat(SafeText.line("a\nb\u202ec\ud83dd\udb40\udc41"))
                .isEqualTo("a\\u000ab\\u202ec\\ud83dd\\udb40\\udc41");
    }

    @ParameterizedTest
    @CsvSource({
        "abcdef, 6, abcdef",
        "abcdefg, 6, abcde…",
        "ab😀cd, 6, ab😀cd",
        "ab😀cde, 5, ab😀…",
        "ab😀cde, 4, ab…",
        "abcdefg, 1, …",
    })
    void longLinesEndWithAnEllipsis(String text, int most, String expected) {
        assertThat(SafeText.line(text, most)).isEqualTo(expected);
    }

    @Test
    void neitherACharacterNorItsEscapeIsCut() {
        assertThat(SafeText.line("ab\ncd", 8)).isEqualTo("ab…");
        assertThat(SafeText.line("ab\ncd", 10)).isEqualTo("ab\\u000acd");
        assertThat(SafeText.excerpt("abcd\nefgh", 9)).isEqualTo("abcd… (5 more characters)");
        assertThat(SafeText.excerpt("abc😀def", 4)).isEqualTo("abc… (5 more characters)");
    }
}
