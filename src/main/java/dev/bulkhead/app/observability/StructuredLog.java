package dev.bulkhead.app.observability;

import dev.bulkhead.app.admission.DenialMessages;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.Level;
import org.jboss.logmanager.Logger;

/**
 * Writes lines of named values: separate fields in a JSON log, otherwise part of the message. Values come from users:
 * they are truncated, and cannot start a line or imitate another value.
 */
final class StructuredLog {
    private static final String CLASS = StructuredLog.class.getName();
    private static final int USUAL_LENGTH = 384;

    private final Logger log;
    private final String what;
    private final boolean json;

    /**
     * A log of that category.
     *
     * @param what the message of every line where its values are fields
     * @param json whether the log is JSON
     */
    StructuredLog(String category, String what, boolean json) {
        this.log = Logger.getLogger(category);
        this.what = what;
        this.json = json;
    }

    boolean isHeard() {
        return log.isLoggable(Level.INFO);
    }

    /** A line without values. */
    Line line() {
        return json ? new Fields() : new Text();
    }

    /** Writes the line at level INFO. */
    void write(Line line) {
        ExtLogRecord entry = new ExtLogRecord(
                Level.INFO,
                line instanceof Text text ? text.toString() : what,
                ExtLogRecord.FormatStyle.NO_FORMAT,
                CLASS);
        entry.setLoggerName(log.getName());
        if (line instanceof Fields fields) {
            entry.setMdc(fields.values);
        }
        log.logRaw(entry);
    }

    /** A line in the making. */
    abstract static sealed class Line {
        /** Appends a value; an empty one is omitted. */
        final Line add(String name, CharSequence value) {
            if (!value.isEmpty()) {
                put(name, DenialMessages.line(value.toString()));
            }
            return this;
        }

        abstract void put(String name, String value);
    }

    private static final class Fields extends Line {
        private final Map<String, String> values = new LinkedHashMap<>();

        @Override
        void put(String name, String value) {
            values.put(name, value);
        }
    }

    private static final class Text extends Line {
        private final StringBuilder text = new StringBuilder(USUAL_LENGTH);

        @Override
        void put(String name, String value) {
            if (!text.isEmpty()) {
                text.append(' ');
            }
            text.append(name).append('=');
            if (isPlain(value)) {
                text.append(value);
            } else {
                text.append('"')
                        .append(value.replace("\\", "\\\\").replace("\"", "\\\""))
                        .append('"');
            }
        }

        private static boolean isPlain(String value) {
            for (int i = 0; i < value.length(); i++) {
                char c = value.charAt(i);
                if (c <= ' ' || c == '"' || c == '\\' || c > '~') {
                    return false;
                }
            }
            return true;
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }
}
