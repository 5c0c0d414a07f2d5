package dev.bulkhead.app.cluster.doctor;

import dev.bulkhead.engine.workload.KubernetesKind;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import java.util.ArrayList;
import java.util.List;

/** Questions to the API server about the rights of a service account of the installation. */
final class AccountReviews {
    static final List<String> WATCH = List.of("list", "watch");

    private final String home;
    private final String account;
    private final List<SubjectAccessReview> reviews = new ArrayList<>();

    AccountReviews(String home, String account) {
        this.home = home;
        this.account = account;
    }

    /** About all objects of the cluster. */
    void everywhere(String group, String resource, List<String> verbs) {
        add(group, resource, "", "", verbs);
    }

    /** The same for a kind of Kubernetes that holds pods. */
    void everywhere(KubernetesKind kind, List<String> verbs) {
        everywhere(kind.group(), kind.resource(), verbs);
    }

    /**
     * About one object.
     *
     * @param namespace empty for the whole cluster
     * @param name empty for all
     */
    void add(String group, String resource, String namespace, String name, List<String> verbs) {
        int slash = resource.indexOf('/');
        for (String verb : verbs) {
            reviews.add(new SubjectAccessReviewBuilder()
                    .withNewSpec()
                    .withUser("system:serviceaccount:" + home + ":" + account)
                    .withGroups("system:serviceaccounts", "system:serviceaccounts:" + home, "system:authenticated")
                    .withNewResourceAttributes()
                    .withGroup(group)
                    .withResource(slash < 0 ? resource : resource.substring(0, slash))
                    .withSubresource(slash < 0 ? "" : resource.substring(slash + 1))
                    .withNamespace(namespace)
                    .withName(name)
                    .withVerb(verb)
                    .endResourceAttributes()
                    .endSpec()
                    .build());
        }
    }

    List<SubjectAccessReview> all() {
        return List.copyOf(reviews);
    }
}
