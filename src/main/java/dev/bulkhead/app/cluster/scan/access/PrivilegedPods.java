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
 * Whether admission lets a privileged pod into a namespace: by the labels of Pod Security, and by Bulkhead's own policies
 * where the API server asks it.
 *
 * @param namespaces what is known of a namespace
 * @param evaluation by the policies in force
 * @param evaluated the namespaces, by name, for whose pods the API server asks Bulkhead
 */
public record PrivilegedPods(
        Function<String, Namespace> namespaces, WorkloadEvaluation evaluation, Predicate<String> evaluated)
        implements Predicate<String> {
    private static final WorkloadKinds KINDS = WorkloadKinds.builtIn();

    @Override
    public boolean test(String name) {
        Namespace namespace = namespaces.apply(name);
        return !namespace.enforcesPodSecurity()
                && !(evaluated.test(name)
                        && evaluation
                                        .asItArrives(
                                                KINDS.find(Field.root(pod(name)))
                                                        .orElseThrow(),
                                                namespace,
                                                Optional.empty())
                                        .verdict()
                                        .outcome()
                                == Outcome.DENIED);
    }

    /** Whether a label of Pod Security is what keeps it out. */
    public boolean dependsOnLabel(String name) {
        return namespaces.apply(name).enforcesPodSecurity();
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
