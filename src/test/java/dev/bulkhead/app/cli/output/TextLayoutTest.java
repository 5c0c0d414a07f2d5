package dev.bulkhead.app.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class TextLayoutTest {
    @Test
    void breaksAtSpacesOnly() {
        assertThat(TextLayout.wrap("one two  three", 7)).containsExactly("one two", "three");
        assertThat(TextLayout.wrap("a /very/long/path b", 6)).containsExactly("a", "/very/long/path", "b");
        assertThat(TextLayout.wrap("", 10)).isEmpty();
    }

    @Property
    void keepsEveryWord(
            @ForAll
                    List<
                                    @net.jqwik.api.constraints.AlphaChars
                                    @net.jqwik.api.constraints.StringLength(min = 1, max = 12) String>
                            words,
            @ForAll @IntRange(min = 1, max = 40) int columns) {
        List<String> lines = TextLayout.wrap(String.join(" ", words), columns);

        assertThat(String.join(" ", lines)).isEqualTo(String.join(" ", words));
        assertThat(lines).allMatch(line -> line.length() <= columns || !line.contains(" "));
    }
}
