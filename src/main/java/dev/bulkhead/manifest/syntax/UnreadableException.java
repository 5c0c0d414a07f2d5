package dev.bulkhead.manifest.syntax;

import dev.bulkhead.manifest.DocumentReader;
import dev.bulkhead.manifest.ManifestProblem;

/** Ends the reading of one document. Never leaves the package: {@link DocumentReader} makes a {@link ManifestProblem} of it. */
public final class UnreadableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int line;
    private final int column;
    private final String problem;

    UnreadableException(Position position, String problem) {
        // No stack trace: a file of nothing but broken documents is an ordinary input.
        super(problem, null, false, false);
        this.line = position.line();
        this.column = position.column();
        this.problem = problem;
    }

    public Position position() {
        return new Position(line, column);
    }

    public String problem() {
        return problem;
    }
}
