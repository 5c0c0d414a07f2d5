package dev.bulkhead.app.cluster.doctor;

import static dev.bulkhead.app.cluster.doctor.AccountReviews.WATCH;

import dev.bulkhead.app.cluster.report.ReportApi;
import dev.bulkhead.app.cluster.report.ReportChoice;
import dev.bulkhead.app.cluster.scan.access.AccessKind;
import dev.bulkhead.engine.workload.KubernetesKind;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import java.util.List;
import java.util.stream.Stream;

/** The rights without which the console's process does not work, as the chart grants them to its account. */
final class ConsoleRights {
    private static final List<String> CREATE = List.of("create");
    private static final List<String> GET = List.of("get");

    private ConsoleRights() {}

    /** A question to the API server for each of them. */
    static List<SubjectAccessReview> reviews(Place gate, ConsolePlace place) {
        String home = gate.home();
        AccountReviews rights = new AccountReviews(home, place.account());
        evaluation(rights, place);
        for (KubernetesKind kind : KubernetesKind.values()) {
            if (kind != KubernetesKind.POD_TEMPLATE) {
                rights.everywhere(kind, WATCH);
            }
        }
        for (AccessKind kind : AccessKind.values()) {
            rights.everywhere(kind.group(), kind.resource(), WATCH);
        }
        rights.everywhere("", "events", WATCH);
        if (place.isOn("BULKHEAD_REPORTS_ENABLED")) {
            for (ReportApi api : choice(place.reportsApi()).candidates()) {
                rights.everywhere(api.group(), api.resource(), List.of("list", "create", "patch", "delete"));
            }
        }
        if (place.isOn("BULKHEAD_SCAN_START_FAILURES")) {
            rights.everywhere("", "events", CREATE);
            rights.everywhere(KubernetesKind.DEPLOYMENT, GET);
            rights.everywhere(KubernetesKind.CRON_JOB, GET);
            rights.everywhere("bulkhead.dev", "leastprivilegepolicies/status", List.of("patch"));
        }
        if (place.isOn("BULKHEAD_SCAN_NODE_STATS_ENABLED")) {
            rights.everywhere("", "nodes", List.of("list"));
            place.nodeStatistics().ifPresent(account -> rights.add("", "serviceaccounts/token", home, account, CREATE));
        }
        if (place.isOn("BULKHEAD_CONSOLE_ENABLED")) {
            String webhooks = "admissionregistration.k8s.io";
            rights.add(webhooks, "mutatingwebhookconfigurations", "", gate.name(), GET);
            rights.add(webhooks, "validatingwebhookconfigurations", "", gate.name(), GET);
            rights.everywhere("authentication.k8s.io", "tokenreviews", CREATE);
            rights.everywhere("authorization.k8s.io", "subjectaccessreviews", CREATE);
        }
        if (place.isOn("BULKHEAD_SCAN_REGISTRIES_PULL_SECRETS")) {
            rights.everywhere("", "secrets", GET);
            rights.everywhere("", "serviceaccounts", GET);
        }
        place.images()
                .ifPresent(images ->
                        rights.add("", "configmaps", home, images, List.of("get", "list", "watch", "create", "patch")));
        return rights.all();
    }

    private static ReportChoice choice(String setting) {
        return Stream.of(ReportChoice.values())
                .filter(choice -> choice.name().equalsIgnoreCase(setting))
                .findFirst()
                .orElse(ReportChoice.AUTO);
    }

    /** What decisions depend on. */
    private static void evaluation(AccountReviews rights, ConsolePlace place) {
        rights.everywhere("", "namespaces", WATCH);
        rights.everywhere("bulkhead.dev", "leastprivilegepolicies", WATCH);
        rights.everywhere("bulkhead.dev", "exemptions", WATCH);
        rights.everywhere("node.k8s.io", "runtimeclasses", WATCH);
        if (place.isOn("BULKHEAD_CLUSTER_PERSISTENT_VOLUMES")) {
            rights.everywhere("", "persistentvolumes", WATCH);
        }
    }
}
