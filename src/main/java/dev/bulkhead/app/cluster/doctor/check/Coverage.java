package dev.bulkhead.app.cluster.doctor.check;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.app.cluster.doctor.Answer;
import dev.bulkhead.app.cluster.doctor.Check;
import dev.bulkhead.app.cluster.doctor.Facts;
import dev.bulkhead.app.cluster.doctor.Listed;
import dev.bulkhead.app.cluster.doctor.UnreadableException;
import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.policy.Census;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which namespaces no policy protects. */
final class Coverage implements Check {
    @Override
    public String id() {
        return "coverage";
    }

    @Override
    public Answer answer(Facts facts) throws UnreadableException {
        PolicySet policies = facts.policies().policies();
        List<Namespace> namespaces = facts.namespaces();
        List<String> nothing = Census.of(policies, namespaces).byNothing();
        WorkloadEvaluation evaluation = new WorkloadEvaluation(
                policies, ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR), facts.now());
        List<String> open = namespaces.stream()
                .filter(namespace -> !nothing.contains(namespace.name()) && !denies(evaluation, namespace))
                .map(Namespace::name)
                .toList();
        List<String> gaps = new ArrayList<>();
        if (!nothing.isEmpty()) {
            gaps.add("no policy is for " + nothing.size() + ": " + Listed.of(nothing));
        }
        if (!open.isEmpty()) {
            gaps.add("not even a privileged pod is denied in " + open.size() + ": " + Listed.of(open));
        }
        return gaps.isEmpty()
                ? Answer.ok("policies enforce in all " + namespaces.size() + " namespaces that are not excluded")
                : Answer.warning(
                        "of " + namespaces.size() + " namespaces, " + String.join("; ", gaps),
                        "bulkhead scan -A --preview least-privilege says what enforcing would refuse:"
                                + " docs/adopting.md");
    }

    /** Whether a pod is denied that every profile but privileged denies. */
    private static boolean denies(WorkloadEvaluation evaluation, Namespace namespace) {
        ObjectNode pod = JsonNodeFactory.instance.objectNode();
        pod.put("apiVersion", "v1").put("kind", "Pod");
        pod.putObject("metadata").put("name", "privileged").put("namespace", namespace.name());
        pod.putObject("spec")
                .putArray("containers")
                .addObject()
                .put("name", "app")
                .put("image", "registry.k8s.io/pause")
                .putObject("securityContext")
                .put("privileged", true);
        return WorkloadKinds.builtIn()
                .find(pod)
                .map(workload -> evaluation.asItArrives(workload, namespace, Optional.empty()))
                .filter(evaluated -> evaluated.verdict().outcome() == Outcome.DENIED)
                .isPresent();
    }
}
