package dev.bulkhead.app.cli;

import dev.bulkhead.app.cli.option.CliEnvironment;
import dev.bulkhead.app.cli.option.ExemptionOptions;
import dev.bulkhead.app.cli.option.PolicyOptions;
import dev.bulkhead.app.cli.output.TextLayout;
import dev.bulkhead.engine.policy.Census;
import dev.bulkhead.engine.policy.DefaultPolicy;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.policy.lint.PolicyLinter;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.text.SafeText;
import dev.bulkhead.manifest.ManifestProblem;
import dev.bulkhead.manifest.NamespaceFiles;
import dev.bulkhead.manifest.PolicyFiles;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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
            "With the namespaces of a cluster it also reports how many no policy evaluates:",
            "  kubectl get namespaces -o yaml > namespaces.yaml",
            "  bulkhead policy lint policies/ --namespaces namespaces.yaml",
            "",
            "Exit codes: 0 nothing to remark, 1 warnings, 2 errors or wrong usage."
        })
final class PolicyLintCommand implements Callable<Integer> {
    private static final int MOST_NAMES = 10;

    private final CliEnvironment environment;

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "FILE",
            arity = "1..*",
            description = "Policies and exemptions, YAML or JSON: files or directories.")
    private List<Path> paths = List.of();

    @Option(
            names = "--default-policy",
            paramLabel = "WHICH",
            description =
                    "What applies to workloads that no policy matches: fallback evaluates them with the built-in policy,"
                            + " none admits them. Default: fallback.")
    private DefaultPolicy defaultPolicy = DefaultPolicy.FALLBACK;

    @Option(
            names = "--profile",
            paramLabel = "PROFILE",
            converter = PolicyOptions.ToProfile.class,
            completionCandidates = PolicyOptions.ProfileNames.class,
            description = "Profile of the built-in policy: " + Profile.NAMES + ". Default: least-privilege.")
    private Profile profile = Profile.LEAST_PRIVILEGE;

    @Option(
            names = "--namespaces",
            paramLabel = "FILE",
            description = "Namespaces of a cluster, to report which policies evaluate them; may be repeated.")
    private List<Path> namespaces = List.of();

    @Mixin
    private ExemptionOptions exemptions = new ExemptionOptions();

    PolicyLintCommand() {
        this(CliEnvironment.ofProcess());
    }

    PolicyLintCommand(CliEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        Instant now = environment.clock().instant();
        PolicyFiles files = PolicyFiles.read(paths, now, exemptions.maxDuration(environment), defaultPolicy);
        Optional<Policy> fallback = defaultPolicy.fallback(Policy.builtIn(profile));
        NamespaceFiles cluster = NamespaceFiles.read(namespaces);
        List<ManifestProblem> errors = new ArrayList<>(files.problems());
        errors.addAll(cluster.problems());
        List<ManifestProblem> warnings =
                PolicyLinter.of(files.declarations(), fallback, now, ClusterCapabilities.NEWEST_MINOR).stream()
                        .map(remark -> files.problemAt(
                                remark.declaration(), remark.place().pointer(), remark.message()))
                        .toList();
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        errors.forEach(error -> err.println(line(error, "error: ")));
        warnings.forEach(warning -> out.println(line(warning, "warning: ")));
        String counted = counted(files.policies().size(), "policy", "policies") + ", "
                + TextLayout.counted(files.exemptions().size(), "exemption");
        boolean spotless = errors.isEmpty() && warnings.isEmpty();
        out.println(
                spotless
                        ? "ok: " + counted
                        : counted + ": " + TextLayout.counted(errors.size(), "error") + ", "
                                + TextLayout.counted(warnings.size(), "warning"));
        PolicySet policies = new PolicySet(files.policies(), fallback, List.of());
        if (!files.policies().isEmpty()) {
            rest(policies).ifPresent(out::println);
        }
        if (!cluster.namespaces().isEmpty()) {
            out.println(SafeText.line(census(Census.of(policies, cluster.namespaces()))));
        }
        if (spotless) {
            return ExitCode.OK;
        }
        return errors.isEmpty() ? ExitCode.SOFTWARE : ExitCode.USAGE;
    }

    /** Describes what applies to workloads that no policy matches, if there can be any. */
    private Optional<String> rest(PolicySet policies) {
        if (policies.policies().stream()
                .anyMatch(policy -> policy.match().selectsEverything()
                        && policies.fallback().isEmpty())) {
            return Optional.empty();
        }
        return Optional.of(
                policies.fallback().isPresent()
                        ? "what no policy matches is evaluated by the built-in one: " + profile
                        : "what no policy matches is not evaluated");
    }

    private static String census(Census census) {
        int all = census.byPolicies().size()
                + census.byFallback().size()
                + census.byNothing().size();
        return TextLayout.counted(all, "namespace") + ": " + census.byPolicies().size() + " evaluated by policies, "
                + census.byFallback().size() + " as a whole or in part by the built-in one" + named(census.byFallback())
                + ", " + census.byNothing().size() + " as a whole or in part by nothing" + named(census.byNothing());
    }

    private static String named(List<String> names) {
        if (names.isEmpty()) {
            return "";
        }
        String some = String.join(", ", names.subList(0, Math.min(MOST_NAMES, names.size())));
        return " (" + some + (names.size() > MOST_NAMES ? " and " + (names.size() - MOST_NAMES) + " more" : "") + ")";
    }

    private static String counted(int count, String one, String many) {
        return count + " " + (count == 1 ? one : many);
    }

    private static String line(ManifestProblem problem, String severity) {
        return SafeText.line(
                new ManifestProblem(problem.file(), problem.line(), problem.column(), severity + problem.message())
                        .describe());
    }
}
