package dev.bulkhead.app.cli.output.sarif;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.app.admission.Guidance;
import dev.bulkhead.app.cli.output.BaselineText;
import dev.bulkhead.app.cli.output.JsonText;
import dev.bulkhead.app.cli.output.TextLayout;
import dev.bulkhead.engine.evaluation.FindingList;
import dev.bulkhead.engine.report.BaselineState;
import dev.bulkhead.engine.report.FindingKey;
import dev.bulkhead.engine.report.Report;
import dev.bulkhead.engine.report.ReportedFinding;
import dev.bulkhead.engine.report.ReportedProblem;
import dev.bulkhead.engine.report.ReportedWorkload;
import dev.bulkhead.engine.report.SourceLocation;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.Note;
import dev.bulkhead.engine.rule.RuleInfo;
import dev.bulkhead.engine.rule.Starts;
import dev.bulkhead.engine.text.SafeText;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Writes a report as <a href="https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html">SARIF 2.1.0</a>: errors for
 * what is denied, warnings, and notes for what is filled in and for what may keep a container from starting. What is only
 * recorded is left out. What could not be read is a notification. At most as many results are written as GitHub takes, the
 * worst first.
 */
public final class SarifReport {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String SCHEMA =
            "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
    private static final String FINGERPRINT = "bulkheadFinding/v1";
    private static final List<String> LEVELS = List.of("error", "warning", "note");

    private final Report report;
    private final SarifArtifacts artifacts;
    private final SarifRules rules;
    private final SarifLimit limit;
    private final SarifFixes fixes;
    private final ArrayNode results = JSON.arrayNode();
    private final ArrayNode notifications = JSON.arrayNode();
    private final Map<FindingKey, Integer> seen = new TreeMap<>();
    private int omitted;

    private SarifReport(Report report, Guidance guidance, Path directory, SarifFixes fixes) throws IOException {
        this.report = report;
        this.fixes = fixes;
        artifacts = new SarifArtifacts(directory);
        rules = new SarifRules(rulesOf(report), guidance);
        limit = new SarifLimit(SarifLimit.MOST_RESULTS);
    }

    /**
     * Writes the log and a line break.
     *
     * @param directory to which the names of files are relative, absolute
     * @param contents what a file of that name holds; empty where it cannot be edited
     */
    public static void write(
            Report report, Guidance guidance, Path directory, Function<String, Optional<byte[]>> contents, Writer out)
            throws IOException {
        ObjectNode log = new SarifReport(report, guidance, directory, new SarifFixes(contents)).log();
        try (JsonGenerator json = JsonText.generator(out)) {
            JsonText.write(json, log);
        }
        out.write('\n');
    }

    private static Set<String> rulesOf(Report report) {
        Set<String> used = new TreeSet<>();
        for (ReportedWorkload workload : report.workloads()) {
            workload.findings().stream()
                    .filter(finding -> finding.action() != Action.AUDIT)
                    .forEach(finding -> used.add(finding.rule().id()));
            workload.notes().forEach(note -> used.add(note.rule().id()));
        }
        return used;
    }

    private ObjectNode log() throws IOException {
        for (String level : LEVELS) {
            for (ReportedWorkload workload : report.workloads()) {
                addResults(workload, level);
            }
        }
        report.workloads().forEach(workload -> workload.omitted().forEach(more -> notifyOf(workload, more)));
        if (omitted > 0) {
            notifyOf("warning", TextLayout.counted(omitted, "more result") + " did not fit into this log");
        }
        report.leftOut().describe().forEach(part -> notifyOf("note", "not listed: " + part));
        // A result that is absent has no place in a file, and GitHub accepts no result without one.
        report.comparison()
                .ifPresent(comparison -> comparison
                        .resolved()
                        .forEach(entry -> notifyOf("note", "resolved: " + BaselineText.describe(entry))));
        report.problems().forEach(problem -> notifyOf("error", problem));
        report.warnings().forEach(warning -> notifyOf("warning", warning));

        ObjectNode log = JSON.objectNode().put("$schema", SCHEMA).put("version", "2.1.0");
        ObjectNode run = log.putArray("runs").addObject();
        ObjectNode driver = run.putObject("tool").putObject("driver").put("name", "Bulkhead");
        Optional.ofNullable(SarifReport.class.getPackage().getImplementationVersion())
                .ifPresent(version -> driver.put("version", version));
        driver.put("informationUri", RuleInfo.HOME).set("rules", rules.descriptors());
        ObjectNode invocation = run.putArray("invocations")
                .addObject()
                .put("executionSuccessful", report.problems().isEmpty());
        invocation.set("toolExecutionNotifications", notifications);
        run.putObject("automationDetails").put("id", "bulkhead/" + line(report.profile()) + "/");
        run.putObject("originalUriBaseIds")
                .putObject(SarifArtifacts.ROOT)
                .putObject("description")
                .put("text", "The directory in which bulkhead ran, such as the root of the repository.");
        run.set("artifacts", artifacts.all());
        run.put("columnKind", "unicodeCodePoints");
        run.set("results", results);
        return log;
    }

    private void addResults(ReportedWorkload workload, String level) throws IOException {
        for (ReportedFinding finding : workload.findings()) {
            if (levelOf(finding.action()).equals(level)) {
                add(result(workload, finding, level));
            }
        }
        for (Note note : workload.notes()) {
            if (levelOf(note.starts()).equals(level)) {
                add(result(workload, note, level));
            }
        }
    }

    private static String levelOf(Action action) {
        return switch (action) {
            case DENY -> "error";
            case WARN -> "warning";
            case HARDEN -> "note";
            case AUDIT, OFF -> "none";
        };
    }

    private static String levelOf(Starts starts) {
        return starts == Starts.NO ? "warning" : "note";
    }

    private void add(ObjectNode result) throws IOException {
        if (limit.admits(result)) {
            results.add(result);
        } else {
            omitted++;
        }
    }

    private ObjectNode result(ReportedWorkload workload, ReportedFinding finding, String level) {
        ObjectNode result = result(
                workload,
                finding.rule(),
                level,
                finding.message() + ". Fix: " + finding.fix()
                        + finding.notHardenedReason()
                                .map(reason -> ". Not filled in: " + reason)
                                .orElse(""),
                FindingKey.of(workload, finding));
        state(result, finding.baseline().orElse(BaselineState.KNOWN));
        ObjectNode location = location(workload, finding.line(), finding.column());
        finding.container()
                .ifPresent(container -> location.withArray("logicalLocations")
                        .addObject()
                        .put("name", line(container))
                        .put("fullyQualifiedName", line(qualified(workload) + "/" + container))
                        .put("kind", "container"));
        result.putArray("locations").add(location);
        workload.location()
                .flatMap(at -> fixes.of(workload, finding, artifacts.location(at.file())))
                .ifPresent(edits -> result.set("fixes", edits));
        finding.exemption()
                .ifPresent(exemption -> result.putArray("suppressions")
                        .addObject()
                        .put("kind", "external")
                        .put("status", "accepted")
                        .put("justification", line("exempted by " + exemption)));
        result.putObject("properties")
                .put("action", finding.action().label())
                .put("path", line(finding.path()))
                .put("value", line(finding.value()));
        return result;
    }

    private ObjectNode result(ReportedWorkload workload, Note note, String level) {
        ObjectNode result = result(workload, note.rule(), level, note.message(), FindingKey.of(workload, note));
        state(result, workload.knownNotes().contains(note) ? BaselineState.KNOWN : BaselineState.NEW);
        result.putArray("locations").add(location(workload, OptionalInt.empty(), OptionalInt.empty()));
        return result;
    }

    private void state(ObjectNode result, BaselineState state) {
        if (report.comparison().isPresent()) {
            result.put("baselineState", state == BaselineState.NEW ? "new" : "unchanged");
        }
    }

    private ObjectNode result(ReportedWorkload workload, RuleInfo rule, String level, String text, FindingKey key) {
        ObjectNode result = JSON.objectNode()
                .put("ruleId", rule.id())
                .put("ruleIndex", rules.index(rule.id()))
                .put("level", level);
        result.putObject("message")
                .put(
                        "text",
                        plain(workload.kind() + " " + workload.namespace() + "/" + workload.name() + ": " + text
                                + "."));
        int index = seen.merge(key, 1, Integer::sum) - 1;
        result.putObject("partialFingerprints").put(FINGERPRINT, key.fingerprint(index));
        return result;
    }

    private ObjectNode location(ReportedWorkload workload, OptionalInt line, OptionalInt column) {
        ObjectNode location = JSON.objectNode();
        Optional<SourceLocation> at = workload.location();
        if (at.isPresent()) {
            ObjectNode physical = location.putObject("physicalLocation");
            physical.set("artifactLocation", artifacts.location(at.get().file()));
            int start = line.orElse(at.get().line());
            ObjectNode region = physical.putObject("region").put("startLine", start);
            column.ifPresent(from -> region.put("startColumn", from));
            region.put("endLine", start);
        }
        location.putArray("logicalLocations")
                .addObject()
                .put("name", line(workload.name()))
                .put("fullyQualifiedName", line(qualified(workload)))
                .put("kind", "resource");
        return location;
    }

    private static String qualified(ReportedWorkload workload) {
        return workload.namespace() + "/" + workload.kind() + "/" + workload.name();
    }

    private void notifyOf(ReportedWorkload workload, FindingList.Omitted more) {
        String of = more.rule().map(rule -> " of " + rule).orElse("");
        String in =
                more.container().map(name -> " in container \"" + name + "\"").orElse("");
        notifyOf("warning", qualified(workload) + ": " + TextLayout.counted(more.count(), "more finding") + of + in);
    }

    private ObjectNode notifyOf(String level, String text) {
        ObjectNode notification = notifications.addObject().put("level", level);
        notification.putObject("message").put("text", plain(text));
        return notification;
    }

    private void notifyOf(String level, ReportedProblem problem) {
        ObjectNode physical = notifyOf(level, problem.message())
                .putArray("locations")
                .addObject()
                .putObject("physicalLocation");
        physical.set("artifactLocation", artifacts.location(problem.file()));
        if (problem.line() > 0) {
            physical.putObject("region").put("startLine", problem.line()).put("startColumn", problem.column());
        }
    }

    /** In SARIF, {@code [text](target)} would be a link. */
    private static String plain(String text) {
        return line(text).replace("](", "] (");
    }

    private static String line(String text) {
        return SafeText.line(text);
    }
}
