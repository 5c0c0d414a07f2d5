package dev.bulkhead.engine.evaluation;

import dev.bulkhead.engine.policy.Exemption.Owner;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.KubernetesKind;
import dev.bulkhead.engine.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The names that a workload goes by. Owner references can be made up by whoever creates a pod, so they count only when
 * one of Kubernetes' own controllers asks: it writes them truthfully.
 */
public final class WorkloadOwners {
    /** Any of the controllers. */
    static final String CONTROLLER = "system:kube-controller-manager";

    private static final Set<String> CONTROLLERS = Set.of(
            CONTROLLER,
            "system:serviceaccount:kube-system:replicaset-controller",
            "system:serviceaccount:kube-system:replication-controller",
            "system:serviceaccount:kube-system:deployment-controller",
            "system:serviceaccount:kube-system:statefulset-controller",
            "system:serviceaccount:kube-system:daemon-set-controller",
            "system:serviceaccount:kube-system:job-controller",
            "system:serviceaccount:kube-system:cronjob-controller");

    private WorkloadOwners() {}

    /**
     * The workload itself, then what made it and what made that, where it is known for sure. What {@code generateName}
     * is to make a name of has none yet: by its beginning it would be somebody else's tomorrow.
     */
    public static List<Owner> of(Workload workload, Optional<String> user) {
        List<Owner> owners = new ArrayList<>();
        Field metadata = workload.object().get("metadata");
        owners.add(new Owner(workload.kind(), metadata.get("name").textOrEmpty()));
        if (user.filter(CONTROLLERS::contains).isEmpty()) {
            return owners;
        }
        for (Field reference : metadata.get("ownerReferences").items()) {
            if (reference.get("controller").isTrue()) {
                String kind = reference.get("kind").textOrEmpty();
                String name = reference.get("name").textOrEmpty();
                owners.add(new Owner(kind, name));
                if (kind.equals(KubernetesKind.REPLICA_SET.kind())) {
                    String hash =
                            metadata.get("labels").get("pod-template-hash").textOrEmpty();
                    if (!hash.isEmpty() && name.endsWith("-" + hash)) {
                        owners.add(new Owner(
                                KubernetesKind.DEPLOYMENT.kind(),
                                name.substring(0, name.length() - hash.length() - 1)));
                    }
                } else if (kind.equals(KubernetesKind.JOB.kind())) {
                    // A CronJob names its Jobs after itself and the minute they are for.
                    int dash = name.lastIndexOf('-');
                    if (dash > 0 && name.substring(dash + 1).chars().allMatch(c -> c >= '0' && c <= '9')) {
                        owners.add(new Owner(KubernetesKind.CRON_JOB.kind(), name.substring(0, dash)));
                    }
                }
            }
        }
        return owners;
    }
}
