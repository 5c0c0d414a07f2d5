package dev.bulkhead.app.cluster.report;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.report.ReportedFinding;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.text.SafeText;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A result in a report, which is a finding.
 *
 * @param rule the rule's id
 * @param properties what else there is to know, by names in their order
 */
record ReportResult(
        Kind kind,
        String rule,
        String title,
        String category,
        String severity,
        String message,
        Map<String, String> properties) {
    private static final int LONGEST_MESSAGE = 500;
    private static final int LONGEST_PROPERTY = 300;

    /** What became of a requirement, the worst first. */
    enum Kind {
        /** It is not met, and the workload is denied. */
        FAIL,
        /** It is not met, which is tolerated. */
        WARN,
        /** It is not met, which an exemption excuses. */
        SKIP,
        /** It is met, or will be as soon as a pod is created. */
        PASS;

        static Kind of(Action action) {
            return switch (action) {
                case DENY -> FAIL;
                case WARN, AUDIT -> WARN;
                case HARDEN, OFF -> PASS;
            };
        }

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static ReportResult of(ReportedFinding finding) {
        Map<String, String> properties = new TreeMap<>();
        properties.put("action", finding.action().label());
        properties.put("layer", finding.rule().layer().label());
        properties.put("path", property(finding.path()));
        properties.put("help", finding.rule().helpUrl());
        finding.container().ifPresent(container -> properties.put("container", property(container)));
        if (!finding.value().isEmpty()) {
            properties.put("value", property(finding.value()));
        }
        finding.notHardenedReason().ifPresent(reason -> properties.put("notHardened", property(reason)));
        Kind kind = finding.exemption().isPresent() ? Kind.SKIP : Kind.of(finding.action());
        String message = finding.message();
        if (finding.exemption().isPresent()) {
            properties.put("exemption", property(finding.exemption().get()));
        } else if (kind == Kind.PASS) {
            message = "filled in when a pod is created: " + message;
        } else {
            properties.put("fix", property(finding.fix()));
        }
        return new ReportResult(
                kind,
                finding.rule().id(),
                finding.rule().title(),
                finding.rule().category(),
                finding.rule().severity().label(),
                SafeText.line(message, LONGEST_MESSAGE),
                properties);
    }

    /** One that is about the workload as a whole. */
    static ReportResult ofWorkload(Kind kind, String message) {
        return new ReportResult(kind, "bulkhead", "the workload", "Bulkhead", "info", message, Map.of());
    }

    private static String property(String text) {
        return SafeText.line(text, LONGEST_PROPERTY);
    }

    /** As both APIs have it, without the time. */
    ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("source", ReportDocument.SOURCE)
                .put("policy", rule)
                .put("rule", title)
                .put("category", category)
                .put("severity", severity)
                .put("result", kind.label())
                .put("scored", true)
                .put("message", message);
        if (!properties.isEmpty()) {
            ObjectNode fields = json.putObject("properties");
            properties.forEach(fields::put);
        }
        return json;
    }
}
