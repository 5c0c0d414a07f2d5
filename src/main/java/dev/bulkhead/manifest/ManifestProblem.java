package dev.bulkhead.manifest;

import dev.bulkhead.engine.report.ReportedProblem;
import dev.bulkhead.manifest.syntax.Position;
import java.util.function.Function;

/**
 * Why a file, or one document in it, could not be read.
 *
 * @param file the name as the caller gave it, or as a directory led to it
 * @param line counted from 1; 0 where the file as a whole is meant
 * @param column counted from 1; 0 where the file as a whole is meant
 * @param message what was found and what was expected, in one line
 */
public record ManifestProblem(String file, int line, int column, String message) implements ReadResult {

    static ManifestProblem at(String file, Position position, String message) {
        return new ManifestProblem(file, position.line(), position.column(), message);
    }

    static ManifestProblem ofFile(String file, String message) {
        return new ManifestProblem(file, 0, 0, message);
    }

    /** The problem as compilers print it, {@code file:line:column: message}, so that editors can jump to it. */
    public String describe() {
        return line == 0 ? file + ": " + message : file + ":" + line + ":" + column + ": " + message;
    }

    /** The problem as reports show it. */
    public ReportedProblem reported() {
        return new ReportedProblem(file, line, column, message);
    }

    @Override
    public <T> T fold(
            Function<? super Document, ? extends T> ifDocument,
            Function<? super ManifestProblem, ? extends T> ifProblem) {
        return ifProblem.apply(this);
    }
}
