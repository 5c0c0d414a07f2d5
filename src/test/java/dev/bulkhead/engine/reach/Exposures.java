package dev.bulkhead.engine.reach;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.engine.evaluation.EvaluatedWorkload;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Workload;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Exposures of objects, evaluated by least-privilege. */
public final class Exposures {
    private Exposures() {}

    static Exposure of(JsonNode object) {
        return of(object, PolicySet.of(Profile.LEAST_PRIVILEGE), ClusterCapabilities.NEWEST_MINOR);
    }

    static Exposure of(JsonNode object, PolicySet policies, int minor) {
        PodExposure pods = pods(object, policies, minor);
        return pods.exposure(pods.reach("shop", Optional.empty()), Optional.empty());
    }

    public static PodExposure pods(JsonNode object, PolicySet policies, int minor) {
        Workload workload =
                WorkloadKinds.builtIn().find(Field.root(object.deepCopy())).orElseThrow();
        WorkloadEvaluation evaluation =
                new WorkloadEvaluation(policies, ClusterCapabilities.offline(minor), Instant.EPOCH);
        Namespace namespace = Namespace.named("shop");
        EvaluatedWorkload evaluated = workload.isPod()
                ? evaluation.asRecreated(workload, namespace)
                : evaluation.asStored(workload, namespace, Optional.empty());
        return PodExposure.of(List.of(evaluated));
    }

    static Reach reach(JsonNode object) {
        return of(object).reach();
    }
}
