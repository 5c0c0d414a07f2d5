package dev.bulkhead.engine.report;

/**
 * Something that could not be read or evaluated.
 *
 * @param file the name as the caller gave it, or as a directory led to it
 * @param line counted from 1; 0 where the file as a whole is meant
 * @param column counted from 1; 0 where the file as a whole is meant
 * @param message what was found and what was expected, in one line
 */
public record ReportedProblem(String file, int line, int column, String message) {
    /** The problem as compilers print it, {@code file:line:column: message}, so that editors can jump to it. */
    public String describe() {
        return line == 0 ? file + ": " + message : file + ":" + line + ":" + column + ": " + message;
    }
}
