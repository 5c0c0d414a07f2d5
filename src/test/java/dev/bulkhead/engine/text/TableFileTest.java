package dev.bulkhead.engine.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableFileTest {
    private static final TableFile.Source OURS = new TableFile.Source("ours", "2026-11-24", "known to us");

    private static final String SOURCE = "source ours 2026-11-24 known to us\n";

    @Test
    void readsRowsWhoseLastCellMayHoldSpaces() {
        List<TableFile.Row> rows = TableFile.parse("t", "# about\n\n" + SOURCE + "ours  a   b  two words \n", 3);

        assertThat(rows).containsExactly(new TableFile.Row("t:4", OURS, List.of("a", "b", "two words")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ours a b c|t:1: there is no source ours",
                "source ours 2026-11-24|t:1: expected \"source NAME DATE WHERE\"",
                "source ours yesterday here|t:1: expected \"source NAME DATE WHERE\"",
                "source ours 2026-11-24 here~source ours 2026-11-24 there|t:2: expected \"source NAME DATE WHERE\"",
                "source ours 2026-11-24 here~ours a b|t:2: expected a source and 3 cells",
                "source ours 2026-11-24 here|t: there is no row",
                "source ours 2026-11-24 here~source old 2025-01-31 there~ours a b c|t: no row is from old",
            })
    void saysWhichLineIsWrong(String text, String problem) {
        assertThatThrownBy(() -> TableFile.parse("t", text.replace('~', '\n'), 3))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith(problem);
    }

    @Test
    void findsRepeatedCells() {
        List<TableFile.Row> rows = TableFile.parse("t", SOURCE + "ours a b\nours b b\n", 2);

        assertThat(TableFile.unique(rows, 0)).isEqualTo(rows);
        assertThatThrownBy(() -> TableFile.unique(rows, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("t:3: b is in the table already");
    }

    @Test
    void missesNoTableSilently() {
        assertThatThrownBy(() -> TableFile.read(TableFileTest.class, "nothing.txt", 1))
                .hasMessage("nothing.txt is not in the program");
    }
}
