package dev.bulkhead.app.cli;

import dev.bulkhead.app.admission.Guidance;
import dev.bulkhead.app.cli.option.CliEnvironment;
import dev.bulkhead.app.cli.option.GuidanceSettings;
import dev.bulkhead.app.cli.option.StyleOptions;
import dev.bulkhead.app.cli.output.MarkdownRenderer;
import dev.bulkhead.app.cli.output.RulePage;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.check.RuleRegistry;
import dev.bulkhead.engine.text.SafeText;
import dev.bulkhead.engine.text.Suggestions;
import java.io.PrintWriter;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints a rule's page. */
@Command(
        name = "explain",
        description = "Tells of a rule: the risk, the fields, what is allowed, the fix, how to exempt, the standards.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        sortSynopsis = false,
        footerHeading = "%nExamples:%n",
        footer = {"  bulkhead explain privileged", "  bulkhead explain runtimeSocket -o markdown"})
final class ExplainCommand implements Callable<Integer> {
    private final CliEnvironment environment;

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "RULE",
            completionCandidates = RuleNames.class,
            description = "A rule; `bulkhead rules` lists them.")
    private String name = "";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "${COMPLETION-CANDIDATES}. Default: text.")
    private Format format = Format.TEXT;

    @Mixin
    private StyleOptions look = new StyleOptions();

    ExplainCommand() {
        this(CliEnvironment.ofProcess());
    }

    ExplainCommand(CliEnvironment environment) {
        this.environment = environment;
    }

    private enum Format {
        TEXT,
        MARKDOWN;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The rules that a shell completes. */
    static final class RuleNames implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return RuleRegistry.ALL.stream().map(Rule::id).iterator();
        }
    }

    @Override
    public Integer call() {
        Rule rule = RuleRegistry.ALL.stream()
                .filter(known -> known.id().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(this::unknown);
        Guidance guidance = new GuidanceSettings(environment, spec.commandLine()).read();
        RulePage page = RulePage.of(rule);
        PrintWriter out = spec.commandLine().getOut();
        out.print(
                switch (format) {
                    case TEXT ->
                        MarkdownRenderer.render(page.markdown(), look.look(environment)) + below(rule, guidance);
                    case MARKDOWN -> page.markdown();
                });
        out.flush();
        return ExitCode.OK;
    }

    private static String below(Rule rule, Guidance guidance) {
        return "\nThis page: " + guidance.page(rule.info()) + '\n'
                + guidance.contactLine().map(line -> line + '\n').orElse("");
    }

    private ParameterException unknown() {
        List<String> near =
                Suggestions.of(name, RuleRegistry.ALL.stream().map(Rule::id).toList());
        return new ParameterException(
                spec.commandLine(),
                String.format(Locale.ROOT, "no rule is called \"%s\"", SafeText.line(name))
                        + (near.isEmpty()
                                ? "; `bulkhead rules` lists them"
                                : "; did you mean " + String.join(" or ", near) + "?"));
    }
}
