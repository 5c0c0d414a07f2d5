package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.Helm;
import dev.bulkhead.e2e.Installed.Site;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** What becomes of a registration that somebody changes. */
@TestMethodOrder(OrderAnnotation.class)
class RegistrationIT {
    private static final String POLICY = """
            apiVersion: bulkhead.dev/v1alpha1
            kind: LeastPrivilegePolicy
            metadata: {name: everything}
            spec: {mode: %s}
            """;

    private static Site site;
    private static ControlPlane plane;

    @BeforeAll
    static void install() throws Exception {
        site = new Site(Installed.programs(), Map.of());
        plane = site.plane();
    }

    @AfterAll
    static void end() throws Exception {
        if (site != null) {
            site.close();
        }
    }

    private static JsonNode webhook() {
        return plane.get("validatingwebhookconfiguration", "bulkhead").at("/webhooks/0");
    }

    private static void patch(String operations) {
        assertThat(plane.kubectl("patch", "validatingwebhookconfiguration", "bulkhead", "--type=json", "-p", operations)
                        .err())
                .isEmpty();
    }

    private static String events() {
        return plane.kubectl("-n", Replica.NAMESPACE, "get", "events", "-o", "wide")
                .out();
    }

    private static void awaitSync(int inSync) {
        ControlPlane.await(
                "bulkhead_webhook_in_sync " + inSync,
                () -> site.replicas().stream()
                        .allMatch(replica -> replica.metrics().contains("bulkhead_webhook_in_sync " + inSync + ".0")));
    }

    private static boolean isEvaluating() {
        return plane.kubectl(
                        "-n",
                        "default",
                        "run",
                        "try",
                        "--image=nginxinc/nginx-unprivileged",
                        "--privileged",
                        "--dry-run=server")
                .err()
                .contains("Bulkhead refuses Pod");
    }

    /** By the default it is Bulkhead's to keep, by what the policies ask for. */
    @Test
    @Order(1)
    void theFailurePolicyFollowsThePolicies() {
        assertThat(webhook().path("failurePolicy").asText()).isEqualTo("Fail");

        plane.apply(POLICY.formatted("audit"));
        ControlPlane.await(
                "that it is open",
                () -> webhook().path("failurePolicy").asText().equals("Ignore"));
        assertThat(events()).contains("WebhooksOpened");
        awaitSync(1);

        plane.apply(POLICY.formatted("enforce"));
        ControlPlane.await(
                "that it is closed",
                () -> webhook().path("failurePolicy").asText().equals("Fail"));
        plane.kubectl("delete", "leastprivilegepolicy", "everything");
        awaitSync(1);
        assertThat(webhook().path("failurePolicy").asText()).isEqualTo("Fail");
        assertThat(events()).doesNotContain("WebhooksContested");
    }

    /** What AKS does to webhooks that do not ask it to leave them alone. */
    @Test
    @Order(2)
    void anEditIsReportedAndPutBackWithoutAFight() {
        exclude();
        ControlPlane.await("that it is put back", () -> !isExcluding());
        ControlPlane.await(
                "an event",
                () -> events().contains("webhook validate.bulkhead.dev: namespaceSelector is not as installed"));
        awaitSync(1);
        ControlPlane.await("that all is well", () -> events().contains("WebhooksRestored"));
        assertThat(events()).doesNotContain("WebhooksContested");

        // Once more, and once more again: each time it takes longer.
        exclude();
        ControlPlane.await("that it is put back again", () -> !isExcluding());
        ControlPlane.await(
                "that it is said who does it",
                () -> events().contains(
                                "\"kubectl-patch\" has undone what the leader wrote in"
                                        + " ValidatingWebhookConfiguration bulkhead (webhook validate.bulkhead.dev: namespaceSelector); in a row: 1;"));
        exclude();
        ControlPlane.await("that it is put back a third time", () -> !isExcluding());
        ControlPlane.await(
                "that it is counted",
                () -> events().contains("in a row: 2; it was written again and, if undone again, will be after 10 s"));
        assertThat(site.replicas().stream().map(Replica::metrics))
                .anyMatch(metrics -> metrics.contains("bulkhead_webhook_undone_total{by=\"kubectl\"} 2.0"));
        awaitSync(1);
    }

    private static void exclude() {
        patch("[{\"op\":\"add\",\"path\":\"/webhooks/0/namespaceSelector/matchExpressions/-\","
                + "\"value\":{\"key\":\"control-plane\",\"operator\":\"NotIn\",\"values\":[\"true\"]}}]");
    }

    private static boolean isExcluding() {
        return webhook().at("/namespaceSelector").toString().contains("control-plane");
    }

    @Test
    @Order(3)
    void withoutRepairAChangeIsReportedByMetricAndEventAndLeftAlone() throws Exception {
        upgrade("none");
        restart();

        patch("[{\"op\":\"replace\",\"path\":\"/webhooks/0/objectSelector\","
                + "\"value\":{\"matchLabels\":{\"judge\":\"me\"}}}]");
        awaitSync(0);
        ControlPlane.await(
                "an event",
                () -> events().contains("webhook validate.bulkhead.dev: objectSelector is not as installed"));
        assertThat(webhook().at("/objectSelector/matchLabels/judge").asText()).isEqualTo("me");
        patch("[{\"op\":\"remove\",\"path\":\"/webhooks/0/objectSelector\"}]");
        awaitSync(1);
    }

    /** A Deployment would do this. */
    private static void restart() throws Exception {
        List<Replica> before = List.copyOf(site.replicas());
        site.replicas().clear();
        site.replicas().add(site.another());
        site.replicas().add(site.another());
        site.awaitReady();
        before.forEach(Replica::close);
    }

    @Test
    @Order(4)
    void withRepairOfAllEvenWhatIsDeletedIsPutBack() throws Exception {
        upgrade("all");
        restart();

        plane.kubectl("delete", "validatingwebhookconfiguration,mutatingwebhookconfiguration", "bulkhead");
        ControlPlane.await(
                "that both are there again",
                () -> plane.kubectl("get", "mutatingwebhookconfiguration", "bulkhead")
                                        .exitCode()
                                == 0
                        && webhook().at("/clientConfig/caBundle").isTextual());
        awaitSync(1);
        ControlPlane.await("that it evaluates", RegistrationIT::isEvaluating);
        assertThat(events()).contains("installed ValidatingWebhookConfiguration bulkhead again");
    }

    private static void upgrade(String repair) {
        new Helm(Installed.CHART)
                .upgrade()
                .withName("bulkhead")
                .withNamespace(Replica.NAMESPACE)
                .withKubeVersion(plane.version())
                .withKubeConfig(plane.kubeconfig())
                .set("service.port", 8443)
                .set("log.json", false)
                .set("webhooks.repair", repair)
                .call();
    }

    /** The command of docs/install.md. */
    @Test
    @Order(5)
    void theGateCanBeOpenedDespiteRepair() throws Exception {
        assertThat(plane.kubectl(
                                "delete",
                                "-n",
                                Replica.NAMESPACE,
                                "configmap/bulkhead",
                                "validatingwebhookconfiguration/bulkhead")
                        .exitCode())
                .isZero();
        ControlPlane.await("that Bulkhead denies nothing", () -> !isEvaluating());
        Thread.sleep(10_000);
        assertThat(isEvaluating()).isFalse();

        upgrade("all");
        ControlPlane.await("that it evaluates again", RegistrationIT::isEvaluating);
        awaitSync(1);
    }

    @Test
    @Order(6)
    void uninstallingRemovesRestoredConfigurationsAndTheLease() {
        plane.kubectl("delete", "validatingwebhookconfiguration", "bulkhead");
        ControlPlane.await(
                "that it is there again",
                () -> plane.kubectl("get", "validatingwebhookconfiguration", "bulkhead")
                                .exitCode()
                        == 0);

        Helm.uninstall("bulkhead")
                .withNamespace(Replica.NAMESPACE)
                .withKubeConfig(plane.kubeconfig())
                .call();

        ControlPlane.await(
                "that the Lease is gone",
                () -> plane.kubectl("-n", Replica.NAMESPACE, "get", "lease", "bulkhead", "-o", "name")
                        .out()
                        .isEmpty());
        // While the replicas still run, as they do while they say good-bye.
        assertThat(site.replicas()).allMatch(Replica::isRunning);
        ControlPlane.await(
                "that no registration is left",
                () -> plane.kubectl(
                                "get", "validatingwebhookconfigurations,mutatingwebhookconfigurations", "-o", "name")
                        .out()
                        .isEmpty());
    }

    @Test
    @Order(7)
    void policiesOutliveTheReleaseUnlessAskedOtherwise() {
        assertThat(definitions()).isEqualTo(2);

        new Helm(Installed.CHART)
                .install()
                .withName("bulkhead")
                .withNamespace(Replica.NAMESPACE)
                .withKubeVersion(plane.version())
                .withKubeConfig(plane.kubeconfig())
                .set("crds.keep", false)
                .call();
        assertThat(definitions()).isEqualTo(2);
        Helm.uninstall("bulkhead")
                .withNamespace(Replica.NAMESPACE)
                .withKubeConfig(plane.kubeconfig())
                .call();

        ControlPlane.await("that no definition is left", () -> definitions() == 0);
    }

    private static long definitions() {
        return plane.kubectl("get", "customresourcedefinitions", "-o", "name")
                .out()
                .lines()
                .filter(name -> name.endsWith(".bulkhead.dev"))
                .count();
    }
}
