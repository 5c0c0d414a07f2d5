package dev.bulkhead.manifest.baseline;

import dev.bulkhead.engine.report.Baseline;
import dev.bulkhead.engine.report.FindingKey;

/**
 * Writes a baseline as YAML with one line for a finding, sorted, so that a version control system shows what has changed.
 * Every text is quoted.
 */
final class BaselineText {
    static final String API_VERSION = "bulkhead.dev/v1alpha1";
    static final String KIND = "Baseline";

    private final StringBuilder out = new StringBuilder();

    private BaselineText() {}

    static String of(Baseline baseline) {
        BaselineText text = new BaselineText();
        text.write(baseline);
        return text.out.toString();
    }

    private void write(Baseline baseline) {
        out.append("# Findings that bulkhead tolerates with --baseline. Written by --write-baseline.\n")
                .append("apiVersion: ")
                .append(API_VERSION)
                .append("\nkind: ")
                .append(KIND)
                .append("\nworkloads:")
                .append(baseline.entries().isEmpty() ? " []\n" : "\n");
        String workload = "";
        for (Baseline.Entry entry : baseline.entries()) {
            String of = workload(entry.key());
            if (!of.equals(workload)) {
                out.append(of);
                workload = of;
            }
            finding(entry);
        }
    }

    private static String workload(FindingKey key) {
        String name = key.name().isEmpty() ? "\n  file: " + quoted(key.file()) : "\n  name: " + quoted(key.name());
        return "- namespace: " + quoted(key.namespace()) + "\n  kind: " + quoted(key.kind()) + name + "\n  findings:\n";
    }

    private void finding(Baseline.Entry entry) {
        FindingKey key = entry.key();
        out.append("  - {rule: ").append(quoted(key.rule()));
        if (!key.container().isEmpty()) {
            out.append(", container: ").append(quoted(key.container()));
        }
        out.append(", value: ")
                .append(quoted(key.value()))
                .append(", action: ")
                .append(entry.level().label());
        if (entry.count() > 1) {
            out.append(", count: ").append(entry.count());
        }
        out.append("}\n");
    }

    /** The texts of keys hold nothing that is not seen. */
    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
