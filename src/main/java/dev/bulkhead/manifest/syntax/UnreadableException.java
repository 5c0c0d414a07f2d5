package dev.bulkhead.manifest.syntax;

/** Ends the reading of one document. The reader of documents makes a problem of it, which names file and line. */
public final class UnreadableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int line;
    private final int column;
    private final String problem;

    UnreadableException(Position position, String problem) {
        // No stack trace: a file of broken documents is an ordinary input.
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
