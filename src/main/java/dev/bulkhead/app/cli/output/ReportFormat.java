package dev.bulkhead.app.cli.output;

import java.util.Locale;

/** The formats of reports; as an argument, in lower case. */
public enum ReportFormat {
    TABLE,
    JSON,
    GITHUB,
    MARKDOWN,
    JUNIT,
    SARIF,
    EXEMPTIONS;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
