package dev.bulkhead.app.cli.option;

import dev.bulkhead.app.cluster.resource.Kubeconfig;
import io.fabric8.kubernetes.client.Config;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say which cluster of the kubeconfig a command reads. */
public final class KubeconfigOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--context",
            paramLabel = "NAME",
            description = "Context of the kubeconfig. Default: the current one.")
    private Optional<String> context = Optional.empty();

    /** The name of the context that was given. */
    public Optional<String> context() {
        return context;
    }

    /**
     * How to connect to the cluster.
     *
     * @throws ParameterException when there is no kubeconfig, none that can be read, or no such context
     */
    public Config config() {
        try {
            return Kubeconfig.read(context);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }
}
