package dev.bulkhead.app.cli;

import dev.bulkhead.app.cli.option.CliEnvironment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Watches what runs in a cluster, until it is stopped. */
@Command(
        name = "console",
        description = "Watches what runs in a cluster and learns from it, beside the webhook.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class ConsoleCommand implements Callable<Integer> {
    private final CliEnvironment environment;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--management-port",
            paramLabel = "N",
            description = "Port of health and metrics; 0 takes a free one. Default: 9000.")
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
        settings.put("bulkhead.scan.enabled", "true");
        // It serves no webhook.
        settings.put("quarkus.http.host-enabled", "false");
        managementPort.ifPresent(number ->
                settings.put(ServerProcess.MANAGEMENT_PORT, process.checkedPort("--management-port", number)));
        return process.run(settings, ConsoleApplication.class);
    }
}
