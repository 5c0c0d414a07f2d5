package dev.bulkhead.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.manifest.Document;
import dev.bulkhead.manifest.ManifestFiles;
import dev.bulkhead.manifest.ManifestObject;
import dev.bulkhead.manifest.Position;
import dev.bulkhead.manifest.Problem;
import dev.bulkhead.policy.Circumstances;
import dev.bulkhead.policy.Demands;
import dev.bulkhead.policy.Judge;
import dev.bulkhead.policy.Namespace;
import dev.bulkhead.policy.Policies;
import dev.bulkhead.policy.Verdict;
import dev.bulkhead.rule.Cluster;
import dev.bulkhead.workload.Field;
import dev.bulkhead.workload.MalformedWorkloadException;
import dev.bulkhead.workload.Workload;
import dev.bulkhead.workload.WorkloadKinds;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Judges manifests as the gate would. */
@Command(
        name = "check",
        description = "Judges manifests as the gate would: files, folders, standard input, Lists, many documents.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  bulkhead check -f deploy/",
            "  helm template . | bulkhead check -f -",
            "  bulkhead check -f pod.yaml --profile restricted@v1.31 -o json",
            "",
            "Exit codes: 0 nothing at or above --fail-on, 1 something is, 2 wrong input or usage."
        })
final class Check implements Callable<Integer> {
    /** Something is at or above what the caller wants to fail on. */
    private static final int FOUND = 1;

    /** The mildest verdict that fails the command. */
    enum FailOn {
        DENY,
        HARDEN,
        WARN,
        NEVER
    }

    enum Format {
        TABLE,
        JSON
    }

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-f", "--filename"},
            paramLabel = "PATH",
            description = "A file, a folder, or - for standard input; may be repeated.")
    private List<String> paths = List.of();

    @Mixin
    private final Demanding demanding = new Demanding();

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAME",
            description = "The namespace of what names none. Default: default.")
    private String defaultNamespace = "default";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "table or json. Default: table.")
    private Format format = Format.TABLE;

    @Option(
            names = "--fail-on",
            paramLabel = "ACTION",
            description = "The mildest that fails: deny, harden, warn or never. Default: deny.")
    private FailOn failOn = FailOn.DENY;

    @Option(names = "--color", paramLabel = "WHEN", description = "auto, always or never. Default: auto.")
    private Terminal.Colour colour = Terminal.Colour.AUTO;

    @Option(
            names = {"-v", "--verbose"},
            description = "Tell also what is filled in field by field, what is only recorded, and what passed.")
    private boolean verbose;

    private final Clock clock = Clock.systemUTC();

    @Override
    public Integer call() throws JsonProcessingException {
        if (paths.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "Missing option: -f PATH, or -f - for standard input");
        }
        Cluster cluster = demanding.cluster();
        Demanding.Answer answer = demanding.answer(clock);
        PrintWriter err = spec.commandLine().getErr();
        if (!answer.problems().isEmpty()) {
            answer.problems().forEach(problem -> err.println(Terminal.safe(problem)));
            return ExitCode.USAGE;
        }
        CheckReport report = judge(answer, cluster);
        report.errors().forEach(error -> err.println(Terminal.safe(error.describe())));
        PrintWriter out = spec.commandLine().getOut();
        switch (format) {
            case TABLE -> new CheckTable(out, Terminal.of(colour, System.getenv()), verbose).print(report);
            case JSON ->
                out.println(
                        new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(CheckJson.of(report)));
        }
        out.flush();
        return exitCode(report);
    }

    private int exitCode(CheckReport report) {
        if (!report.errors().isEmpty()) {
            return ExitCode.USAGE;
        }
        boolean found = switch (failOn) {
            case DENY -> report.hasAtLeast(Verdict.Outcome.DENIED);
            case HARDEN -> report.hasAtLeast(Verdict.Outcome.HARDENED);
            case WARN -> report.hasAtLeast(Verdict.Outcome.WARNED);
            case NEVER -> false;
        };
        return found ? FOUND : ExitCode.OK;
    }

    /** First reads everything, since a namespace may stand behind what goes into it; then judges. */
    private CheckReport judge(Demanding.Answer answer, Cluster cluster) {
        ManifestFiles files = ManifestFiles.of(paths);
        Progress progress = new Progress(spec.commandLine().getErr(), Terminal.isInteractive(), files.count());
        List<Problem> errors = new ArrayList<>();
        List<Found> found = new ArrayList<>();
        Map<String, Namespace> namespaces = new HashMap<>();
        int[] others = {0};
        files.forEach(System.in, result -> {
            progress.at(result.fold(Document::file, Problem::file));
            result.fold(
                    document -> {
                        for (ManifestObject object : document.objects()) {
                            int before = found.size() + errors.size();
                            find(object, errors).ifPresent(found::add);
                            others[0] += found.size() + errors.size() == before ? 1 : 0;
                            namespace(object).ifPresent(namespace -> namespaces.put(namespace.name(), namespace));
                        }
                        return true;
                    },
                    errors::add);
        });
        List<CheckReport.Entry> entries = new ArrayList<>();
        for (Found one : found) {
            judge(one, answer.policies(), cluster, namespaces, errors).ifPresent(entries::add);
        }
        progress.end();
        return new CheckReport(answer.name(), entries, errors, others[0]);
    }

    private record Found(ManifestObject object, Workload workload) {}

    private static Optional<Found> find(ManifestObject object, List<Problem> errors) {
        try {
            Optional<Workload> workload = WorkloadKinds.builtIn().find(object.node());
            workload.ifPresent(ApiServerDefaults::fillIn);
            return workload.map(of -> new Found(object, of));
        } catch (MalformedWorkloadException e) {
            errors.add(problem(object, e));
            return Optional.empty();
        }
    }

    private static Optional<Namespace> namespace(ManifestObject object) {
        try {
            Field root = Field.root(object.node());
            if (!root.get("kind").textOrEmpty().equals("Namespace")) {
                return Optional.empty();
            }
            Map<String, String> labels = new HashMap<>();
            root.get("metadata")
                    .get("labels")
                    .members()
                    .forEach(label -> labels.put(label.name(), label.textOrEmpty()));
            return Optional.of(new Namespace(root.get("metadata").get("name").textOrEmpty(), labels));
        } catch (MalformedWorkloadException e) {
            return Optional.empty();
        }
    }

    private Optional<CheckReport.Entry> judge(
            Found found, Policies policies, Cluster cluster, Map<String, Namespace> namespaces, List<Problem> errors) {
        String name = found.workload().namespace().orElse(defaultNamespace);
        try {
            Demands demands = policies.demandsOn(
                    namespaces.getOrDefault(name, Namespace.named(name)),
                    found.workload().pod().labels(),
                    cluster);
            Verdict verdict = Judge.judge(
                    found.workload(), demands, Circumstances.of(cluster, clock.instant(), Optional.of(name)));
            return Optional.of(new CheckReport.Entry(found.object(), found.workload(), name, verdict));
        } catch (MalformedWorkloadException e) {
            errors.add(problem(found.object(), e));
            return Optional.empty();
        }
    }

    private static Problem problem(ManifestObject object, MalformedWorkloadException e) {
        Position position = object.position(e.pointer());
        return new Problem(
                object.document().file(), position.line(), position.column(), String.valueOf(e.getMessage()));
    }
}
