package dev.bulkhead.app.console.access;

import dev.bulkhead.app.cluster.resource.ApiServerFailure;
import io.fabric8.kubernetes.api.model.authentication.TokenReview;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewStatus;
import io.fabric8.kubernetes.api.model.authentication.UserInfo;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Asks by TokenReview and SubjectAccessReview. No failure names a token. */
public final class ClusterReviews implements ApiServerReviews {
    private final KubernetesClient client;
    private final Clock clock;

    public ClusterReviews(KubernetesClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
    }

    @Override
    public Optional<Identity> owner(String token) throws IOException {
        TokenReview review = new TokenReviewBuilder()
                .withNewSpec()
                .withToken(token)
                .endSpec()
                .build();
        Optional<TokenReviewStatus> status = Optional.ofNullable(
                asked(() -> client.tokenReviews().create(review).getStatus()));
        return status.filter(said -> Boolean.TRUE.equals(said.getAuthenticated()))
                .map(TokenReviewStatus::getUser)
                .filter(user ->
                        user.getUsername() != null && !user.getUsername().isEmpty())
                .filter(user -> TokenEnd.of(token).filter(this::isOver).isEmpty())
                .map(ClusterReviews::identity);
    }

    private boolean isOver(Instant end) {
        return !clock.instant().isBefore(end);
    }

    private static Identity identity(UserInfo user) {
        Map<String, List<String>> extra = new HashMap<>();
        Optional.ofNullable(user.getExtra())
                .orElse(Map.of())
                .forEach((key, values) -> extra.put(key, List.copyOf(values)));
        return new Identity(
                user.getUsername(),
                Optional.ofNullable(user.getUid()).orElse(""),
                Identity.of("", Optional.ofNullable(user.getGroups()).orElse(List.of()))
                        .groups(),
                extra);
    }

    @Override
    public boolean mayListPods(Identity identity, Optional<String> namespace) throws IOException {
        SubjectAccessReview review = new SubjectAccessReviewBuilder()
                .withNewSpec()
                .withUser(identity.user())
                .withUid(identity.uid())
                .withGroups(new ArrayList<>(identity.groups()))
                .withExtra(identity.extra())
                .withNewResourceAttributes()
                .withVerb("list")
                .withVersion("v1")
                .withResource("pods")
                .withNamespace(namespace.orElse(""))
                .endResourceAttributes()
                .endSpec()
                .build();
        Optional<SubjectAccessReviewStatus> status = Optional.ofNullable(asked(() ->
                client.authorization().v1().subjectAccessReview().create(review).getStatus()));
        return status.filter(said -> Boolean.TRUE.equals(said.getAllowed()) && !Boolean.TRUE.equals(said.getDenied()))
                .isPresent();
    }

    private interface Question<T> {
        T ask();
    }

    private static <T> T asked(Question<T> question) throws IOException {
        try {
            return question.ask();
        } catch (KubernetesClientException e) {
            // Without the cause, whose text may quote the request.
            throw new IOException(ApiServerFailure.text(e));
        }
    }
}
