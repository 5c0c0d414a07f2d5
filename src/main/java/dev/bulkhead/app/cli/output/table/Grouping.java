package dev.bulkhead.app.cli.output.table;

import java.util.Locale;

/** How tables group what they list; as an argument, in lower case. */
public enum Grouping {
    WORKLOAD,
    RULE,
    FILE,
    NAMESPACE;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
