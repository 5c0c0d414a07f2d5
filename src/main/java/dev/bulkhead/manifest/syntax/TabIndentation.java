package dev.bulkhead.manifest.syntax;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Rejects tabs in indentation, as kubectl does, also behind the dash of a list item. The parser reads them as spaces. */
final class TabIndentation {
    private static final Pattern INDENTATION = Pattern.compile("(?m)^[ \t]*+(?:[-?:][ \t]++)*+");

    /** Where the indentation of a line has a tab, and where it ends, in columns counted from 0. */
    private record Tab(int column, int end) {}

    private final Map<Integer, Tab> byLine = new HashMap<>();

    TabIndentation(ChunkText text) {
        if (text.chars().indexOf('\t') < 0) {
            return;
        }
        ChunkText.Cursor cursor = text.cursor();
        Matcher lines = INDENTATION.matcher(text.chars());
        while (lines.find()) {
            int tab = lines.group().indexOf('\t');
            if (tab >= 0) {
                byLine.put(
                        cursor.at(lines.start()).line(),
                        new Tab(tab, lines.group().length()));
            }
        }
    }

    /** @throws UnreadableException if what stands there, outside brackets and braces, is indented with a tab */
    void check(Position position) {
        Tab tab = byLine.get(position.line());
        if (tab != null && tab.column() < position.column() && position.column() <= tab.end() + 1) {
            throw new UnreadableException(
                    new Position(position.line(), tab.column() + 1), "found a tab; indent with spaces");
        }
    }
}
