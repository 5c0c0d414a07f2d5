package dev.bulkhead.app.cli;

import dev.bulkhead.app.cluster.resource.ApiServerFailure;
import dev.bulkhead.engine.text.SafeText;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.Config;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Reaches a cluster as kubectl does: by the kubeconfig, or in a pod by its ServiceAccount. */
final class KubeconfigAccess {
    private static final int CONNECT_MILLISECONDS = 5_000;

    private final CommandLine command;

    KubeconfigAccess(CommandLine command) {
        this.command = command;
    }

    /**
     * How to reach the cluster.
     *
     * @param context of the kubeconfig; empty for the current one
     * @throws ParameterException when there is no kubeconfig, none that can be read, or no such context
     */
    Config config(Optional<String> context) {
        Config config;
        try {
            config = Config.autoConfigure(context.orElse(null));
        } catch (RuntimeException e) {
            throw wrong("The kubeconfig cannot be read: " + firstLine(e));
        }
        List<String> contexts = Optional.ofNullable(config.getContexts()).orElse(List.of()).stream()
                .map(NamedContext::getName)
                .toList();
        if (context.isPresent() && !contexts.contains(context.get())) {
            throw wrong("--context: expected a context of the kubeconfig, got " + context.get()
                    + (contexts.isEmpty() ? "; it has none" : "; it has " + listed(contexts)));
        }
        if (config.getCurrentContext() == null
                && config.getAutoOAuthToken() == null
                && config.getOauthToken() == null) {
            throw wrong("No cluster: there is no kubeconfig with a current context"
                    + " (environment variable KUBECONFIG, or ~/.kube/config)");
        }
        // A person waits, who can ask again.
        config.setRequestRetryBackoffLimit(0);
        config.setConnectionTimeout(CONNECT_MILLISECONDS);
        return config;
    }

    private static String listed(List<String> contexts) {
        return contexts.stream().sorted().limit(20).collect(Collectors.joining(", "));
    }

    private static String firstLine(Throwable failure) {
        String message = Optional.ofNullable(failure.getMessage())
                .orElse(failure.getClass().getSimpleName());
        return SafeText.line(message.lines().findFirst().orElse(""));
    }

    /** Why a cluster cannot be read: what was tried, and how the connection failed. */
    static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String text = ApiServerFailure.text(failure);
        String detail = Optional.ofNullable(cause.getMessage()).orElse("");
        return cause == failure || detail.isEmpty() || text.contains(detail) ? text : text + ": " + firstLine(cause);
    }

    private ParameterException wrong(String message) {
        return new ParameterException(command, message);
    }
}
