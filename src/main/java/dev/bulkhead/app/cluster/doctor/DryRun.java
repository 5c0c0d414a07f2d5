package dev.bulkhead.app.cluster.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A careless pod that the API server is asked to create as a dry run, which stores nothing. Its answer shows whether the API
 * server calls the webhook.
 *
 * @param namespace where
 * @param expected what the policies say of the pod there: hardened or denied
 * @param hardened whether the API server's answer is a pod that was hardened
 * @param refusal the message with which the API server refused it; empty if it did not
 */
public record DryRun(String namespace, Outcome expected, boolean hardened, String refusal) {
    private static final String HARDENED = "bulkhead.dev/hardened";
    private static final String DEFAULT = "default";

    /** Reads what {@link #toJson} wrote. */
    public static DryRun of(JsonNode json) {
        return new DryRun(
                json.path("namespace").asText(),
                json.path("expected").asText().equals(Outcome.DENIED.label()) ? Outcome.DENIED : Outcome.HARDENED,
                json.path("hardened").asBoolean(),
                json.path("refusal").asText());
    }

    JsonNode toJson() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("namespace", namespace)
                .put("expected", expected.label())
                .put("hardened", hardened)
                .put("refusal", refusal);
    }

    /** The same with what the API server answered. */
    DryRun created(JsonNode pod) {
        return new DryRun(namespace, expected, pod.at("/metadata/annotations").has(HARDENED), "");
    }

    DryRun refused(String message) {
        return new DryRun(namespace, expected, false, message);
    }

    /**
     * Chooses a namespace in which the webhook does something about the pod, if there is one: one in which it is hardened
     * shows that both webhooks are called.
     */
    static Optional<DryRun> choose(
            List<Namespace> namespaces, PolicySet policies, ClusterCapabilities cluster, Instant now) {
        WorkloadEvaluation evaluation = new WorkloadEvaluation(policies, cluster, now);
        return namespaces.stream()
                .map(namespace -> new DryRun(namespace.name(), expected(evaluation, namespace), false, ""))
                .filter(run -> run.expected == Outcome.HARDENED || run.expected == Outcome.DENIED)
                .min(Comparator.comparing((DryRun run) -> run.expected != Outcome.HARDENED)
                        .thenComparing(run -> !run.namespace.equals(DEFAULT))
                        .thenComparing(DryRun::namespace));
    }

    private static Outcome expected(WorkloadEvaluation evaluation, Namespace namespace) {
        return WorkloadKinds.builtIn()
                .find(pod(namespace.name()))
                .map(pod -> evaluation.asItArrives(pod, namespace, Optional.empty()))
                .map(evaluated -> evaluated.verdict().outcome())
                .orElse(Outcome.PASSED);
    }

    /** The pod: it sets nothing of what makes a pod safe. */
    JsonNode pod() {
        return pod(namespace);
    }

    private static JsonNode pod(String namespace) {
        ObjectNode pod = JsonNodeFactory.instance.objectNode();
        pod.put("apiVersion", "v1").put("kind", "Pod");
        pod.putObject("metadata").put("generateName", "bulkhead-doctor-").put("namespace", namespace);
        pod.putObject("spec")
                .putArray("containers")
                .addObject()
                .put("name", "app")
                .put("image", "registry.k8s.io/pause");
        return pod;
    }
}
