package dev.bulkhead.app.observability;

import dev.bulkhead.app.admission.DenialMessages;
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
    private static final int USUAL_LENGTH = 256;

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

    /** Writes the values in their order, at level INFO; empty ones are omitted. */
    void write(Map<String, String> values) {
        values.values().removeIf(String::isEmpty);
        values.replaceAll((name, value) -> DenialMessages.line(value));
        ExtLogRecord line =
                new ExtLogRecord(Level.INFO, json ? what : text(values), ExtLogRecord.FormatStyle.NO_FORMAT, CLASS);
        line.setLoggerName(log.getName());
        if (json) {
            line.setMdc(values);
        }
        log.logRaw(line);
    }

    private static String text(Map<String, String> values) {
        StringBuilder text = new StringBuilder(USUAL_LENGTH);
        values.forEach((name, value) -> {
            text.append(text.isEmpty() ? "" : " ").append(name).append('=');
            if (isPlain(value)) {
                text.append(value);
            } else {
                text.append('"')
                        .append(value.replace("\\", "\\\\").replace("\"", "\\\""))
                        .append('"');
            }
        });
        return text.toString();
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
}
