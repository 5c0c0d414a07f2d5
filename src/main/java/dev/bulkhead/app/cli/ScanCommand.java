package dev.bulkhead.app.cli;

import dev.bulkhead.app.admission.Guidance;
import dev.bulkhead.app.cli.option.CliEnvironment;
import dev.bulkhead.app.cli.option.ExemptionOptions;
import dev.bulkhead.app.cli.option.GuidanceSettings;
import dev.bulkhead.app.cli.option.KindOptions;
import dev.bulkhead.app.cli.option.KubeconfigOptions;
import dev.bulkhead.app.cli.option.OutputOptions;
import dev.bulkhead.app.cli.option.PreviewOptions;
import dev.bulkhead.app.cli.option.StandardStream;
import dev.bulkhead.app.cli.option.Wanted;
import dev.bulkhead.app.cli.output.StatusLine;
import dev.bulkhead.app.cluster.resource.Kubeconfig;
import dev.bulkhead.app.cluster.scan.ClusterReader;
import dev.bulkhead.app.cluster.scan.node.KubeletAuthorities;
import dev.bulkhead.app.cluster.scan.node.NodeStatistics;
import dev.bulkhead.engine.preview.Preview;
import dev.bulkhead.engine.preview.PreviewPolicies;
import dev.bulkhead.engine.proposal.Proposal;
import dev.bulkhead.engine.report.Report;
import dev.bulkhead.engine.text.SafeText;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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
    private static final Duration KUBELETS_WITHIN = Duration.ofMinutes(1);

    private final CliEnvironment environment;

    @Spec
    private CommandSpec spec;

    @Mixin
    private KubeconfigOptions kubeconfig = new KubeconfigOptions();

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
        Optional<Wanted> wanted = output.wanted();
        if (wanted.isEmpty()) {
            return ExitCode.USAGE;
        }
        if (preview.isGiven()) {
            output.rejectFilters("--preview or --label");
        }
        if (output.wantsExemptions()) {
            output.rejectFilters("-o exemptions");
        }
        Optional<PreviewOptions.Given> given = preview.read(now, exemptions.maxDuration(environment));
        if (given.isEmpty()) {
            return ExitCode.USAGE;
        }
        Config config = kubeconfig.config();
        ClusterReader.Reading reading;
        Map<String, Map<String, Long>> written = Map.of();
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
            if (preview.nodeStats().isPresent() && preview.isGiven()) {
                line.show("asking kubelets");
                written = written(client, config);
            }
        } catch (IOException | KubernetesClientException e) {
            err.println("bulkhead: the cluster at " + config.getMasterUrl() + " cannot be read: "
                    + SafeText.line(Kubeconfig.reason(e)));
            return ExitCode.USAGE;
        }
        reading.limits().forEach(limit -> err.println("bulkhead: " + SafeText.line(limit)));
        ScannedCluster cluster = new ScannedCluster(
                reading,
                written,
                now,
                exemptions.maxDuration(environment),
                preview.ownerLabels(),
                remark -> err.println("bulkhead: " + remark));
        return preview.isGiven() ? preview(cluster, given.get()) : scan(cluster, wanted.get(), guidance);
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

    /** What kubelets say of their containers. What cannot be read is reported, and the preview made without. */
    private Map<String, Map<String, Long>> written(KubernetesClient client, Config config) {
        PrintWriter err = spec.commandLine().getErr();
        try {
            byte[] authorities = preview.kubeletCa().isPresent()
                    ? Files.readAllBytes(preview.kubeletCa().get())
                    : KubeletAuthorities.ofCluster(config);
            NodeStatistics.Account account = new NodeStatistics.Account(
                    output.bulkheadNamespace(), preview.nodeStats().orElseThrow());
            NodeStatistics.Reading answer = new NodeStatistics(client, account, authorities, KUBELETS_WITHIN).read();
            answer.problems().forEach(problem -> err.println("bulkhead: " + SafeText.line(problem)));
            return answer.written();
        } catch (IOException | KubernetesClientException e) {
            err.println("bulkhead: kubelets cannot be asked: " + SafeText.line(Kubeconfig.reason(e)));
            return Map.of();
        }
    }

    private int preview(ScannedCluster cluster, PreviewOptions.Given given) throws IOException {
        PreviewPolicies policies = given.policies(cluster.installed(), cluster.hasBulkhead());
        Preview made = cluster.preview(policies);
        List<Proposal> proposals = List.of();
        if (output.wantsExemptions()) {
            made.remarks().forEach(remark -> spec.commandLine().getErr().println("bulkhead: " + SafeText.line(remark)));
            cluster.tellExcluded(made.excluded(), "workload");
            proposals = cluster.exemptions(policies, output.bulkheadNamespace());
        }
        return output.print(made, proposals, environment);
    }

    private int scan(ScannedCluster cluster, Wanted wanted, Guidance guidance) throws IOException {
        PreviewPolicies policies = cluster.inForce();
        Report report = cluster.report(policies);
        List<Proposal> proposals = List.of();
        if (output.wantsExemptions()) {
            cluster.tellExcluded(cluster.deniedButExcluded(report), "denied workload");
            proposals = cluster.exemptions(policies, output.bulkheadNamespace());
        }
        return output.print(report, wanted, proposals, environment, guidance);
    }
}
