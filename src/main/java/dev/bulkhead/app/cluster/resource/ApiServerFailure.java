package dev.bulkhead.app.cluster.resource;

import dev.bulkhead.engine.text.FailureText;
import dev.bulkhead.engine.text.SafeText;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusCause;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Why a call of the API server failed, for the log. The client's own messages quote requests and answers, and the API
 * server's messages quote the values that it refuses: a Secret's contents, or what somebody wrote into a policy. Of a
 * refused object only the fields are named.
 */
public final class ApiServerFailure {
    private static final int LONGEST = 500;
    private static final int MOST_FIELDS = 10;
    private static final int UNPROCESSABLE = 422;

    /** Codes of answers that are about the object that was sent, and so may quote it. */
    private static final Set<Integer> ABOUT_THE_OBJECT = Set.of(HttpURLConnection.HTTP_BAD_REQUEST, UNPROCESSABLE);

    private ApiServerFailure() {}

    /** One line that says what failed, without anything that the object held. */
    public static String text(Throwable failure) {
        if (failure instanceof KubernetesClientException answered) {
            return answered.getStatus() == null ? unanswered(answered) : refused(answered.getStatus());
        }
        return FailureText.message(failure);
    }

    private static String refused(Status status) {
        int code = Optional.ofNullable(status.getCode()).orElse(0);
        String reason = Optional.ofNullable(status.getReason()).orElse("no reason given");
        String what = "the API server answered " + code + " " + reason;
        String more = ABOUT_THE_OBJECT.contains(code) || isSecret(status)
                ? fields(status)
                : Optional.ofNullable(status.getMessage()).orElse("");
        return SafeText.line(more.isEmpty() ? what : what + ": " + more, LONGEST);
    }

    private static boolean isSecret(Status status) {
        return status.getDetails() != null
                && "secrets".equals(status.getDetails().getKind());
    }

    private static String fields(Status status) {
        List<StatusCause> causes =
                status.getDetails() == null ? List.of() : status.getDetails().getCauses();
        return causes.stream()
                .filter(cause -> cause.getField() != null)
                .limit(MOST_FIELDS)
                .map(cause -> cause.getField() + " (" + cause.getReason() + ")")
                .collect(Collectors.joining(", "));
    }

    /** No answer came, or none that the client could read: the innermost cause that says how the connection failed. */
    private static String unanswered(KubernetesClientException failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        boolean ofConnection = cause instanceof IOException
                && Stream.of("java.", "javax.net.").anyMatch(cause.getClass().getName()::startsWith);
        String message = ofConnection ? Optional.ofNullable(cause.getMessage()).orElse("") : "";
        return SafeText.line(
                "no usable answer of the API server: " + cause.getClass().getSimpleName()
                        + (message.isEmpty() ? "" : ": " + message),
                LONGEST);
    }
}
