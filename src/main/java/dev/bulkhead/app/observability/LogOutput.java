package dev.bulkhead.app.observability;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.bootstrap.logging.InitialConfigurator;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.logging.Handler;
import org.eclipse.microprofile.config.Config;
import org.jboss.logging.Logger;
import org.jboss.logmanager.ExtHandler;
import org.jboss.logmanager.handlers.ConsoleHandler;

/**
 * Writes the log to standard output in batches and on a thread of its own, so that the threads that answer reviews never
 * block on a full pipe: one that nothing reads is full after 64 KB.
 */
public final class LogOutput implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(LogOutput.class);

    /** Some 6,000 lines. */
    private static final int MAX_BYTES = 2 << 20;

    private final BatchedOutput output;

    private LogOutput(MeterRegistry meters) {
        this.output = new BatchedOutput(
                new FileOutputStream(FileDescriptor.out),
                MAX_BYTES,
                records -> LOG.warnf("%d lines of the log were lost, because nothing read standard output", records));
        FunctionCounter.builder("bulkhead.log.lost", output, BatchedOutput::lost)
                .description("Lines of the log that were lost because nothing read standard output")
                .register(meters);
    }

    /**
     * Takes over what the platform's console handler writes; empty where the log goes elsewhere, as those who run Bulkhead
     * may configure.
     */
    public static Optional<LogOutput> begin(Config config, MeterRegistry meters) {
        List<ConsoleHandler> handlers = consoleHandlers();
        if (handlers.size() != 1
                || config.getOptionalValue("quarkus.log.console.stderr", Boolean.class)
                        .orElse(false)) {
            return Optional.empty();
        }
        LogOutput log = new LogOutput(meters);
        handlers.get(0).setOutputStream(log.output);
        return Optional.of(log);
    }

    /** The console's, which others may enclose. */
    static List<ConsoleHandler> consoleHandlers() {
        List<ConsoleHandler> found = new ArrayList<>();
        Deque<Handler> left = new ArrayDeque<>(List.of(InitialConfigurator.DELAYED_HANDLER));
        while (!left.isEmpty()) {
            Handler next = left.pop();
            if (next instanceof ConsoleHandler console) {
                found.add(console);
            } else if (next instanceof ExtHandler outer) {
                left.addAll(List.of(outer.getHandlers()));
            }
        }
        return List.copyOf(found);
    }

    /** Writes what is there; from now on each line is written before the program continues. */
    @Override
    public void close() {
        output.close();
    }
}
