package dev.bulkhead.app.cluster.scan.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Whether a privileged pod is admitted in a namespace: by the labels of Pod Security, and by Bulkhead's own policies where
 * the API server asks it. Nothing is claimed of a namespace whose labels are not known.
 *
 * @param namespaces a namespace with its labels; empty where these are not known
 * @param evaluation by the policies in force
 * @param evaluated the namespaces, by name, for whose pods the API server asks Bulkhead
 */
public record PrivilegedPods(
        Function<String, Optional<Namespace>> namespaces, WorkloadEvaluation evaluation, Predicate<String> evaluated)
        implements Predicate<String> {
    private static final WorkloadKinds KINDS = WorkloadKinds.builtIn();

    @Override
    public boolean test(String name) {
        return namespaces
                .apply(name)
                .filter(namespace -> !namespace.enforcesPodSecurity() && !isDenied(namespace))
                .isPresent();
    }

    /** Whether it is rejected, and would be admitted if the labels of Pod Security were removed. */
    public boolean dependsOnLabel(String name) {
        return namespaces
                .apply(name)
                .filter(namespace -> namespace.enforcesPodSecurity() && !isDenied(namespace.withoutPodSecurityLabels()))
                .isPresent();
    }

    /** Whether Bulkhead denies it. */
    private boolean isDenied(Namespace namespace) {
        return evaluated.test(namespace.name())
                && evaluation
                                .asItArrives(
                                        KINDS.find(Field.root(pod(namespace.name())))
                                                .orElseThrow(),
                                        namespace,
                                        Optional.empty())
                                .verdict()
                                .outcome()
                        == Outcome.DENIED;
    }

    private static JsonNode pod(String namespace) {
        ObjectNode pod =
                JsonNodeFactory.instance.objectNode().put("apiVersion", "v1").put("kind", "Pod");
        pod.putObject("metadata").put("name", "privileged").put("namespace", namespace);
        ObjectNode container = pod.putObject("spec").putArray("containers").addObject();
        container
                .put("name", "privileged")
                .put("image", "privileged")
                .putObject("securityContext")
                .put("privileged", true);
        return pod;
    }
}
