package dev.bulkhead.app.cli;

import java.io.InputStream;
import java.time.Clock;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What the program finds around it, besides its arguments and where it writes to.
 *
 * @param in standard input
 * @param terminals which of the standard streams a person sits at
 */
record CliEnvironment(
        InputStream in, Predicate<StandardStream> terminals, Map<String, String> environment, Clock clock) {
    /** Those of this process. */
    static CliEnvironment ofProcess() {
        return new CliEnvironment(System.in, StandardStream::isTerminal, System.getenv(), Clock.systemUTC());
    }

    boolean isTerminal(StandardStream stream) {
        return terminals.test(stream);
    }

    /** The environment variable, where it is set to something; else the empty text. */
    String variable(String name) {
        return environment.getOrDefault(name, "");
    }
}
