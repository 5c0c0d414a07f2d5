package dev.bulkhead.app.cli.option;

import dev.bulkhead.app.cli.output.TerminalStyle;
import java.util.Locale;
import picocli.CommandLine.Option;

/** The options for colours and width. */
public final class StyleOptions {
    @Option(
            names = "--color",
            paramLabel = "WHEN",
            description = "Colours: ${COMPLETION-CANDIDATES}. Default: auto, on a terminal where NO_COLOR is not set.")
    private When color = When.AUTO;

    private enum When {
        AUTO,
        ALWAYS,
        NEVER;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Colours and width for standard output, by the options and the environment. */
    public TerminalStyle look(CliEnvironment environment) {
        boolean colours = switch (color) {
            case ALWAYS -> true;
            case NEVER -> false;
            case AUTO ->
                environment.isTerminal(StandardStream.OUT)
                        && environment.variable("NO_COLOR").isEmpty()
                        && !environment.variable("TERM").equals("dumb");
        };
        return new TerminalStyle(colours, TerminalStyle.columnsOf(environment.variable("COLUMNS")));
    }
}
