package dev.bulkhead.app.cli.option;

import java.io.InputStream;
import java.time.Clock;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The environment of the program, besides its arguments and its outputs.
 *
 * @param in standard input
 * @param terminals which of the standard streams a person sits at
 */
public record CliEnvironment(
        InputStream in, Predicate<StandardStream> terminals, Map<String, String> environment, Clock clock) {
    /** The environment of this process. */
    public static CliEnvironment ofProcess() {
        return new CliEnvironment(System.in, StandardStream::isTerminal, System.getenv(), Clock.systemUTC());
    }

    /** Whether a person sits at that stream. */
    public boolean isTerminal(StandardStream stream) {
        return terminals.test(stream);
    }

    /** The environment variable, or the empty text if it is not set. */
    public String variable(String name) {
        return environment.getOrDefault(name, "");
    }
}
