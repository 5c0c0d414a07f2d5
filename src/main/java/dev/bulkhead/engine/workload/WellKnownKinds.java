package dev.bulkhead.engine.workload;

import java.util.List;

/**
 * Custom resources of widely used projects whose pod template is a plain one. Manifests are evaluated by it without
 * being told; the webhook is called for them only where they are declared, and evaluates what their controllers make of
 * them in any case.
 */
public final class WellKnownKinds {
    /** As {@link CustomKind#parse} reads them; each may lack its template, as a Rollout with a workloadRef does. */
    public static final List<String> DECLARATIONS = List.of(
            // Argo Rollouts
            "argoproj.io/Rollout=/spec/template?",
            // Knative
            "serving.knative.dev/Service=/spec/template?",
            "serving.knative.dev/Configuration=/spec/template?",
            "sources.knative.dev/ContainerSource=/spec/template?",
            // OpenKruise
            "apps.kruise.io/CloneSet=/spec/template?",
            "apps.kruise.io/StatefulSet=/spec/template?",
            "apps.kruise.io/DaemonSet=/spec/template?",
            "apps.kruise.io/BroadcastJob=/spec/template?",
            "apps.kruise.io/AdvancedCronJob=/spec/template/jobTemplate/spec/template?",
            // OpenShift
            "apps.openshift.io/DeploymentConfig=/spec/template?",
            // KEDA
            "keda.sh/ScaledJob=/spec/jobTargetRef/template?",
            // Agones
            "agones.dev/GameServer=/spec/template?",
            "agones.dev/Fleet=/spec/template/spec/template?",
            // GitHub's runners
            "actions.github.com/AutoscalingRunnerSet=/spec/template?");

    private WellKnownKinds() {}

    /** Those kinds, besides the ones that are known already. */
    public static WorkloadKinds besides(WorkloadKinds kinds) {
        WorkloadKinds more = kinds;
        for (String declaration : DECLARATIONS) {
            CustomKind kind = CustomKind.parse(declaration).orElseThrow();
            if (!more.contains(kind.group() + "/v1", kind.kind())) {
                more = more.with(kind);
            }
        }
        return more;
    }
}
