package dev.bulkhead.manifest.syntax;

/** A place in a file. Lines and columns are counted from 1, columns in Unicode code points. */
public record Position(int line, int column) {

    /** @throws IllegalArgumentException if either is less than 1 */
    public Position {
        if (line < 1 || column < 1) {
            throw new IllegalArgumentException("Lines and columns start at 1: " + line + ":" + column);
        }
    }

    boolean isBefore(Position other) {
        return line < other.line || (line == other.line && column < other.column);
    }
}
