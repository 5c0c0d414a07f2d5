package dev.bulkhead.app.cli;

import dev.bulkhead.app.cli.option.CliEnvironment;
import dev.bulkhead.app.cli.option.ImageOptions;
import dev.bulkhead.app.cli.option.KindOptions;
import dev.bulkhead.app.cli.option.PolicyOptions;
import dev.bulkhead.app.cli.option.StandardOutput;
import dev.bulkhead.app.cli.option.StandardStream;
import dev.bulkhead.app.cli.output.FailOn;
import dev.bulkhead.app.cli.output.FixReport;
import dev.bulkhead.engine.report.Report;
import dev.bulkhead.engine.report.ReportedProblem;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.WorkMeter;
import dev.bulkhead.engine.text.SafeText;
import dev.bulkhead.manifest.DocumentReader;
import dev.bulkhead.manifest.ManifestFiles;
import dev.bulkhead.manifest.check.ManifestCheck;
import dev.bulkhead.manifest.check.ManifestImages;
import dev.bulkhead.manifest.fix.FileFix;
import dev.bulkhead.manifest.fix.FileReplacement;
import dev.bulkhead.manifest.fix.FixedFile;
import dev.bulkhead.manifest.fix.UnifiedDiff;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes hardened manifests. */
@Command(
        name = "fix",
        description = "Writes into manifests what the webhook would fill in, and leaves the rest of the text as it is.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        sortSynopsis = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  bulkhead fix web.yaml",
            "  bulkhead fix manifests/ --diff",
            "  bulkhead fix manifests/ --in-place",
            "  helm template ./chart | bulkhead fix | kubectl apply -f -",
            "",
            "What is explicitly unsafe is reported and stays, unless --unsafe-too is given.",
            "A file that cannot be read stays as it is; render templates first.",
            "",
            "Exit codes: 0 nothing is left at or above --fail-on, 1 something is or could not",
            "be written, or --diff shows a difference, 2 wrong input or usage."
        })
final class FixCommand implements Callable<Integer> {
    private static final String STANDARD_INPUT = "-";
    private static final String STANDARD_INPUT_NAME = "<stdin>";

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
            description =
                    "Manifests, YAML or JSON: files, directories, or - for standard input, which is read as well"
                            + " where no path is given. Without --in-place or --diff, one file, whose fixed content is printed.")
    private List<Path> paths = List.of();

    @Option(
            names = {"-i", "--in-place"},
            description = "Writes the files, each at once or not at all.")
    private boolean inPlace;

    @Option(names = "--diff", description = "Prints the difference as a unified diff, and writes nothing.")
    private boolean diff;

    @Option(
            names = "--unsafe-too",
            description = "Changes what is explicitly unsafe as well, with a comment that says what it was: takes away"
                    + " rights, users and host access, and variables that hold a credential.")
    private boolean unsafeToo;

    @Mixin
    private PolicyOptions by = new PolicyOptions();

    @Mixin
    private KindOptions kinds = new KindOptions();

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAME",
            description = "Namespace of the manifests that name none. Default: default.")
    private String namespace = "default";

    @Option(
            names = "--fail-on",
            paramLabel = "WHAT",
            description = "Exits with 1 where, with what was filled in, something is still denied, hardened, noted (or"
                    + " denied), or warned about: ${COMPLETION-CANDIDATES}. Default: deny.")
    private FailOn failOn = FailOn.DENY;

    @Mixin
    private ImageOptions images = new ImageOptions();

    FixCommand() {
        this(CliEnvironment.ofProcess());
    }

    FixCommand(CliEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws IOException {
        List<String> sources = Stream.concat(named.stream(), paths.stream())
                .map(Path::toString)
                .toList();
        if (sources.isEmpty() && environment.isTerminal(StandardStream.IN)) {
            throw misuse("No manifests: name files or directories, or pipe manifests in");
        }
        if (inPlace && diff) {
            throw misuse("--in-place and --diff exclude each other");
        }
        List<String> given = sources.isEmpty() ? List.of(STANDARD_INPUT) : sources;
        if (inPlace && given.contains(STANDARD_INPUT)) {
            throw misuse("--in-place needs files: standard input cannot be written");
        }
        Optional<PolicyOptions.Basis> basis = by.basis(environment);
        return basis.isPresent() ? fix(basis.get(), given) : Integer.valueOf(ExitCode.USAGE);
    }

    private ParameterException misuse(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private int fix(PolicyOptions.Basis basis, List<String> sources) throws IOException {
        byte[] standardInput =
                sources.contains(STANDARD_INPUT) ? environment.in().readNBytes(MOST_BYTES) : new byte[0];
        ManifestFiles files = ManifestFiles.of(sources);
        List<Path> writable = files.writable();
        if (writable.size() > 1 && !inPlace && !diff) {
            throw misuse("These are " + writable.size()
                    + " files: name one to have it printed, or use --in-place or --diff");
        }
        ClusterCapabilities cluster = by.cluster(
                images.lookup(environment, () -> ManifestImages.of(files, standardInput, kinds.inManifests())));
        Instant now = environment.clock().instant();
        ManifestCheck all = new ManifestCheck(kinds.inManifests(), basis.policies(), cluster, now, namespace);
        Report overview = all.run(files, standardInput, basis.profile(), file -> {});
        Outcome outcome = new Outcome(overview);
        if (overview.isEmpty()) {
            sources.forEach(
                    source -> outcome.report.nothing(source.equals(STANDARD_INPUT) ? STANDARD_INPUT_NAME : source));
            return ExitCode.USAGE;
        }
        for (Path path : writable) {
            boolean standard = path.toString().equals(STANDARD_INPUT);
            String name = standard ? STANDARD_INPUT_NAME : path.toString();
            if (outcome.broken(name)) {
                if (standard || Files.exists(path)) {
                    outcome.report.untouched(name);
                }
                continue;
            }
            FileFix fix = new FileFix(
                    content -> new ManifestCheck(
                                    kinds.inManifests(),
                                    basis.policies(),
                                    cluster,
                                    now,
                                    namespace,
                                    all::namespace,
                                    WorkMeter.unlimited())
                            .run(name, content, new DocumentReader(), Integer.MAX_VALUE, basis.profile()),
                    unsafeToo,
                    spec.commandLine().getParseResult().hasMatchedOption("--kube-version"));
            try {
                outcome.add(path, name, fix.fix(standard ? standardInput : Files.readAllBytes(path)));
            } catch (IOException e) {
                outcome.failed(name, e);
            }
        }
        return outcome.exitCode();
    }

    /** What becomes of the files, one after the other. */
    private final class Outcome {
        private final PrintWriter out = spec.commandLine().getOut();
        private final FixReport report = new FixReport(spec.commandLine().getErr());
        private final Set<String> broken;
        private boolean failed;
        private boolean left;

        Outcome(Report overview) {
            report.problems(overview);
            broken = overview.problems().stream()
                    .map(ReportedProblem::file)
                    .collect(Collectors.toCollection(TreeSet::new));
            failed = !broken.isEmpty();
        }

        boolean broken(String name) {
            return broken.contains(name);
        }

        void add(Path path, String name, FixedFile file) throws IOException {
            if (!file.before().problems().isEmpty() || !file.after().problems().isEmpty()) {
                failed = true;
                report.untouched(name);
                return;
            }
            String difference = inPlace || diff ? UnifiedDiff.of(name, file.text()) : "";
            if (inPlace && file.isChanged()) {
                FileReplacement.write(path, file.text().text().getBytes(StandardCharsets.UTF_8));
                out.println(SafeText.line(FixReport.changed(name, difference)));
            } else if (diff) {
                StandardOutput.printUtf8(out, difference);
            } else if (!inPlace) {
                StandardOutput.printUtf8(out, file.text().text());
            }
            report.left(file, name, inPlace);
            left |= failOn.isReachedBy(file.after())
                    || (failOn != FailOn.NEVER && !file.refused().isEmpty())
                    || (diff && file.isChanged());
        }

        void failed(String name, IOException e) {
            failed = true;
            report.failed(name, e);
        }

        int exitCode() {
            out.flush();
            if (failed) {
                return ExitCode.USAGE;
            }
            return left ? ExitCode.SOFTWARE : ExitCode.OK;
        }
    }
}
