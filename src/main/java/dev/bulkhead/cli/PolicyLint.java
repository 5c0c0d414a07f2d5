package dev.bulkhead.cli;

import dev.bulkhead.manifest.PolicyFiles;
import dev.bulkhead.manifest.Problem;
import dev.bulkhead.policy.Lint;
import dev.bulkhead.rule.Cluster;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Checks policies and exemptions. */
@Command(
        name = "lint",
        description = "Checks policies and exemptions: unknown keys and rules, what matches nothing, what has expired.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        sortSynopsis = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  bulkhead policy lint policies/",
            "  bulkhead policy lint tenants.yaml exemptions/",
            "",
            "Give all files that are in force together, so that what exemptions are",
            "for can be looked up in the policies.",
            "Exit codes: 0 nothing to remark, 1 warnings, 2 errors or wrong usage."
        })
final class PolicyLint implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "FILE",
            arity = "1..*",
            description = "Policies and exemptions, YAML or JSON: files or directories.")
    private List<Path> paths = List.of();

    private final Clock clock = Clock.systemUTC();

    @Override
    public Integer call() {
        Instant now = clock.instant();
        PolicyFiles files = PolicyFiles.read(paths, now, PolicyFiles.LONGEST_EXEMPTION);
        List<Problem> errors = files.problems();
        List<Problem> warnings = Lint.of(files.declarations(), now, Cluster.NEWEST_MINOR).stream()
                .map(remark ->
                        files.problemAt(remark.declaration(), remark.place().pointer(), remark.message()))
                .toList();
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        errors.forEach(error -> err.println(line(error, "error: ")));
        warnings.forEach(warning -> out.println(line(warning, "warning: ")));
        String counted = counted(files.policies().size(), "policy", "policies") + ", "
                + counted(files.exemptions().size(), "exemption", "exemptions");
        if (errors.isEmpty() && warnings.isEmpty()) {
            out.println("ok: " + counted);
            return ExitCode.OK;
        }
        out.println(counted + ": " + counted(errors.size(), "error", "errors") + ", "
                + counted(warnings.size(), "warning", "warnings"));
        return errors.isEmpty() ? ExitCode.SOFTWARE : ExitCode.USAGE;
    }

    private static String counted(int count, String one, String many) {
        return count + " " + (count == 1 ? one : many);
    }

    private static String line(Problem problem, String severity) {
        return Terminal.safe(
                new Problem(problem.file(), problem.line(), problem.column(), severity + problem.message()).describe());
    }
}
