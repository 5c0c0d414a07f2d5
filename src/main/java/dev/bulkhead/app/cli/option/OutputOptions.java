package dev.bulkhead.app.cli.option;

import dev.bulkhead.app.admission.Guidance;
import dev.bulkhead.app.cli.output.BaselineText;
import dev.bulkhead.app.cli.output.ExemptionsReport;
import dev.bulkhead.app.cli.output.FailOn;
import dev.bulkhead.app.cli.output.GithubReport;
import dev.bulkhead.app.cli.output.JsonReport;
import dev.bulkhead.app.cli.output.JunitReport;
import dev.bulkhead.app.cli.output.MarkdownReport;
import dev.bulkhead.app.cli.output.PreviewTable;
import dev.bulkhead.app.cli.output.ReportFormat;
import dev.bulkhead.app.cli.output.sarif.SarifReport;
import dev.bulkhead.app.cli.output.table.Grouping;
import dev.bulkhead.app.cli.output.table.TableOptions;
import dev.bulkhead.app.cli.output.table.TableReport;
import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.engine.policy.document.NameSyntax;
import dev.bulkhead.engine.preview.Preview;
import dev.bulkhead.engine.proposal.Proposal;
import dev.bulkhead.engine.report.Baseline;
import dev.bulkhead.engine.report.Report;
import dev.bulkhead.engine.report.ReportFilter;
import dev.bulkhead.engine.report.ReportedProblem;
import dev.bulkhead.engine.text.SafeText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say how a report is printed, and with which code a command exits because of it. */
public final class OutputOptions {
    /** The names of files are relative to it. */
    private static final Path HERE = Path.of("").toAbsolutePath();

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "${COMPLETION-CANDIDATES}. Default: table.")
    private ReportFormat format = ReportFormat.TABLE;

    @Option(
            names = "--bulkhead-namespace",
            paramLabel = "NAME",
            description = "Bulkhead's namespace, in which exemptions count. Default: bulkhead-system.")
    private String bulkheadNamespace = "bulkhead-system";

    @Option(names = "--fail-on", paramLabel = "WHAT", description = FailOn.DESCRIPTION)
    private FailOn failOn = FailOn.DENY;

    @Option(
            names = {"-v", "--verbose"},
            description = "In tables, lists what is filled in and what is only recorded, one by one, and all notes.")
    private boolean verbose;

    @Option(
            names = {"-q", "--quiet"},
            description = "In tables, lists only what --fail-on counts, without a summary.")
    private boolean quiet;

    @Option(
            names = "--group-by",
            paramLabel = "KEY",
            description = "In tables: ${COMPLETION-CANDIDATES}. Default: workload.")
    private Grouping grouping = Grouping.WORKLOAD;

    @Mixin
    private FilterOptions filters = new FilterOptions();

    @Mixin
    private BaselineOptions baselines = new BaselineOptions();

    @Mixin
    private StyleOptions look = new StyleOptions();

    /** Whether exemptions are to be proposed. */
    public boolean wantsExemptions() {
        return format == ReportFormat.EXEMPTIONS;
    }

    /** Bulkhead's namespace, a valid name. */
    public String bulkheadNamespace() {
        return namespace("--bulkhead-namespace", bulkheadNamespace);
    }

    /** The namespace that was given with that option, if it is a valid name. */
    public String namespace(String option, String name) {
        if (!NameSyntax.NAMESPACE.accepts(name)) {
            throw new ParameterException(
                    spec.commandLine(), option + ": expected the name of a namespace, got " + name);
        }
        return name;
    }

    /**
     * What of a report is wanted.
     *
     * @return empty if the baseline cannot be read; then all problems are printed
     * @throws ParameterException if there is no rule of a name
     */
    public Optional<Wanted> wanted() {
        ReportFilter filter = filters.filter();
        return baselines.read().map(reading -> new Wanted(filter, reading.baseline()));
    }

    /**
     * Ends the command where a filter is given together with what knows none.
     *
     * @throws ParameterException if so
     */
    public void rejectFilters(String together) {
        filters.reject(together, false);
        baselines.reject(together);
    }

    /**
     * Prints what is wanted of a report.
     *
     * @param proposals the exemptions to propose, if they are asked for
     * @return the exit code
     */
    public int print(
            Report report, Wanted wanted, List<Proposal> proposals, CliEnvironment environment, Guidance guidance)
            throws IOException {
        Report chosen = wanted.filter().chosen(report);
        Optional<Baseline> baseline = wanted.baseline();
        if (baselines.isWritten()) {
            Baseline found = Baseline.of(chosen, failOn.levels());
            if (!baselines.write(found)) {
                return ExitCode.USAGE;
            }
            baseline = Optional.of(found);
        }
        Report counted = baseline.map(known -> known.compare(chosen, failOn.levels(), wanted::includes))
                .orElse(chosen);
        Report listed = wanted.filter().listed(counted, chosen);
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        switch (format) {
            case TABLE -> printTable(listed, environment, guidance);
            case JSON -> JsonReport.write(listed, out);
            case GITHUB -> out.print(GithubReport.of(listed));
            case MARKDOWN -> out.print(MarkdownReport.of(listed));
            case JUNIT -> out.print(JunitReport.of(listed, failOn));
            case SARIF -> SarifReport.write(listed, guidance, HERE, OutputOptions::contentOf, out);
            case EXEMPTIONS -> ExemptionsReport.print(proposals, out, err);
        }
        List<String> leftOut = listed.leftOut().describe();
        if (format != ReportFormat.TABLE && !leftOut.isEmpty()) {
            err.println("bulkhead: not listed: " + String.join(", ", leftOut));
        }
        if (format != ReportFormat.TABLE) {
            listed.comparison().ifPresent(comparison -> {
                err.println("bulkhead: " + BaselineText.numbers(comparison));
                BaselineText.resolved(comparison).forEach(line -> err.println("bulkhead: resolved: " + line));
            });
        }
        report.warnings().forEach(warning -> err.println(SafeText.line("warning: " + warning.describe())));
        return exitCode(report.problems(), failOn.isReachedBy(counted));
    }

    /** What a file holds, if it is one. */
    private static Optional<byte[]> contentOf(String file) {
        try {
            Path path = Path.of(file);
            return Files.isRegularFile(path) ? Optional.of(Files.readAllBytes(path)) : Optional.empty();
        } catch (IOException | InvalidPathException e) {
            return Optional.empty();
        }
    }

    private void printTable(Report report, CliEnvironment environment, Guidance guidance) {
        PrintWriter out = spec.commandLine().getOut();
        out.print(TableReport.of(report, look.look(environment), new TableOptions(verbose, quiet, grouping, failOn)));
        if (!quiet && report.count(Outcome.DENIED) + report.count(Outcome.WARNED) > 0) {
            out.print(GuidanceSettings.below(guidance));
        }
    }

    /**
     * Prints a preview.
     *
     * @param proposals the exemptions to propose, if they are asked for
     * @return the exit code
     */
    public int print(Preview preview, List<Proposal> proposals, CliEnvironment environment) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        switch (format) {
            case TABLE -> out.print(PreviewTable.of(preview, look.look(environment), verbose));
            case JSON -> JsonReport.write(preview, out);
            case GITHUB -> out.print(GithubReport.of(preview.report()));
            case MARKDOWN -> out.print(MarkdownReport.of(preview.report()));
            case JUNIT -> out.print(JunitReport.of(preview.report(), failOn));
            case SARIF -> SarifReport.write(preview.report(), Guidance.DEFAULT, HERE, OutputOptions::contentOf, out);
            case EXEMPTIONS ->
                ExemptionsReport.print(proposals, out, spec.commandLine().getErr());
        }
        return exitCode(preview.problems(), failOn.isReachedBy(preview));
    }

    /** Prints the problems, too. */
    private int exitCode(List<ReportedProblem> problems, boolean failed) {
        spec.commandLine().getOut().flush();
        problems.forEach(error -> spec.commandLine().getErr().println(SafeText.line(error.describe())));
        if (!problems.isEmpty()) {
            return ExitCode.USAGE;
        }
        return failed ? ExitCode.SOFTWARE : ExitCode.OK;
    }
}
