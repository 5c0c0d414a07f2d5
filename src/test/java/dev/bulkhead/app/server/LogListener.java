package dev.bulkhead.app.server;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.formatters.PatternFormatter;

/** Hears what is logged in one category, until it is closed. */
public final class LogListener extends Handler implements AutoCloseable {
    private static final PatternFormatter MESSAGE = new PatternFormatter("%s");

    private final Logger logger;
    private final List<String> messages = new CopyOnWriteArrayList<>();

    private LogListener(Logger logger) {
        this.logger = logger;
    }

    public static LogListener to(String category) {
        LogListener listener = new LogListener(Logger.getLogger(category));
        listener.logger.addHandler(listener);
        return listener;
    }

    public List<String> messages() {
        return List.copyOf(messages);
    }

    @Override
    public void publish(LogRecord entry) {
        messages.add(MESSAGE.format(entry));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
    }
}
