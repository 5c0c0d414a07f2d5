package dev.bulkhead.app.cli.output;

import java.util.Locale;

/** The formats of commands that print a table or JSON; as an argument, in lower case. */
public enum ReportFormat {
    TABLE,
    JSON;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
