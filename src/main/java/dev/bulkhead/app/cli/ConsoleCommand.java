package dev.bulkhead.app.cli;

import dev.bulkhead.app.cli.option.CliEnvironment;
import dev.bulkhead.app.cli.option.KubeconfigOptions;
import dev.bulkhead.app.cluster.resource.Kubeconfig;
import dev.bulkhead.app.cluster.watch.ServerVersion;
import dev.bulkhead.engine.policy.document.NameSyntax;
import dev.bulkhead.engine.text.SafeText;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.util.LinkedHashMap;
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

/** Shows what runs in a cluster, until it is stopped. */
@Command(
        name = "console",
        description = {
            "Shows what runs in a cluster, and what is wrong with it, as pages for a browser.",
            "Uses your own kubeconfig, installs nothing and changes nothing. In a cluster, where the chart starts it, it"
                    + " also learns from what runs, beside the webhook."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class ConsoleCommand implements Callable<Integer> {
    private final CliEnvironment environment;

    @Spec
    private CommandSpec spec;

    @Mixin
    private KubeconfigOptions kubeconfig = new KubeconfigOptions();

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAME",
            description = "Shows only this namespace. Default: all, or the context's if you may list pods only there.")
    private Optional<String> namespace = Optional.empty();

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "Port of the pages, on the loopback interface; 0 takes a free one. Default: 8081.")
    private Optional<Integer> port = Optional.empty();

    @Option(
            names = "--management-port",
            paramLabel = "N",
            description = "In a cluster: port of health and metrics; 0 takes a free one. Default: 9000.")
    private Optional<Integer> managementPort = Optional.empty();

    ConsoleCommand() {
        this(CliEnvironment.ofProcess());
    }

    ConsoleCommand(CliEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        ServerProcess process = new ServerProcess(environment, spec);
        Map<String, String> settings = new LinkedHashMap<>();
        // It serves no webhook.
        settings.put("quarkus.http.host-enabled", "false");
        port.ifPresent(number -> settings.put("bulkhead.console.port", process.checkedPort("--port", number)));
        managementPort.ifPresent(number ->
                settings.put(ServerProcess.MANAGEMENT_PORT, process.checkedPort("--management-port", number)));
        if (isInCluster()) {
            settings.put("bulkhead.scan.enabled", "true");
            return process.run(settings, ConsoleApplication.class);
        }
        return local(process, settings);
    }

    private boolean isInCluster() {
        boolean inCluster = Boolean.parseBoolean(environment.variable("BULKHEAD_CLUSTER_ENABLED"))
                || Boolean.getBoolean("bulkhead.cluster.enabled");
        if (inCluster && (kubeconfig.context().isPresent() || namespace.isPresent())) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--context and --namespace are for a kubeconfig; in a cluster (bulkhead.cluster.enabled) the console"
                            + " uses its ServiceAccount");
        }
        return inCluster;
    }

    /** With a person's own kubeconfig: no other user can connect, and nothing is written. */
    private int local(ServerProcess process, Map<String, String> settings) {
        namespace.filter(name -> !NameSyntax.NAMESPACE.accepts(name)).ifPresent(name -> {
            throw new ParameterException(
                    spec.commandLine(), "--namespace: expected the name of a namespace, got " + SafeText.line(name));
        });
        if (!isReachable()) {
            return ExitCode.USAGE;
        }
        settings.put("bulkhead.console.enabled", "true");
        settings.put("bulkhead.console.local", "true");
        settings.put("quarkus.management.host-enabled", "false");
        settings.put("bulkhead.log.level", "WARN");
        kubeconfig.context().ifPresent(name -> settings.put("bulkhead.console.context", name));
        namespace.ifPresent(name -> settings.put("bulkhead.console.namespace", name));
        return process.run(settings, ConsoleApplication.class);
    }

    private boolean isReachable() {
        Config config = kubeconfig.config();
        try (KubernetesClient client =
                new KubernetesClientBuilder().withConfig(config).build()) {
            int unused = ServerVersion.ask(client);
            return true;
        } catch (IOException | KubernetesClientException e) {
            spec.commandLine()
                    .getErr()
                    .println("bulkhead: the cluster at " + config.getMasterUrl() + " cannot be read: "
                            + SafeText.line(Kubeconfig.reason(e)));
            return false;
        }
    }
}
