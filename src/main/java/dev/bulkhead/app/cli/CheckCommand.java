package dev.bulkhead.app.cli;

import dev.bulkhead.app.admission.Guidance;
import dev.bulkhead.app.cli.option.CliEnvironment;
import dev.bulkhead.app.cli.option.GuidanceSettings;
import dev.bulkhead.app.cli.option.ImageOptions;
import dev.bulkhead.app.cli.option.KindOptions;
import dev.bulkhead.app.cli.option.OutputOptions;
import dev.bulkhead.app.cli.option.PolicyOptions;
import dev.bulkhead.app.cli.option.StandardStream;
import dev.bulkhead.app.cli.option.Wanted;
import dev.bulkhead.app.cli.output.Progress;
import dev.bulkhead.engine.proposal.ExemptionProposer;
import dev.bulkhead.engine.proposal.Proposal;
import dev.bulkhead.engine.report.Report;
import dev.bulkhead.engine.report.ReportFilter;
import dev.bulkhead.engine.report.ReportedProblem;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.manifest.ManifestFiles;
import dev.bulkhead.manifest.Renderer;
import dev.bulkhead.manifest.check.ManifestCheck;
import dev.bulkhead.manifest.check.ManifestImages;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Evaluates manifests as the webhook would. */
@Command(
        name = "check",
        description = "Evaluates manifests as the webhook would, and says which edits fix them.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        sortSynopsis = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  bulkhead check web.yaml",
            "  bulkhead check manifests/ --policy policies/ --kube-version 1.33",
            "  helm template ./chart | bulkhead check --profile restricted",
            "  bulkhead check charts/web --render",
            "  bulkhead check manifests/ --images --fail-on note",
            "  bulkhead check manifests/ --rule hostPathVolumes,privileged --group-by rule",
            "  bulkhead check manifests/ -q",
            "  bulkhead check manifests/ --write-baseline baseline.yaml",
            "  bulkhead check manifests/ --baseline baseline.yaml",
            "  bulkhead check web.yaml -o json | jq '.workloads[].patch'",
            "  bulkhead check web.yaml -o exemptions > exemptions.yaml",
            "",
            "-o exemptions writes the smallest set of exemptions with which nothing is",
            "denied: fill in reason and owner, and review every value before you apply it.",
            "",
            "Exit codes: 0 nothing at or above --fail-on, 1 something is,",
            "2 wrong input or usage."
        })
final class CheckCommand implements Callable<Integer> {
    private static final String STANDARD_INPUT = "-";
    private static final String DEFAULT_NAMESPACE = "default";

    /** The reader's limit plus one byte, by which it detects a longer file. */
    private static final int MOST_BYTES = (64 << 20) + 1;

    private final CliEnvironment environment;

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-f", "--filename"},
            paramLabel = "PATH",
            arity = "1..*",
            description = "More of the same.")
    private List<Path> named = List.of();

    @Parameters(
            paramLabel = "PATH",
            arity = "0..*",
            description = "Manifests, YAML or JSON: files, directories, or - for standard input, which is read as well"
                    + " where no path is given.")
    private List<Path> paths = List.of();

    @Option(
            names = "--render",
            description = "Renders directories that hold a Helm chart or a kustomization, with helm, kubectl or"
                    + " kustomize.")
    private boolean render;

    @Mixin
    private PolicyOptions by = new PolicyOptions();

    @Mixin
    private KindOptions kinds = new KindOptions();

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAME",
            description =
                    "Only workloads of this namespace, which is that of the manifests that name none, too. Default:"
                            + " all, and default for those that name none.")
    private Optional<String> namespace = Optional.empty();

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Mixin
    private ImageOptions images = new ImageOptions();

    CheckCommand() {
        this(CliEnvironment.ofProcess());
    }

    CheckCommand(CliEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws IOException {
        if (sources().isEmpty() && environment.isTerminal(StandardStream.IN)) {
            throw new ParameterException(
                    spec.commandLine(), "No manifests: name files or directories, or pipe manifests in");
        }
        Guidance guidance = new GuidanceSettings(environment, spec.commandLine()).read();
        Optional<Wanted> given = output.wanted();
        if (given.isEmpty()) {
            return ExitCode.USAGE;
        }
        Wanted wanted = namespace
                .map(name -> given.get().of(output.namespace("--namespace", name)))
                .orElse(given.get());
        Instant now = environment.clock().instant();
        Optional<PolicyOptions.Basis> basis = by.basis(environment);
        if (basis.isEmpty()) {
            return ExitCode.USAGE;
        }
        Checked checked = inspect(basis.get(), wanted.filter(), now);
        return output.print(checked.report(), wanted, checked.proposals(), environment, guidance);
    }

    private List<String> sources() {
        return Stream.concat(named.stream(), paths.stream()).map(Path::toString).toList();
    }

    /**
     * What came of a check.
     *
     * @param proposals the exemptions to propose, if they are asked for
     */
    private record Checked(Report report, List<Proposal> proposals) {}

    private Checked inspect(PolicyOptions.Basis basis, ReportFilter filter, Instant now) throws IOException {
        List<String> sources = sources().isEmpty() ? List.of(STANDARD_INPUT) : sources();
        byte[] standardInput =
                sources.contains(STANDARD_INPUT) ? environment.in().readNBytes(MOST_BYTES) : new byte[0];
        ManifestFiles files = ManifestFiles.of(
                sources, render ? Optional.of(Renderer.onPath(environment.variable("PATH"))) : Optional.empty());
        ClusterCapabilities cluster = by.cluster(
                images.lookup(environment, () -> ManifestImages.of(files, standardInput, kinds.inManifests())));
        ManifestCheck inspection = new ManifestCheck(
                kinds.inManifests(), basis.policies(), cluster, now, namespace.orElse(DEFAULT_NAMESPACE));
        if (output.wantsExemptions()) {
            inspection.keepDenied();
        }
        Report report;
        if (environment.isTerminal(StandardStream.ERR)) {
            PrintWriter err = spec.commandLine().getErr();
            try (Progress progress = new Progress(err, environment.clock(), "evaluating file", files.count())) {
                report = inspection.run(files, standardInput, basis.profile(), progress::reached);
            }
        } else {
            report = inspection.run(files, standardInput, basis.profile(), file -> {});
        }
        Instant expires = ExemptionProposer.expiry(now, by.maxExemptionDuration(environment));
        List<Proposal> proposals = new ExemptionProposer(
                        basis.policies(), cluster, now, expires, output.bulkheadNamespace())
                .propose(inspection.denied().stream()
                        .filter(denied -> filter.includesNamespace(denied.id().namespace()))
                        .map(denied -> denied.only(filter::includes))
                        .toList());
        return new Checked(orEmpty(report, sources), proposals);
    }

    /** If nothing was found, a path or a pipe is wrong, and the check must not pass. */
    private static Report orEmpty(Report report, List<String> sources) {
        if (!report.isEmpty()) {
            return report;
        }
        List<ReportedProblem> errors = new ArrayList<>();
        for (String source : sources) {
            String name = source.equals(STANDARD_INPUT) ? "<stdin>" : source;
            errors.add(new ReportedProblem(name, 0, 0, "there are no manifests in it"));
        }
        return new Report(report.profile(), List.of(), 0, errors);
    }
}
