package dev.bulkhead.app.cli;

import dev.bulkhead.app.admission.Guidance;
import dev.bulkhead.app.cli.option.CliEnvironment;
import dev.bulkhead.app.cli.option.ExemptionOptions;
import dev.bulkhead.app.cli.option.GuidanceSettings;
import dev.bulkhead.app.cli.option.KindOptions;
import dev.bulkhead.app.cli.option.OutputOptions;
import dev.bulkhead.app.cli.option.PreviewOptions;
import dev.bulkhead.app.cli.option.StandardStream;
import dev.bulkhead.app.cli.output.StatusLine;
import dev.bulkhead.app.cli.output.TextLayout;
import dev.bulkhead.app.cluster.resource.Kubeconfig;
import dev.bulkhead.app.cluster.scan.ClusterReader;
import dev.bulkhead.app.cluster.scan.InstalledSettings;
import dev.bulkhead.app.cluster.scan.ScanEvaluation;
import dev.bulkhead.app.cluster.scan.ScannedWorkload;
import dev.bulkhead.app.cluster.scan.preview.PreviewInput;
import dev.bulkhead.app.cluster.scan.preview.PreviewMaker;
import dev.bulkhead.app.cluster.watch.PolicySnapshot;
import dev.bulkhead.app.cluster.watch.PolicySnapshot.Terms;
import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.preview.Preview;
import dev.bulkhead.engine.preview.PreviewPolicies;
import dev.bulkhead.engine.proposal.Proposal;
import dev.bulkhead.engine.report.Report;
import dev.bulkhead.engine.report.ReportedWorkload;
import dev.bulkhead.engine.rule.WorkMeter;
import dev.bulkhead.engine.text.SafeText;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
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
            "  bulkhead scan -A --preview enforce",
            "  bulkhead scan -n shop --label pod-security.kubernetes.io/enforce=baseline",
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

    @Mixin
    private PreviewOptions preview = new PreviewOptions();

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

    @Override
    public Integer call() throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        Instant now = environment.clock().instant();
        Guidance guidance = new GuidanceSettings(environment, spec.commandLine()).read();
        Optional<PreviewOptions.Given> given = preview.read(now, exemptions.maxDuration(environment));
        if (given.isEmpty()) {
            return ExitCode.USAGE;
        }
        Config config = config();
        ClusterReader.Reading reading;
        try (KubernetesClient client =
                        new KubernetesClientBuilder().withConfig(config).build();
                StatusLine line = new StatusLine(err, environment.isTerminal(StandardStream.ERR))) {
            reading = new ClusterReader(
                            client,
                            output.bulkheadNamespace(),
                            namespace(config),
                            selector,
                            kinds.kinds(),
                            what -> line.show("reading " + what))
                    .read(now);
        } catch (IOException | KubernetesClientException e) {
            err.println("bulkhead: the cluster at " + config.getMasterUrl() + " cannot be read: "
                    + SafeText.line(Kubeconfig.reason(e)));
            return ExitCode.USAGE;
        }
        reading.limits().forEach(limit -> err.println("bulkhead: " + SafeText.line(limit)));
        return preview.isGiven() ? preview(reading, given.get(), now) : scan(reading, now, guidance);
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

    private int preview(ClusterReader.Reading reading, PreviewOptions.Given given, Instant now) throws IOException {
        PreviewPolicies policies = given.policies(installed(reading, now).policies());
        PreviewMaker maker = new PreviewMaker(
                input(reading, reading.settings().excludedNamespaces(), Map.of()),
                policies,
                Optional.empty(),
                now,
                WorkMeter.unlimited());
        Preview made = maker.preview();
        if (output.wantsExemptions() && made.excluded() > 0) {
            tellExcluded(made.excluded(), "workload", reading);
        }
        List<Proposal> proposals = output.wantsExemptions()
                ? maker.exemptions(exemptions.maxDuration(environment), output.bulkheadNamespace())
                : List.of();
        return output.print(made, proposals, environment);
    }

    private PreviewInput input(
            ClusterReader.Reading reading, Set<String> excluded, Map<String, Map<String, Long>> written) {
        return new PreviewInput(
                reading.inventory(),
                reading.kinds(),
                reading.cluster(),
                name -> namespace(reading, name),
                reading.observedPods().byUid(),
                written,
                excluded,
                preview.ownerLabels());
    }

    private static Namespace namespace(ClusterReader.Reading reading, String name) {
        return Optional.ofNullable(reading.namespaces().get(name)).orElseGet(() -> Namespace.named(name));
    }

    /** What is in force in the cluster. */
    private PolicySnapshot installed(ClusterReader.Reading reading, Instant now) {
        InstalledSettings settings = reading.settings();
        Terms terms = new Terms(
                settings.builtIn(),
                settings.defaultPolicy(),
                settings.exemptionNamespaces(),
                exemptions.maxDuration(environment));
        return PolicySnapshot.of(reading.policies(), reading.exemptions(), terms, now, PolicySnapshot.none(terms));
    }

    private int scan(ClusterReader.Reading reading, Instant now, Guidance guidance) throws IOException {
        PolicySet policies = installed(reading, now).policies();
        String name = "the cluster's policies";
        if (!reading.knowsPolicies()) {
            name = Profile.LEAST_PRIVILEGE.toString();
            policies = PolicySet.of(Profile.LEAST_PRIVILEGE);
            spec.commandLine()
                    .getErr()
                    .println("bulkhead: the cluster has no policies of Bulkhead: evaluated by " + name);
        }
        ScanEvaluation.Result result = new ScanEvaluation(reading.kinds())
                .in(new ScanEvaluation.Surroundings(scope.all && selector.isEmpty()))
                .evaluate(
                        reading.inventory(),
                        new WorkloadEvaluation(policies, reading.cluster(), now),
                        namespace -> namespace(reading, namespace));
        List<ReportedWorkload> worstFirst = result.workloads().stream()
                .map(ScannedWorkload::report)
                .sorted(Comparator.comparing(ReportedWorkload::verdict).reversed())
                .toList();
        Report report = new Report(name, worstFirst, 0, result.problems());
        return output.print(report, proposals(reading, policies, report, now), environment, guidance);
    }

    /** For what admission would deny: it does not evaluate the excluded namespaces. */
    private List<Proposal> proposals(ClusterReader.Reading reading, PolicySet policies, Report report, Instant now) {
        if (!output.wantsExemptions()) {
            return List.of();
        }
        Set<String> excluded = reading.settings().excludedNamespaces();
        long without = report.count(
                workload -> workload.verdict() == Outcome.DENIED && excluded.contains(workload.namespace()));
        if (without > 0) {
            tellExcluded(without, "denied workload", reading);
        }
        return new PreviewMaker(
                        input(reading, excluded, Map.of()),
                        new PreviewPolicies(report.profile(), policies, Map.of(), List.of()),
                        Optional.empty(),
                        now,
                        WorkMeter.unlimited())
                .exemptions(exemptions.maxDuration(environment), output.bulkheadNamespace());
    }

    private void tellExcluded(long count, String what, ClusterReader.Reading reading) {
        spec.commandLine()
                .getErr()
                .println("bulkhead: no exemption is needed for " + TextLayout.counted(count, what)
                        + " in namespaces that are excluded from admission: "
                        + reading.settings().excludedNamespaces().stream()
                                .sorted()
                                .collect(Collectors.joining(", ")));
    }
}
