package dev.bulkhead.versus;

import java.util.ArrayList;
import java.util.List;

/** A table as Markdown has it. */
final class Table {
    private final List<List<String>> rows = new ArrayList<>();

    Table(String... heads) {
        rows.add(List.of(heads));
        rows.add(List.of(heads).stream().map(head -> "---").toList());
    }

    void row(List<String> cells) {
        if (cells.size() != rows.get(0).size()) {
            throw new IllegalArgumentException(cells + " does not suit " + rows.get(0));
        }
        rows.add(List.copyOf(cells));
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            text.append("|");
            boolean rule = row.equals(rows.get(1));
            row.forEach(cell -> text.append(rule ? "---|" : " " + cell + " |"));
            text.append('\n');
        }
        return text.toString();
    }
}
