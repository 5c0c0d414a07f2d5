package dev.bulkhead.engine.reach;

import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import dev.bulkhead.engine.workload.Volume;
import dev.bulkhead.engine.workload.Workload;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Whether a pod has a token for the API server: in a pod that exists, by its volumes, to which the API server has added the
 * token; in a template, by what the API server will add.
 */
final class ApiTokens {
    private static final String MOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";

    /** What a token is valid for if it names this, or nothing; others are for other services, such as a cloud or Vault. */
    private static final String API_AUDIENCE = "kubernetes.default.svc";

    private ApiTokens() {}

    /** The name of the pod's service account. If both fields are set, the newer one counts. */
    static String account(Pod pod) {
        String name = pod.spec().get("serviceAccountName").textOrEmpty();
        String older = name.isEmpty() ? pod.spec().get("serviceAccount").textOrEmpty() : name;
        return older.isEmpty() ? "default" : older;
    }

    /**
     * A token that the pod's containers have.
     *
     * @param path the JSON Pointer to what gives it to them
     * @param ifAutomounted whether it depends on the service account, because the pod says nothing
     */
    record Token(String account, String path, boolean ifAutomounted) {}

    /** The pod's token; empty if it has none. */
    static Optional<Token> find(Workload workload) {
        Pod pod = workload.pod();
        Set<String> mounted = new HashSet<>();
        Set<String> atTokenPath = new HashSet<>();
        for (Container container : pod.containers()) {
            for (Field mount : container.volumeMounts()) {
                String volume = mount.get("name").textOrEmpty();
                mounted.add(volume);
                if (mount.get("mountPath").textOrEmpty().equals(MOUNT_PATH)) {
                    atTokenPath.add(volume);
                }
            }
        }
        for (Volume volume : pod.volumes()) {
            if (mounted.contains(volume.name())
                    && (isProjectedToken(volume)
                            || (atTokenPath.contains(volume.name())
                                    && volume.source("secret").isPresent()))) {
                return Optional.of(new Token(account(pod), volume.field().pointer(), false));
            }
        }
        if (workload.isPod()) {
            return Optional.empty();
        }
        Field automount = pod.spec().get("automountServiceAccountToken");
        return automount.isFalse()
                ? Optional.empty()
                : Optional.of(new Token(account(pod), automount.pointer(), automount.isAbsent()));
    }

    private static boolean isProjectedToken(Volume volume) {
        for (Field source : volume.source("projected").get("sources").items()) {
            Field token = source.get("serviceAccountToken");
            String audience = token.get("audience").textOrEmpty();
            if (token.isPresent() && (audience.isEmpty() || audience.contains(API_AUDIENCE))) {
                return true;
            }
        }
        return false;
    }
}
