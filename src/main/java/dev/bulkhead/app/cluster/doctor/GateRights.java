package dev.bulkhead.app.cluster.doctor;

import dev.bulkhead.app.cluster.secondlayer.PolicyKind;
import dev.bulkhead.app.cluster.secondlayer.Slot;
import dev.bulkhead.app.cluster.secondlayer.Slots;
import dev.bulkhead.engine.workload.KubernetesKind;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import java.util.List;

/** The rights without which the webhook does not work, as the chart grants them to its account. */
final class GateRights {
    private static final List<String> WATCH = AccountReviews.WATCH;

    private GateRights() {}

    /** A question to the API server for each of them. */
    static List<SubjectAccessReview> reviews(Place place) {
        AccountReviews rights = new AccountReviews(place.home(), place.account());
        rights.everywhere("", "namespaces", WATCH);
        rights.everywhere("bulkhead.dev", "leastprivilegepolicies", WATCH);
        rights.everywhere("bulkhead.dev", "exemptions", WATCH);
        rights.everywhere("bulkhead.dev", "leastprivilegepolicies/status", List.of("patch"));
        rights.everywhere("bulkhead.dev", "exemptions/status", List.of("patch"));
        rights.everywhere("node.k8s.io", "runtimeclasses", WATCH);
        rights.everywhere("", "pods", List.of("list"));
        List<String> kept = List.of("get", "watch", "update", "delete");
        rights.add("admissionregistration.k8s.io", "mutatingwebhookconfigurations", "", place.name(), kept);
        rights.add("admissionregistration.k8s.io", "validatingwebhookconfigurations", "", place.name(), kept);
        rights.add("coordination.k8s.io", "leases", place.home(), place.name(), List.of("get", "update"));
        rights.add("coordination.k8s.io", "leases", place.home(), "", List.of("create"));
        rights.add("", "configmaps", place.home(), place.name(), List.of("get", "watch"));
        rights.add("", "events", place.home(), "", List.of("create"));
        rights.add(
                "bulkhead.dev", "exemptions", place.home(), "bulkhead-reachability-probe", List.of("create", "patch"));
        if (place.issues()) {
            rights.add("", "secrets", place.home(), place.certificate(), List.of("get", "watch", "update"));
            rights.add("", "secrets", place.home(), "", List.of("create"));
        }
        if (place.watchesVolumes()) {
            rights.everywhere("", "persistentvolumes", WATCH);
        }
        if (place.sparesCalls()) {
            rights.everywhere(
                    "admissionregistration.k8s.io", "mutatingwebhookconfigurations", List.of("list", "watch"));
        }
        if (place.recreates()) {
            rights.everywhere("admissionregistration.k8s.io", "mutatingwebhookconfigurations", List.of("create"));
            rights.everywhere("admissionregistration.k8s.io", "validatingwebhookconfigurations", List.of("create"));
            rights.add("rbac.authorization.k8s.io", "clusterroles", "", place.name(), List.of("get"));
        }
        if (place.writesEvents()) {
            rights.everywhere("", "events", List.of("create", "patch"));
            rights.everywhere(KubernetesKind.DEPLOYMENT, List.of("get"));
            rights.everywhere(KubernetesKind.CRON_JOB, List.of("get"));
        }
        if (place.secondLayer() > 0) {
            for (PolicyKind kind : PolicyKind.values()) {
                rights.everywhere(PolicyKind.GROUP, kind.resource(), WATCH);
                rights.everywhere(PolicyKind.GROUP, kind.bindingResource(), WATCH);
            }
            List<String> written = List.of("get", "create", "patch", "update", "delete");
            for (Slot slot : new Slots(place.name(), place.secondLayer()).all()) {
                rights.add(PolicyKind.GROUP, slot.kind().resource(), "", slot.name(), written);
            }
        }
        place.images().ifPresent(images -> rights.add("", "configmaps", place.home(), images, WATCH));
        return rights.all();
    }
}
