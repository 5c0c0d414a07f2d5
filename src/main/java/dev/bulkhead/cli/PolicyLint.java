package dev.bulkhead.cli;

import dev.bulkhead.manifest.PolicyFiles;
import dev.bulkhead.manifest.Problem;
import dev.bulkhead.policy.Lint;
import dev.bulkhead.rule.Cluster;
import java.io.PrintWriter;
import java.nio.file.Path;
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
        versionProvider = Version.class,
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
    private final Surroundings surroundings;

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "FILE",
            arity = "1..*",
            description = "Policies and exemptions, YAML or JSON: files or directories.")
    private List<Path> paths = List.of();

    PolicyLint() {
        this(Surroundings.ofProcess());
    }

    PolicyLint(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        Instant now = surroundings.clock().instant();
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
        String counted = Lines.counted(files.policies().size(), "policy").replace("policys", "policies") + ", "
                + Lines.counted(files.exemptions().size(), "exemption");
        if (errors.isEmpty() && warnings.isEmpty()) {
            out.println("ok: " + counted);
            return ExitCode.OK;
        }
        out.println(counted + ": " + Lines.counted(errors.size(), "error") + ", "
                + Lines.counted(warnings.size(), "warning"));
        return errors.isEmpty() ? ExitCode.SOFTWARE : ExitCode.USAGE;
    }

    private static String line(Problem problem, String severity) {
        return Lines.harmless(
                new Problem(problem.file(), problem.line(), problem.column(), severity + problem.message()).describe());
    }
}
