package dev.bulkhead.app.cli;

import dev.bulkhead.app.cli.option.CliEnvironment;
import dev.bulkhead.app.cli.option.StandardStream;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Constructor;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/**
 * The program in this process, with surroundings made up for it.
 *
 * @param in standard input
 * @param terminals the streams at which a person sits
 */
record Cli(String in, Set<StandardStream> terminals, Map<String, String> environment) {
    static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

    /** What came of a command line. */
    record Run(int exitCode, String out, String err) {}

    /** Nobody sits at it, and nothing comes in. */
    static Cli alone() {
        return new Cli("", Set.of(), Map.of());
    }

    Cli reading(String input) {
        return new Cli(input, terminals, environment);
    }

    Cli at(StandardStream... streams) {
        return new Cli(in, Set.of(streams), environment);
    }

    Cli with(String variable, String value) {
        Map<String, String> more = new java.util.HashMap<>(environment);
        more.put(variable, value);
        return new Cli(in, terminals, more);
    }

    static Run run(String... args) {
        return alone().go(args);
    }

    Run go(String... args) {
        CliEnvironment surroundings = new CliEnvironment(
                new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
                terminals::contains,
                environment,
                Clock.fixed(NOW, ZoneOffset.UTC));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Bulkhead.run(commandsIn(surroundings), new PrintWriter(out), new PrintWriter(err, true), args);
        return new Run(exitCode, out.toString(), err.toString());
    }

    private static IFactory commandsIn(CliEnvironment surroundings) {
        return new IFactory() {
            @Override
            public <K> K create(Class<K> type) throws Exception {
                for (Constructor<?> constructor : type.getDeclaredConstructors()) {
                    if (Stream.of(constructor.getParameterTypes())
                            .toList()
                            .equals(java.util.List.of(CliEnvironment.class))) {
                        constructor.setAccessible(true);
                        return type.cast(constructor.newInstance(surroundings));
                    }
                }
                return CommandLine.defaultFactory().create(type);
            }
        };
    }
}
