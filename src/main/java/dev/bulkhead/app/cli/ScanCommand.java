package dev.bulkhead.app.cli;

import dev.bulkhead.app.admission.Guidance;
import dev.bulkhead.app.cli.output.ExemptionsReport;
import dev.bulkhead.app.cli.output.FailOn;
import dev.bulkhead.app.cli.output.JsonReport;
import dev.bulkhead.app.cli.output.ReportFormat;
import dev.bulkhead.app.cli.output.TableReport;
import dev.bulkhead.app.cli.output.Waiting;
import dev.bulkhead.app.cluster.scan.ClusterReader;
import dev.bulkhead.app.cluster.scan.InstalledSettings;
import dev.bulkhead.app.cluster.scan.ScanEvaluation;
import dev.bulkhead.app.cluster.scan.ScannedWorkload;
import dev.bulkhead.app.cluster.watch.PolicySnapshot;
import dev.bulkhead.app.cluster.watch.PolicySnapshot.Terms;
import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.policy.DefaultPolicy;
import dev.bulkhead.engine.policy.Exemption;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.proposal.DeniedWorkload;
import dev.bulkhead.engine.proposal.ExemptionProposer;
import dev.bulkhead.engine.proposal.Proposal;
import dev.bulkhead.engine.report.Report;
import dev.bulkhead.engine.report.ReportedProblem;
import dev.bulkhead.engine.report.ReportedWorkload;
import dev.bulkhead.engine.text.SafeText;
import dev.bulkhead.manifest.PolicyFiles;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Evaluates what runs in a cluster, once. */
@Command(
        name = "scan",
        description = "Evaluates what runs in a cluster, as if it were created now; installs nothing.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        sortSynopsis = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  bulkhead scan -A",
            "  bulkhead scan -n shop --preview restricted",
            "  bulkhead scan -A --policy policies/ -o json | jq .summary",
            "  bulkhead scan -A --preview restricted -o exemptions > exemptions.yaml",
            "",
            "-o exemptions writes the smallest set of exemptions with which nothing that runs",
            "is denied: fill in reason and owner, and review every value before you apply it.",
            "",
            "Exit codes: 0 nothing at or above --fail-on, 1 something is,",
            "2 wrong input or usage, or the cluster cannot be read."
        })
final class ScanCommand implements Callable<Integer> {
    private final CliEnvironment environment;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--context",
            paramLabel = "NAME",
            description = "Context of the kubeconfig. Default: the current one.")
    private Optional<String> context = Optional.empty();

    @ArgGroup
    private Scope scope = new Scope();

    @Option(
            names = {"-l", "--selector"},
            paramLabel = "SELECTOR",
            description = "Only pods and controllers with these labels, as for kubectl: app=web,tier!=cache.")
    private Optional<String> selector = Optional.empty();

    @Option(
            names = "--preview",
            paramLabel = "PROFILE",
            converter = PolicyOptions.ToProfile.class,
            description = "What enforcing this profile everywhere would do: " + Profile.NAMES
                    + ". The cluster's exemptions apply. Default: the cluster's own policies, or least-privilege"
                    + " where it has none.")
    private Optional<Profile> preview = Optional.empty();

    @Option(
            names = "--policy",
            paramLabel = "FILE",
            arity = "1..*",
            description = "What enforcing the policies and exemptions in these files or directories would do.")
    private List<Path> files = List.of();

    @Option(
            names = "--bulkhead-namespace",
            paramLabel = "NAME",
            description =
                    "Namespace whose exemptions apply, and of those that are proposed." + " Default: bulkhead-system.")
    private String bulkheadNamespace = "bulkhead-system";

    @Mixin
    private ExemptionOptions exemptions = new ExemptionOptions();

    @Mixin
    private KindOptions kinds = new KindOptions();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "${COMPLETION-CANDIDATES}. Default: table.")
    private ReportFormat format = ReportFormat.TABLE;

    @Option(names = "--fail-on", paramLabel = "WHAT", description = FailOn.DESCRIPTION)
    private FailOn failOn = FailOn.DENY;

    @Option(
            names = {"-v", "--verbose"},
            description = "In tables, lists what is filled in and what is only recorded, one by one.")
    private boolean verbose;

    @Mixin
    private StyleOptions look = new StyleOptions();

    private static final class Scope {
        @Option(
                names = {"-n", "--namespace"},
                paramLabel = "NAME",
                description = "Namespace to scan. Default: the context's.")
        private Optional<String> namespace = Optional.empty();

        @Option(
                names = {"-A", "--all-namespaces"},
                description = "Scans all namespaces.")
        private boolean all;
    }

    ScanCommand() {
        this(CliEnvironment.ofProcess());
    }

    ScanCommand(CliEnvironment environment) {
        this.environment = environment;
    }

    /** The policies to evaluate with, and their name in the report. */
    private record Basis(PolicySet policies, String name) {}

    /**
     * What came of a scan.
     *
     * @param proposals the exemptions to propose, if they are asked for
     */
    private record Scanned(Report report, List<Proposal> proposals) {}

    @Override
    public Integer call() throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        Guidance guidance = new GuidanceSettings(environment, spec.commandLine()).read();
        Optional<PolicyFiles> given = Optional.empty();
        if (!files.isEmpty()) {
            var read = PolicyFiles.read(
                    files, environment.clock().instant(), exemptions.maxDuration(environment), DefaultPolicy.FALLBACK);
            read.problems().forEach(problem -> err.println(SafeText.line(problem.describe())));
            if (!read.problems().isEmpty()) {
                return ExitCode.USAGE;
            }
            given = Optional.of(read);
        }
        Config config = new KubeconfigAccess(spec.commandLine()).config(context);
        Scanned scanned;
        try (KubernetesClient client =
                        new KubernetesClientBuilder().withConfig(config).build();
                Waiting waiting = new Waiting(err, environment.isTerminal(StandardStream.ERR))) {
            Optional<String> namespace = scope.all
                    ? Optional.empty()
                    : Optional.of(checked(scope.namespace.orElseGet(
                            () -> Optional.ofNullable(config.getNamespace()).orElse("default"))));
            ClusterReader.Reading reading =
                    new ClusterReader(client, bulkheadNamespace, namespace, selector, waiting::show).read();
            reading.limits().forEach(limit -> err.println("bulkhead: " + SafeText.line(limit)));
            scanned = evaluate(reading, basis(reading, given, err));
        } catch (IOException | KubernetesClientException e) {
            err.println("bulkhead: the cluster at " + config.getMasterUrl() + " cannot be read: "
                    + SafeText.line(KubeconfigAccess.reason(e)));
            return ExitCode.USAGE;
        }
        return print(scanned, guidance);
    }

    private String checked(String namespace) {
        if (!namespace.matches("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")) {
            throw new ParameterException(
                    spec.commandLine(), "--namespace: expected the name of a namespace, got " + namespace);
        }
        return namespace;
    }

    private Basis basis(ClusterReader.Reading reading, Optional<PolicyFiles> given, PrintWriter err) {
        Instant now = environment.clock().instant();
        InstalledSettings settings = reading.settings().orElseGet(() -> InstalledSettings.defaults(bulkheadNamespace));
        Terms terms = new Terms(
                settings.builtIn(),
                settings.defaultPolicy(),
                settings.exemptionNamespaces(),
                exemptions.maxDuration(environment));
        if (given.isPresent()) {
            return new Basis(given.get().inForce(Optional.of(Policy.builtIn(Profile.LEAST_PRIVILEGE))), "policy");
        }
        PolicySnapshot cluster =
                PolicySnapshot.of(reading.policies(), reading.exemptions(), terms, now, PolicySnapshot.none(terms));
        if (preview.isPresent()) {
            List<Exemption> honoured = cluster.exemptionStates().stream()
                    .flatMap(state -> state.inForce().stream())
                    .toList();
            Policy everywhere = Policy.builtIn(preview.get());
            return new Basis(
                    new PolicySet(List.of(), Optional.of(everywhere), honoured),
                    preview.get().toString());
        }
        if (!reading.knowsPolicies()) {
            err.println("bulkhead: the cluster has no policies of Bulkhead: evaluated by " + Profile.LEAST_PRIVILEGE);
            return new Basis(PolicySet.of(Profile.LEAST_PRIVILEGE), Profile.LEAST_PRIVILEGE.toString());
        }
        if (reading.settings().isEmpty()) {
            err.println("bulkhead: the webhook's settings cannot be read: those of the chart are assumed, such as the"
                    + " built-in profile " + settings.builtIn().profile());
        }
        return new Basis(cluster.policies(), "the cluster's policies");
    }

    private Scanned evaluate(ClusterReader.Reading reading, Basis basis) {
        Instant now = environment.clock().instant();
        Function<String, Namespace> namespaces =
                name -> Optional.ofNullable(reading.namespaces().get(name)).orElseGet(() -> Namespace.named(name));
        ScanEvaluation evaluation = new ScanEvaluation(kinds.kinds());
        ScanEvaluation.Result result = evaluation.evaluate(
                reading.inventory(), new WorkloadEvaluation(basis.policies(), reading.cluster(), now), namespaces);
        List<ReportedWorkload> worstFirst = result.workloads().stream()
                .map(ScannedWorkload::report)
                .sorted(Comparator.comparing(ReportedWorkload::verdict).reversed())
                .toList();
        List<ReportedProblem> problems = new ArrayList<>(result.problems());
        Instant expires = ExemptionProposer.expiry(now, exemptions.maxDuration(environment));
        List<DeniedWorkload> denied = format == ReportFormat.EXEMPTIONS
                ? evaluation.denied(reading.inventory(), result, namespaces)
                : List.of();
        return new Scanned(
                new Report(basis.name(), worstFirst, 0, problems),
                new ExemptionProposer(basis.policies(), reading.cluster(), now, expires, bulkheadNamespace)
                        .propose(denied));
    }

    private int print(Scanned scanned, Guidance guidance) throws IOException {
        Report report = scanned.report();
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        switch (format) {
            case TABLE -> {
                out.print(TableReport.of(report, look.look(environment), verbose));
                if (report.count(Outcome.DENIED) + report.count(Outcome.WARNED) > 0) {
                    out.print(GuidanceSettings.below(guidance));
                }
            }
            case JSON -> JsonReport.write(report, out);
            case EXEMPTIONS -> ExemptionsReport.print(scanned.proposals(), out, err);
        }
        out.flush();
        report.problems().forEach(error -> err.println(SafeText.line(error.describe())));
        if (!report.problems().isEmpty()) {
            return ExitCode.USAGE;
        }
        return failOn.isReachedBy(report) ? ExitCode.SOFTWARE : ExitCode.OK;
    }
}
