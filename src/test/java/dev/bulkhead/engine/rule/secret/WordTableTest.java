package dev.bulkhead.engine.rule.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.engine.text.TableFile;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordTableTest {
    private static final TableFile.Source SOURCE = new TableFile.Source("own", "2026-11-24", "here");
    private static final Pattern LOWER_CASE = Pattern.compile("[a-z]+");

    private enum Fruit {
        RED,
        DARK_BLUE
    }

    private static WordTable<Fruit> table(String... lines) {
        List<TableFile.Row> rows = new ArrayList<>();
        for (String line : lines) {
            int space = line.indexOf(' ');
            rows.add(new TableFile.Row(
                    "t:" + (rows.size() + 1), SOURCE, List.of(line.substring(0, space), line.substring(space + 1))));
        }
        return WordTable.of("t", rows, Fruit.class, list -> LOWER_CASE);
    }

    @Test
    void gathersTheRowsOfAList() {
        WordTable<Fruit> table = table("red cherry strawberry", "dark-blue plum", "red apple");

        assertThat(table.words(Fruit.RED)).containsExactly("apple", "cherry", "strawberry");
        assertThat(table.words(Fruit.DARK_BLUE)).containsExactly("plum");
    }

    @Test
    void allowsAWordInTwoLists() {
        assertThat(table("red apple", "dark-blue apple").words(Fruit.DARK_BLUE)).containsExactly("apple");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "red apple|t: there is no list dark-blue",
                "red apple~red cherry apple|t:2: apple is already in list red",
                "red apple~green lime|t:2: expected one of the lists [red, dark-blue], found green",
                "red Apple|t:1: expected words of the form [a-z]+, found Apple",
            })
    void saysWhatIsWrongAndWhere(String lines, String problem) {
        assertThatThrownBy(() -> table(lines.split("~", -1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(problem);
    }
}
