package dev.bulkhead.app.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.bulkhead.app.cli.option.CliEnvironment;
import dev.bulkhead.app.cli.option.StyleOptions;
import dev.bulkhead.app.cli.output.JsonText;
import dev.bulkhead.app.cli.output.TerminalStyle;
import dev.bulkhead.app.cli.output.TerminalStyle.Style;
import dev.bulkhead.app.cli.output.TextLayout;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.RuleAction;
import dev.bulkhead.engine.rule.RuleInfo;
import dev.bulkhead.engine.rule.Severity;
import dev.bulkhead.engine.rule.Standard;
import dev.bulkhead.engine.rule.StandardControl;
import dev.bulkhead.engine.rule.check.RuleRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists the rules. */
@Command(
        name = "rules",
        description = "Lists the rules: how grave their findings are, what they guard, what the profiles do about them,"
                + " and which standards require the same.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        sortSynopsis = false,
        footerHeading = "%nExamples:%n",
        footer = {"  bulkhead rules", "  bulkhead rules -o json | jq -r '.rules[].id'"})
final class RulesCommand implements Callable<Integer> {
    private static final String LEAST_PRIVILEGE = "least-privilege";
    private static final String SANDBOXED = "sandboxed";
    private static final String GAP = "  ";

    /** The column of the severities' names, with the gap after it. */
    private static final int SEVERITY_WIDTH = 10;

    private final CliEnvironment environment;

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "${COMPLETION-CANDIDATES}. Default: table.")
    private Format format = Format.TABLE;

    @Mixin
    private StyleOptions look = new StyleOptions();

    private enum Format {
        TABLE,
        JSON;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    RulesCommand() {
        this(CliEnvironment.ofProcess());
    }

    RulesCommand(CliEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        switch (format) {
            case TABLE -> out.print(table(look.look(environment)));
            case JSON -> writeJson(out);
        }
        out.flush();
        return ExitCode.OK;
    }

    /** The Pod Security level whose check a rule is, or that it is Bulkhead's own. */
    static String levelOf(Rule rule) {
        return rule.level().map(level -> level.name().toLowerCase(Locale.ROOT)).orElse("own");
    }

    private static String table(TerminalStyle look) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("RULE", "SEVERITY", "LAYER", "LEAST-PRIVILEGE", "SANDBOXED", "TITLE; CATEGORY; STANDARDS"));
        for (Rule rule : RuleRegistry.ALL) {
            rows.add(List.of(
                    rule.id(),
                    rule.info().severity().label(),
                    rule.layer().label(),
                    shown(rule.leastPrivilege()),
                    shown(rule.sandboxed()),
                    description(rule.info())));
        }
        int last = rows.get(0).size() - 1;
        int[] widths = new int[last + 1];
        rows.forEach(row -> {
            for (int i = 0; i <= last; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        });
        int before = 0;
        for (int i = 0; i < last; i++) {
            before += widths[i] + GAP.length();
        }
        boolean below = before + widths[last] > look.columns();
        StringBuilder table = new StringBuilder();
        for (List<String> row : rows) {
            boolean head = row == rows.get(0);
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < last; i++) {
                String cell = TextLayout.pad(row.get(i), widths[i]);
                line.append(i == 0 || head ? look.styled(Style.BOLD, cell) : cell)
                        .append(GAP);
            }
            if (!below) {
                line.append(head ? look.styled(Style.BOLD, row.get(last)) : row.get(last));
            } else if (!head) {
                TextLayout.wrap(row.get(last), look.columns() - GAP.length())
                        .forEach(part -> line.append('\n').append(GAP).append(part));
            }
            table.append(line.toString().replaceAll(" +(?=\n|$)", "")).append('\n');
        }
        table.append('\n');
        for (Severity severity : Severity.values()) {
            String indent = " ".repeat(SEVERITY_WIDTH);
            List<String> lines = TextLayout.wrap(severity.criterion(), look.columns() - SEVERITY_WIDTH);
            table.append(TextLayout.pad(severity.label(), SEVERITY_WIDTH))
                    .append(String.join("\n" + indent, lines))
                    .append('\n');
        }
        return table.append("\nbulkhead explain RULE shows the risk, the fields, the fix and how to exempt.\n")
                .toString();
    }

    /** The title, the category and the standards, without the one that the category names. */
    private static String description(RuleInfo info) {
        List<String> standards = new ArrayList<>();
        for (StandardControl control : info.standards()) {
            if (control.standard() != Standard.POD_SECURITY) {
                standards.add((control.standard().abbreviation() + " " + control.id()).strip());
            }
        }
        List<String> parts = new ArrayList<>(List.of(info.title(), info.category()));
        if (!standards.isEmpty()) {
            parts.add(String.join(", ", standards));
        }
        return String.join("; ", parts);
    }

    private static String shown(RuleAction ruleAction) {
        StringBuilder shown = new StringBuilder(ruleAction.action().label());
        sorted(ruleAction)
                .forEach((value, action) ->
                        shown.append(", ").append(value).append(' ').append(action.label()));
        return shown.toString();
    }

    private static Map<String, Action> sorted(RuleAction ruleAction) {
        return new TreeMap<>(ruleAction.exceptions());
    }

    private static void writeJson(PrintWriter out) throws IOException {
        try (JsonGenerator json = JsonText.generator(out)) {
            json.writeStartObject();
            json.writeStringField("apiVersion", "bulkhead.dev/v1alpha1");
            json.writeStringField("kind", "RuleList");
            json.writeArrayFieldStart("rules");
            for (Rule rule : RuleRegistry.ALL) {
                json.writeStartObject();
                RuleInfo info = rule.info();
                json.writeStringField("id", info.id());
                json.writeStringField("title", info.title());
                json.writeStringField("summary", info.summary());
                json.writeStringField("severity", info.severity().label());
                json.writeStringField("category", info.category());
                json.writeStringField("layer", info.layer().label());
                json.writeStringField("level", levelOf(rule));
                json.writeObjectFieldStart("actions");
                write(json, LEAST_PRIVILEGE, rule.leastPrivilege());
                write(json, SANDBOXED, rule.sandboxed());
                json.writeEndObject();
                json.writeArrayFieldStart("standards");
                for (StandardControl control : info.standards()) {
                    write(json, control);
                }
                json.writeEndArray();
                json.writeStringField("helpUrl", info.helpUrl());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        out.println();
    }

    private static void write(JsonGenerator json, StandardControl control) throws IOException {
        json.writeStartObject();
        json.writeStringField("standard", control.standard().title());
        if (!control.standard().version().isEmpty()) {
            json.writeStringField("version", control.standard().version());
        }
        if (!control.id().isEmpty()) {
            json.writeStringField("id", control.id());
        }
        json.writeStringField("name", control.name());
        json.writeStringField("url", control.url());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, String profile, RuleAction ruleAction) throws IOException {
        json.writeObjectFieldStart(profile);
        json.writeStringField("action", ruleAction.action().label());
        json.writeObjectFieldStart("exceptions");
        for (Map.Entry<String, Action> exception : sorted(ruleAction).entrySet()) {
            json.writeStringField(exception.getKey(), exception.getValue().label());
        }
        json.writeEndObject();
        json.writeEndObject();
    }
}
