package dev.bulkhead.app.cluster.webhook;

import dev.bulkhead.engine.workload.ImmutableCopies;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhook;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.RuleWithOperations;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The mutating webhooks of others, as far as they may change a pod after Bulkhead had its turn. A webhook that a condition has
 * skipped is not called again when another one changes the pod later, as a webhook that was called is.
 *
 * @see <a href="https://github.com/kubernetes/apiserver/blob/v0.37.2/pkg/admission/plugin/webhook/mutating/dispatcher.go">The
 *     order of webhooks</a>
 */
public final class OtherWebhooks implements AutoCloseable {
    private static final String AGAIN = "IfNeeded";

    private final String own;
    private final Set<String> harmless;
    private final SharedIndexInformer<MutatingWebhookConfiguration> all;

    /**
     * Watches nothing before it is started.
     *
     * @param own the name of Bulkhead's configuration
     * @param harmless the names of configurations that add no container and change no security context
     */
    public OtherWebhooks(KubernetesClient client, String own, Collection<String> harmless) {
        this.own = own;
        this.harmless = ImmutableCopies.of(harmless);
        this.all = client.admissionRegistration()
                .v1()
                .mutatingWebhookConfigurations()
                .runnableInformer(0)
                .exceptionHandler((started, failure) -> true);
    }

    void start() {
        all.start();
    }

    boolean isKnown() {
        return all.hasSynced();
    }

    /** One that may change a pod after Bulkhead had its turn, as {@code CONFIGURATION/WEBHOOK}. */
    Optional<String> later() {
        return later(all.getStore().list(), own, harmless);
    }

    /** The API server calls configurations in the order of their names; those before may be called a second time. */
    static Optional<String> later(List<MutatingWebhookConfiguration> all, String own, Set<String> harmless) {
        return all.stream()
                .filter(other -> !other.getMetadata().getName().equals(own)
                        && !harmless.contains(other.getMetadata().getName()))
                .flatMap(other -> other.getWebhooks().stream()
                        .filter(OtherWebhooks::seesPods)
                        .filter(webhook -> other.getMetadata().getName().compareTo(own) > 0
                                || AGAIN.equals(webhook.getReinvocationPolicy()))
                        .map(webhook -> other.getMetadata().getName() + "/" + webhook.getName()))
                .sorted()
                .findFirst();
    }

    private static boolean seesPods(MutatingWebhook webhook) {
        return webhook.getRules().stream().anyMatch(OtherWebhooks::includesPods);
    }

    private static boolean includesPods(RuleWithOperations rule) {
        return containsAny(rule.getApiGroups(), "", "*")
                && containsAny(rule.getResources(), "pods", "*", "*/*")
                && containsAny(rule.getOperations(), "CREATE", "*");
    }

    private static boolean containsAny(List<String> list, String... words) {
        for (String word : words) {
            if (list.contains(word)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        all.stop();
    }
}
