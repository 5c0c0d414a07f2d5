package dev.bulkhead.app.cluster.doctor;

import java.util.stream.Stream;

/** What is read of a cluster, and the right that it takes. */
public enum Source {
    VERSION("get the version of the API server", "version"),
    DEPLOYMENT(
            "list deployments.apps in namespace HOME",
            "apis/apps/v1/namespaces/HOME/deployments?labelSelector=app.kubernetes.io%2Fname%3Dbulkhead"),
    CONSOLE(
            "list deployments.apps in namespace HOME",
            "apis/apps/v1/namespaces/HOME/deployments?labelSelector=app.kubernetes.io%2Fname%3Dbulkhead-console"),
    PODS(
            "list pods in namespace HOME",
            "api/v1/namespaces/HOME/pods?labelSelector=app.kubernetes.io%2Fname%3Dbulkhead"),
    BUDGETS(
            "list poddisruptionbudgets.policy in namespace HOME",
            "apis/policy/v1/namespaces/HOME/poddisruptionbudgets?labelSelector=app.kubernetes.io%2Fname%3Dbulkhead"),
    SERVICE("get services in namespace HOME", "api/v1/namespaces/HOME/services/NAME"),
    ENDPOINTS(
            "list endpointslices.discovery.k8s.io in namespace HOME",
            "apis/discovery.k8s.io/v1/namespaces/HOME/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3DNAME"),
    LEASE(
            "get leases.coordination.k8s.io in namespace HOME",
            "apis/coordination.k8s.io/v1/namespaces/HOME/leases/NAME"),
    CERTIFICATE("get secret CERTIFICATE in namespace HOME", "api/v1/namespaces/HOME/secrets/CERTIFICATE"),
    CONSOLE_CERTIFICATE("get secret SERVED in namespace HOME", "api/v1/namespaces/HOME/secrets/SERVED"),
    RECORD("get configmap NAME in namespace HOME", "api/v1/namespaces/HOME/configmaps/NAME"),
    MUTATING(
            "get mutatingwebhookconfigurations.admissionregistration.k8s.io",
            "apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/NAME"),
    VALIDATING(
            "get validatingwebhookconfigurations.admissionregistration.k8s.io",
            "apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/NAME"),
    ALL_MUTATING(
            "list mutatingwebhookconfigurations.admissionregistration.k8s.io",
            "apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations?"),
    /** Policies and bindings; none where it is not installed, and of a kind that the API server does not have. */
    SECOND_LAYER(
            "list validatingadmissionpolicies, mutatingadmissionpolicies and their bindings"
                    + " (admissionregistration.k8s.io)",
            "apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies?labelSelector=bulkhead.dev%2Fsecond-layer%3DNAME",
            "apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings?labelSelector=bulkhead.dev%2Fsecond-layer%3DNAME",
            "apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicies?labelSelector=bulkhead.dev%2Fsecond-layer%3DNAME",
            "apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicybindings?labelSelector=bulkhead.dev%2Fsecond-layer%3DNAME"),
    DEFINITIONS(
            "get customresourcedefinitions.apiextensions.k8s.io",
            "apis/apiextensions.k8s.io/v1/customresourcedefinitions/leastprivilegepolicies.bulkhead.dev",
            "apis/apiextensions.k8s.io/v1/customresourcedefinitions/exemptions.bulkhead.dev"),
    POLICIES("list leastprivilegepolicies.bulkhead.dev", "apis/bulkhead.dev/v1alpha1/leastprivilegepolicies?"),
    EXEMPTIONS("list exemptions.bulkhead.dev in all namespaces", "apis/bulkhead.dev/v1alpha1/exemptions?"),
    RUNTIME_CLASSES("list runtimeclasses.node.k8s.io", "apis/node.k8s.io/v1/runtimeclasses?"),
    NAMESPACES("list namespaces", "api/v1/namespaces?"),
    /** Of pods that do not start because of what was filled in. */
    START_FAILURES("list events in all namespaces", "api/v1/events?fieldSelector=reason%3DHardenedPodDoesNotStart"),
    /** The answers to a SubjectAccessReview for each right that the webhook's account needs. */
    RIGHTS("create subjectaccessreviews.authorization.k8s.io"),
    /** The same for the account of the console's process; none where that is not installed. */
    CONSOLE_RIGHTS("create subjectaccessreviews.authorization.k8s.io"),
    /** What the API server answered to a careless pod: see {@link DryRun}. None where nothing enforces. */
    DRY_RUN("create pods");

    private final String right;
    /** Separated by spaces. */
    private final String paths;

    Source(String right, String... paths) {
        this.right = right;
        this.paths = String.join(" ", paths);
    }

    /** What a user has to be permitted. */
    public String right(Place place) {
        return fill(right, place);
    }

    /** Below the API server's address; lists have a query. None for what such an installation does not have. */
    Stream<String> paths(Place place) {
        return (this == CONSOLE_CERTIFICATE && served(place).isEmpty())
                        || (this == SECOND_LAYER && place.secondLayer() == 0)
                ? Stream.empty()
                : Stream.of(paths.split(" ", -1))
                        .filter(path -> !path.isEmpty())
                        .map(path -> fill(path, place));
    }

    /** The name of the Secret with what the console serves. */
    private static String served(Place place) {
        return place.console().flatMap(ConsolePlace::certificate).orElse("");
    }

    private static String fill(String text, Place place) {
        return text.replace("HOME", place.home())
                .replace("NAME", place.name())
                .replace("CERTIFICATE", place.certificate())
                .replace("SERVED", served(place));
    }
}
