package dev.bulkhead.engine.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads tables that ship with the engine. Each row names its source, and each source has a date. Tables are part of the
 * program, like classes, and the engine reads no other files. An error in a table stops the program and names the line.
 */
public final class TableFile {
    private static final Pattern DATE = Pattern.compile("20[0-9]{2}-[01][0-9]-[0-3][0-9]");
    private static final String SOURCE = "source ";
    private static final int SOURCE_CELLS = 4;

    private TableFile() {}

    /**
     * Where rows come from.
     *
     * @param date when it was as the rows say, as {@code 2026-11-24}
     * @param where a URL, or a description
     */
    public record Source(String name, String date, String where) {}

    /**
     * A row.
     *
     * @param source where it comes from
     * @param cells its other cells
     */
    public record Row(String place, Source source, List<String> cells) {
        public Row {
            cells = List.copyOf(cells);
        }

        public String cell(int number) {
            return cells.get(number);
        }

        /** An error in this row. */
        public IllegalStateException wrong(String problem) {
            return new IllegalStateException(place + ": " + problem);
        }
    }

    /**
     * The rows of the table of that name in the package of a class, in their order.
     *
     * @param columns how many cells follow the source in each; the last one may hold spaces
     * @throws IllegalStateException when the table is missing, empty or not of this form
     */
    public static List<Row> read(Class<?> beside, String name, int columns) {
        try (InputStream table = beside.getResourceAsStream(name)) {
            if (table == null) {
                throw new IllegalStateException(name + " is not in the program");
            }
            return parse(name, new String(table.readAllBytes(), StandardCharsets.UTF_8), columns);
        } catch (IOException e) {
            throw new UncheckedIOException(name + " cannot be read", e);
        }
    }

    /**
     * The same rows.
     *
     * @throws IllegalStateException if two of them have the same text in that column
     */
    public static List<Row> unique(List<Row> rows, int column) {
        Set<String> seen = new HashSet<>();
        for (Row row : rows) {
            if (!seen.add(row.cell(column))) {
                throw row.wrong(row.cell(column) + " is in the table already");
            }
        }
        return rows;
    }

    static List<Row> parse(String name, String text, int columns) {
        Map<String, Source> sources = new LinkedHashMap<>();
        Set<String> used = new HashSet<>();
        List<Row> rows = new ArrayList<>();
        int number = 0;
        for (int end = -1, next; end < text.length(); end = next) {
            int start = end + 1;
            next = text.indexOf('\n', start);
            if (next < 0) {
                next = text.length();
            }
            String line = text.substring(start, next).strip();
            number++;
            String place = name + ":" + number;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            if (line.startsWith(SOURCE)) {
                List<String> cells = cells(line, SOURCE_CELLS);
                if (cells.size() < SOURCE_CELLS
                        || !DATE.matcher(cells.get(2)).matches()
                        || sources.put(cells.get(1), new Source(cells.get(1), cells.get(2), cells.get(3))) != null) {
                    throw new IllegalStateException(
                            place + ": expected \"source NAME DATE WHERE\" with another name than before it");
                }
                continue;
            }
            List<String> cells = cells(line, columns + 1);
            if (cells.size() < columns + 1) {
                throw new IllegalStateException(place + ": expected a source and " + columns + " cells");
            }
            Source source = sources.get(cells.get(0));
            if (source == null) {
                throw new IllegalStateException(place + ": there is no source " + cells.get(0));
            }
            used.add(cells.get(0));
            rows.add(new Row(place, source, cells.subList(1, columns + 1)));
        }
        if (rows.isEmpty()) {
            throw new IllegalStateException(name + ": there is no row");
        }
        sources.keySet().removeAll(used);
        if (!sources.isEmpty()) {
            throw new IllegalStateException(name + ": no row is from " + String.join(", ", sources.keySet()));
        }
        return List.copyOf(rows);
    }

    /** What stands in a line between spaces; the last of the cells may hold some. By hand, since tables are read at every start. */
    private static List<String> cells(String line, int most) {
        List<String> cells = new ArrayList<>(most);
        int start = 0;
        while (start < line.length()) {
            int end = cells.size() + 1 < most ? line.indexOf(' ', start) : line.length();
            if (end < 0) {
                end = line.length();
            }
            cells.add(line.substring(start, end));
            start = end;
            while (start < line.length() && line.charAt(start) == ' ') {
                start++;
            }
        }
        return cells;
    }
}
