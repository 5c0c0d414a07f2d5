package dev.bulkhead.app.cluster.resource;

import dev.bulkhead.engine.text.SafeText;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.Config;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Reaches a cluster as kubectl does: by the kubeconfig, or in a pod by its ServiceAccount. */
public final class Kubeconfig {
    private static final int CONNECT_MILLISECONDS = 5_000;
    private static final int MOST_LISTED = 20;

    private Kubeconfig() {}

    /**
     * How to reach the cluster, for a person who waits: a request that fails is not repeated.
     *
     * @param context of the kubeconfig; empty for the current one
     * @throws IllegalArgumentException when there is no kubeconfig, none that can be read, or no such context
     */
    public static Config read(Optional<String> context) {
        Config config;
        try {
            config = Config.autoConfigure(context.orElse(null));
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("The kubeconfig cannot be read: " + firstLine(e), e);
        }
        List<String> contexts = Optional.ofNullable(config.getContexts()).orElse(List.of()).stream()
                .map(NamedContext::getName)
                .toList();
        if (context.isPresent() && !contexts.contains(context.get())) {
            throw new IllegalArgumentException("--context: expected a context of the kubeconfig, got " + context.get()
                    + (contexts.isEmpty() ? "; it has none" : "; it has " + listed(contexts)));
        }
        if (config.getCurrentContext() == null
                && config.getAutoOAuthToken() == null
                && config.getOauthToken() == null) {
            throw new IllegalArgumentException("No cluster: there is no kubeconfig with a current context"
                    + " (environment variable KUBECONFIG, or ~/.kube/config)");
        }
        config.setRequestRetryBackoffLimit(0);
        config.setConnectionTimeout(CONNECT_MILLISECONDS);
        return config;
    }

    private static String listed(List<String> contexts) {
        return contexts.stream().sorted().limit(MOST_LISTED).collect(Collectors.joining(", "));
    }

    /** Why a cluster cannot be read: what was tried, and how the connection failed. */
    public static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String text = ApiServerFailure.text(failure);
        String detail = Optional.ofNullable(cause.getMessage()).orElse("");
        return cause == failure || detail.isEmpty() || text.contains(detail) ? text : text + ": " + firstLine(cause);
    }

    private static String firstLine(Throwable failure) {
        String message = Optional.ofNullable(failure.getMessage())
                .orElse(failure.getClass().getSimpleName());
        return SafeText.line(message.lines().findFirst().orElse(""));
    }
}
