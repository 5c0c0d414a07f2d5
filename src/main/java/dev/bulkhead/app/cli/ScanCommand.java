package dev.bulkhead.app.cli;

import dev.bulkhead.app.admission.Guidance;
import dev.bulkhead.app.cli.option.CliEnvironment;
import dev.bulkhead.app.cli.option.ExemptionOptions;
import dev.bulkhead.app.cli.option.GuidanceSettings;
import dev.bulkhead.app.cli.option.KindOptions;
import dev.bulkhead.app.cli.option.OutputOptions;
import dev.bulkhead.app.cli.option.PolicyOptions;
import dev.bulkhead.app.cli.option.StandardStream;
import dev.bulkhead.app.cli.output.StatusLine;
import dev.bulkhead.app.cli.output.TextLayout;
import dev.bulkhead.app.cluster.resource.Kubeconfig;
import dev.bulkhead.app.cluster.scan.ClusterReader;
import dev.bulkhead.app.cluster.scan.InstalledSettings;
import dev.bulkhead.app.cluster.scan.ScanEvaluation;
import dev.bulkhead.app.cluster.scan.ScannedWorkload;
import dev.bulkhead.app.cluster.watch.PolicySnapshot;
import dev.bulkhead.app.cluster.watch.PolicySnapshot.Terms;
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
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
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

    @Mixin
    private ExemptionOptions exemptions = new ExemptionOptions();

    @Mixin
    private KindOptions kinds = new KindOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

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
        String home = output.bulkheadNamespace();
        Config config = config();
        Scanned scanned;
        try (KubernetesClient client =
                        new KubernetesClientBuilder().withConfig(config).build();
                StatusLine line = new StatusLine(err, environment.isTerminal(StandardStream.ERR))) {
            ClusterReader.Reading reading = new ClusterReader(
                            client,
                            home,
                            namespace(config),
                            selector,
                            kinds.kinds(),
                            what -> line.show("reading " + what))
                    .read(environment.clock().instant());
            reading.limits().forEach(limit -> err.println("bulkhead: " + SafeText.line(limit)));
            scanned = evaluate(reading, basis(reading, given, err));
        } catch (IOException | KubernetesClientException e) {
            err.println("bulkhead: the cluster at " + config.getMasterUrl() + " cannot be read: "
                    + SafeText.line(Kubeconfig.reason(e)));
            return ExitCode.USAGE;
        }
        return output.print(scanned.report(), scanned.proposals(), environment, guidance);
    }

    private Config config() {
        try {
            return Kubeconfig.read(context);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    /** The namespace to scan; empty for all. */
    private Optional<String> namespace(Config config) {
        return scope.all
                ? Optional.empty()
                : Optional.of(output.namespace(
                        "--namespace",
                        scope.namespace.orElseGet(
                                () -> Optional.ofNullable(config.getNamespace()).orElse("default"))));
    }

    private Basis basis(ClusterReader.Reading reading, Optional<PolicyFiles> given, PrintWriter err) {
        Instant now = environment.clock().instant();
        InstalledSettings settings = reading.settings();
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
        return new Basis(cluster.policies(), "the cluster's policies");
    }

    private Scanned evaluate(ClusterReader.Reading reading, Basis basis) {
        Instant now = environment.clock().instant();
        Function<String, Namespace> namespaces =
                name -> Optional.ofNullable(reading.namespaces().get(name)).orElseGet(() -> Namespace.named(name));
        ScanEvaluation evaluation = new ScanEvaluation(reading.kinds())
                .in(new ScanEvaluation.Surroundings(scope.all && selector.isEmpty()));
        ScanEvaluation.Result result = evaluation.evaluate(
                reading.inventory(), new WorkloadEvaluation(basis.policies(), reading.cluster(), now), namespaces);
        List<ReportedWorkload> worstFirst = result.workloads().stream()
                .map(ScannedWorkload::report)
                .sorted(Comparator.comparing(ReportedWorkload::verdict).reversed())
                .toList();
        Instant expires = ExemptionProposer.expiry(now, exemptions.maxDuration(environment));
        return new Scanned(
                new Report(basis.name(), worstFirst, 0, result.problems()),
                new ExemptionProposer(basis.policies(), reading.cluster(), now, expires, output.bulkheadNamespace())
                        .propose(
                                output.wantsExemptions()
                                        ? denied(evaluation, reading, result, namespaces)
                                        : List.of()));
    }

    /** Those that admission would deny: it does not evaluate the excluded namespaces. */
    private List<DeniedWorkload> denied(
            ScanEvaluation evaluation,
            ClusterReader.Reading reading,
            ScanEvaluation.Result result,
            Function<String, Namespace> namespaces) {
        Set<String> excluded = reading.settings().excludedNamespaces();
        Map<Boolean, List<DeniedWorkload>> byExclusion =
                evaluation.denied(reading.inventory(), result, namespaces).stream()
                        .collect(Collectors.partitioningBy(
                                workload -> excluded.contains(workload.id().namespace())));
        int without = byExclusion.getOrDefault(true, List.of()).size();
        if (without > 0) {
            spec.commandLine()
                    .getErr()
                    .println("bulkhead: no exemption is needed for " + TextLayout.counted(without, "denied workload")
                            + " in namespaces that are excluded from admission: "
                            + excluded.stream().sorted().collect(Collectors.joining(", ")));
        }
        return byExclusion.getOrDefault(false, List.of());
    }
}
