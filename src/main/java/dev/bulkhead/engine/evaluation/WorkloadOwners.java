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
 * The identities of a workload: itself and its owners. Anyone who creates a pod can make up owner references, so they
 * count only in requests of Kubernetes' own controllers, which write them truthfully.
 */
public final class WorkloadOwners {
    /** The user that stands for all controllers. */
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

    /** The users whose owner references count. */
    public static Set<String> controllers() {
        return CONTROLLERS;
    }

    /** Whether it is a pod of a controller that is Kubernetes' own, which asks. */
    static boolean isControlled(Workload workload, Optional<String> user) {
        return workload.isPod()
                && user.filter(CONTROLLERS::contains).isPresent()
                && workload.object().get("metadata").get("ownerReferences").items().stream()
                        .anyMatch(reference -> reference.get("controller").isTrue());
    }

    /**
     * The workload itself, then its owner and the owner's owner, as far as they are certain. A workload with only a
     * {@code generateName} has no name yet; the prefix could match an unrelated workload.
     */
    public static List<Owner> of(Workload workload, Optional<String> user) {
        Field metadata = workload.object().get("metadata");
        Owner itself = new Owner(workload.kind(), metadata.get("name").textOrEmpty());
        return user.filter(CONTROLLERS::contains).isPresent() ? withWhatMadeIt(itself, metadata) : List.of(itself);
    }

    /**
     * What a stored pod belongs to according to its owner references: the outermost controller that is known, or the pod
     * itself. Good for counting; a pod's creator can make the references up.
     *
     * @param metadata the pod's
     */
    public static Owner outermostOfPod(Field metadata) {
        List<Owner> owners = withWhatMadeIt(
                new Owner(KubernetesKind.POD.kind(), metadata.get("name").textOrEmpty()), metadata);
        return owners.get(owners.size() - 1);
    }

    private static List<Owner> withWhatMadeIt(Owner itself, Field metadata) {
        List<Owner> owners = new ArrayList<>();
        owners.add(itself);
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
                    // A CronJob names its Jobs NAME-MINUTES.
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
