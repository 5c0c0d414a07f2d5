package dev.bulkhead.app.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.app.certificate.KeyPairAndChain;
import dev.bulkhead.app.certificate.UnusableCertificateException;
import dev.bulkhead.app.cluster.watch.PolicySnapshot.Terms;
import dev.bulkhead.app.cluster.webhook.WebhookDriftDetector.Repair;
import dev.bulkhead.engine.policy.DefaultPolicy;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.Profile;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A replica alone in its cluster, which leads, and what becomes of its work while some of it is slow or fails. */
class ClusterRuntimeTest {
    private static final String CONFIGURATION = """
            apiVersion: admissionregistration.k8s.io/v1
            kind: %s
            metadata: {name: bulkhead}
            webhooks:
              - name: pods.bulkhead.dev
                failurePolicy: Ignore
                clientConfig: {service: {namespace: bulkhead-system, name: bulkhead}}
                rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
                sideEffects: None
                admissionReviewVersions: [v1]
            """;

    private final FakeApiServer server = new FakeApiServer();
    private final ClusterRuntime runtime = new ClusterRuntime(
            server.client(),
            new ClusterPlace(
                    "bulkhead-system",
                    "bulkhead-0",
                    "bulkhead",
                    "bulkhead",
                    "bulkhead",
                    Repair.NONE,
                    Optional.of("bulkhead-tls"),
                    Duration.ZERO,
                    Optional.empty(),
                    false,
                    Optional.empty(),
                    0),
            new Terms(
                    Policy.builtIn(Profile.BASELINE),
                    DefaultPolicy.FALLBACK,
                    Set.of("bulkhead-system"),
                    Duration.ofDays(90)),
            Clock.systemUTC());
    private volatile Optional<KeyPairAndChain> served = Optional.empty();

    /** What may be slow or fail, by its requests, and what must get done all the same. */
    enum Concern {
        PODS("GET /api/v1/pods.*"),
        STATUS("PATCH .*/status"),
        SECRET("(POST|PUT|PATCH) .*/secrets.*"),
        WEBHOOKS("PUT .*/validatingwebhookconfigurations/.*"),
        EVENTS(".*/events");

        private final String requests;

        Concern(String requests) {
            this.requests = requests;
        }

        boolean matches(String request) {
            return request.matches(requests);
        }
    }

    @BeforeEach
    void install() {
        server.create(CONFIGURATION.formatted("MutatingWebhookConfiguration"));
        server.create(CONFIGURATION.formatted("ValidatingWebhookConfiguration"));
        server.create("""
                apiVersion: bulkhead.dev/v1alpha1
                kind: LeastPrivilegePolicy
                metadata: {name: tenants, uid: u-1, generation: 1}
                spec: {mode: warn}
                """);
    }

    @AfterEach
    void close() {
        runtime.close();
        server.close();
    }

    private void start() {
        runtime.start(() -> served, () -> {
            try {
                served = Optional.of(runtime.certificate().orElseThrow().load());
            } catch (UnusableCertificateException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private boolean hasCertificate() {
        Secret secret = server.client()
                .secrets()
                .inNamespace("bulkhead-system")
                .withName("bulkhead-tls")
                .get();
        return secret != null && secret.getData() != null && !secret.getData().isEmpty();
    }

    private boolean hasBundle() {
        ValidatingWebhookConfiguration configuration = server.client()
                .admissionRegistration()
                .v1()
                .validatingWebhookConfigurations()
                .withName("bulkhead")
                .get();
        return configuration.getWebhooks().get(0).getClientConfig().getCaBundle() != null;
    }

    private boolean hasStatus() {
        return server.get("LeastPrivilegePolicy", "", "tenants")
                .at("/status/state")
                .asText()
                .equals("Active");
    }

    private boolean hasCount() {
        return server.get("LeastPrivilegePolicy", "", "tenants").at("/status").has("workloads");
    }

    private void awaitAllBut(Concern broken) {
        if (broken != Concern.SECRET) {
            FakeApiServer.await("the certificate", this::hasCertificate);
            if (broken != Concern.WEBHOOKS) {
                FakeApiServer.await("the bundle", this::hasBundle);
                FakeApiServer.await("trust", () -> runtime.isInSync().orElse(false));
            }
            FakeApiServer.await("completeness", runtime::isComplete);
        }
        if (broken != Concern.STATUS) {
            FakeApiServer.await("the status", this::hasStatus);
            if (broken != Concern.PODS) {
                FakeApiServer.await("the count", this::hasCount);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void callWithoutAnAnswerDelaysNoOther(Concern broken) {
        server.hang(broken::matches);

        start();

        awaitAllBut(broken);
    }

    @ParameterizedTest
    @EnumSource(names = {"STATUS", "SECRET", "WEBHOOKS"})
    void failureDelaysNoOtherAndIsRetried(Concern broken) {
        server.fail(broken::matches, 500);
        start();
        awaitAllBut(broken);

        server.recover();

        FakeApiServer.await("the certificate", this::hasCertificate);
        FakeApiServer.await("the bundle", this::hasBundle);
        FakeApiServer.await("the status", this::hasStatus);
        FakeApiServer.await("the count", this::hasCount);
    }

    @Test
    void deletesTheWebhookConfigurationsWhenItsNamespaceIsDeleted() {
        String namespace =
                "{apiVersion: v1, kind: Namespace, metadata: {name: bulkhead-system, finalizers: [kubernetes]}}";
        server.create(namespace);
        start();
        awaitAllBut(Concern.EVENTS);

        server.delete(namespace);

        FakeApiServer.await(
                "the deletion",
                () -> server.client()
                        .admissionRegistration()
                        .v1()
                        .validatingWebhookConfigurations()
                        .list()
                        .getItems()
                        .isEmpty());
        assertThat(hasCertificate()).isTrue();
    }
}
