package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.e2e.Installed.Site;
import dev.bulkhead.e2e.Visitor.Answer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The console's process in a cluster, with the rights and the settings that the chart gives it, and people with real
 * tokens: Ada may list pods in the namespace console-shop only, Root everywhere.
 */
@ExtendWith(Installed.class)
@TestInstance(Lifecycle.PER_CLASS)
class ConsoleIT {
    private static final String HERS = "console-shop";
    private static final String OTHERS = "console-bank";
    private static final String SECRET = "vault";

    private static final String SETUP = """
            {apiVersion: v1, kind: Namespace, metadata: {name: console-people}}
            ---
            {apiVersion: v1, kind: Namespace, metadata: {name: console-shop, labels: {console: test}}}
            ---
            {apiVersion: v1, kind: Namespace, metadata: {name: console-bank, labels: {console: test, rank: secret}}}
            ---
            {apiVersion: v1, kind: ServiceAccount, metadata: {name: ada, namespace: console-people}}
            ---
            {apiVersion: v1, kind: ServiceAccount, metadata: {name: grace, namespace: console-people}}
            ---
            {apiVersion: v1, kind: ServiceAccount, metadata: {name: joan, namespace: console-people}}
            ---
            {apiVersion: v1, kind: ServiceAccount, metadata: {name: mary, namespace: console-people}}
            ---
            {apiVersion: v1, kind: ServiceAccount, metadata: {name: root, namespace: console-people}}
            ---
            {apiVersion: v1, kind: Secret, metadata: {name: badge, namespace: console-people}}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: see-pods, namespace: console-shop}
            rules: [{apiGroups: [""], resources: [pods], verbs: [list]}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: see-pods, namespace: console-shop}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: see-pods}
            subjects: [{kind: ServiceAccount, name: ada, namespace: console-people}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: see-pods-for-now, namespace: console-shop}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: see-pods}
            subjects:
            - {kind: ServiceAccount, name: grace, namespace: console-people}
            - {kind: ServiceAccount, name: joan, namespace: console-people}
            - {kind: ServiceAccount, name: mary, namespace: console-people}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: console-root}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
            subjects: [{kind: ServiceAccount, name: root, namespace: console-people}]
            ---
            apiVersion: bulkhead.dev/v1alpha1
            kind: LeastPrivilegePolicy
            metadata: {name: console-all}
            spec:
              profile: baseline
              match: {namespaceSelector: {matchLabels: {console: test}}}
            ---
            apiVersion: bulkhead.dev/v1alpha1
            kind: LeastPrivilegePolicy
            metadata: {name: treasury-rules}
            spec:
              profile: baseline
              match: {namespaceSelector: {matchLabels: {rank: secret}}}
            ---
            apiVersion: bulkhead.dev/v1alpha1
            kind: Exemption
            metadata: {name: shop-window, namespace: bulkhead-system}
            spec:
              reason: It listens on the node's address
              owner: team-shop
              expires: "2027-03-01T00:00:00Z"
              match: {namespaces: [console-shop], workloads: [{kind: Deployment, name: window}]}
              allow: [{rule: hostNamespaces, values: [hostNetwork]}]
            ---
            apiVersion: bulkhead.dev/v1alpha1
            kind: Exemption
            metadata: {name: vault-door, namespace: bulkhead-system}
            spec:
              reason: It listens on the node's address
              owner: team-treasury
              expires: "2027-03-01T00:00:00Z"
              match: {namespaces: [console-bank], workloads: [{kind: Deployment, name: vault}]}
              allow: [{rule: hostNamespaces, values: [hostNetwork]}]
            """;

    private static final String DEPLOYMENT = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: %1$s, namespace: %2$s}
            spec:
              replicas: 1
              selector: {matchLabels: {app: "%1$s"}}
              template:
                metadata: {labels: {app: "%1$s"}}
                spec:
                  hostNetwork: true
                  containers: [{name: app, image: nginxinc/nginx-unprivileged}]
            """;

    /** Every page, and what is downloaded from one. */
    private static final List<String> PAGES = List.of(
            "/",
            "/?namespaces=all",
            "/workloads",
            "/preview",
            "/preview?profile=restricted",
            "/preview/exemptions.yaml?profile=restricted",
            "/exemptions",
            "/refusals",
            "/policies",
            "/playground",
            "/api/v1/rules",
            "/api/v1/workloads",
            "/api/v1/preview?profile=restricted",
            "/api/v1/exemptions",
            "/api/v1/refusals",
            "/api/v1/policies");

    private final Site site;
    private final ControlPlane plane;
    private final AccountTokens tokens;
    private Replica console;
    private Visitor root;
    private Visitor ada;

    ConsoleIT(Site site) {
        this.site = site;
        this.plane = site.plane();
        this.tokens = new AccountTokens(plane, "console-people");
    }

    @BeforeAll
    void start() throws IOException {
        plane.apply(SETUP);
        for (Map.Entry<String, String> one :
                Map.of("window", HERS, SECRET, OTHERS).entrySet()) {
            ControlPlane.await(
                    "the exemption of " + one.getKey(),
                    () -> plane.kubectlWith(
                                            DEPLOYMENT.formatted(one.getKey(), one.getValue()),
                                            "apply",
                                            "--server-side",
                                            "-f",
                                            "-")
                                    .exitCode()
                            == 0);
        }
        for (String namespace : List.of(HERS, OTHERS)) {
            ControlPlane.await(
                    "a refusal",
                    () -> plane.kubectl("-n", namespace, "run", "bad-" + namespace, "--image=nginx", "--privileged")
                            .err()
                            .contains("Bulkhead refuses"));
        }
        console =
                Replica.start(plane, site.directory(), Replica.NAMESPACE, "bulkhead-console", "console-real", Map.of());
        ControlPlane.await("the console", console::isReady);
        root = signedIn(tokens.issued("root"));
        ada = signedIn(tokens.issued("ada"));
        for (String place : List.of(HERS, OTHERS)) {
            ControlPlane.await(
                    "what runs in " + place,
                    () -> root.get("/refusals").body().contains("bad-" + place)
                            && root.get("/workloads?namespace=" + place).body().contains("/workloads/" + place + "/"));
        }
    }

    @AfterAll
    void stop() {
        console.close();
        plane.kubectl("delete", "namespace", HERS, OTHERS, "console-people", "--wait=false");
        plane.kubectl("delete", "leastprivilegepolicy", "console-all", "treasury-rules");
        plane.kubectl("-n", Replica.NAMESPACE, "delete", "exemption", "shop-window", "vault-door");
        plane.kubectl("delete", "clusterrolebinding", "console-root");
    }

    /** As soon as one more token may be tried from this address. */
    private Visitor signedIn(String token) {
        Visitor visitor = new Visitor(console);
        ControlPlane.await("another attempt", () -> visitor.signIn(token).status() != 429);
        assertThat(visitor.hasSession()).isTrue();
        return visitor;
    }

    @Test
    void servesPagesAndNoWebhookWithTheRightsOfTheChart() throws IOException {
        assertThat(console.log())
                .contains("watching what runs", "console on port " + console.console())
                .doesNotContain("ERROR")
                .doesNotContain("WARN");
        assertThat(console.metrics())
                .contains("bulkhead_build_info")
                .doesNotContain("bulkhead_certificate_expiry")
                .doesNotContain("bulkhead_leader");
        assertThat(console.listens()).as("the webhook's port").isFalse();
    }

    @Test
    void strangerSeesTheSignInPageAndNothingElse() {
        Visitor stranger = new Visitor(console);
        for (String page : PAGES) {
            Answer answer = stranger.get(page);
            assertThat(answer.status()).as(page).isEqualTo(401);
            assertThat(answer.body())
                    .as(page)
                    .doesNotContain(HERS)
                    .doesNotContain(SECRET + "-")
                    .doesNotContain("admin");
        }
        assertThat(stranger.get("/workloads/console-bank/Deployment/vault").essence())
                .as("what exists and what does not")
                .isEqualTo(stranger.get("/workloads/console-none/Deployment/vault")
                        .essence()
                        .replace("console-none", OTHERS));
        assertThat(stranger.post("/playground", Map.of("manifest", "{}")).status())
                .isIn(401, 403);
    }

    @Test
    void tokenThatTheApiServerDoesNotAcceptOpensNothing() {
        Map<String, String> refused = Map.of(
                "garbage", "not-a-token",
                "another audience", tokens.issued("ada", "--audience=vault.example.com"),
                "another key", tokens.forged("ada"),
                "expired long ago", tokens.endingAt("ada", Instant.now().minus(Duration.ofMinutes(5))),
                "expired just now", tokens.endingAt("ada", Instant.now().minusSeconds(5)));
        refused.forEach((what, token) -> {
            Visitor visitor = new Visitor(console);
            ControlPlane.await("an attempt", () -> visitor.signIn(token).status() == 401);
            assertThat(visitor.hasSession()).as(what).isFalse();
            for (String page : List.of("/", "/workloads", "/api/v1/rules")) {
                assertThat(visitor.bearing(token, page).status())
                        .as(what + page)
                        .isEqualTo(401);
            }
        });
        assertThat(console.log()).doesNotContain(refused.values());
    }

    @Test
    void personOfOneNamespaceSeesItAloneOnEveryPage() {

        assertThat(ada.get("/").body()).contains("All <a href=\"/workloads\">1 workload</a>");
        assertThat(ada.get("/workloads").body()).contains("/workloads/" + HERS + "/Deployment/window");
        assertThat(ada.get("/preview?profile=restricted").body()).contains("window");
        assertThat(ada.get("/exemptions").body()).contains("shop-window");
        assertThat(ada.get("/refusals").body()).contains("bad-" + HERS);
        assertThat(ada.get("/policies").body()).contains("console-all");
        assertThat(ada.get("/api/v1/workloads").body()).contains("window");
        assertThat(ada.get("/api/v1/preview?profile=restricted").body()).contains("window");
        assertThat(ada.get("/api/v1/exemptions").body()).contains("shop-window");
        assertThat(ada.get("/api/v1/refusals").body()).contains("bad-" + HERS);
        for (String page : PAGES) {
            Answer answer = ada.get(page);
            assertThat(answer.status()).as(page).isEqualTo(200);
            assertThat(answer.body())
                    .as(page)
                    .doesNotContain(OTHERS, "vault", "treasury", "kube-system", "bulkhead-console");
        }
    }

    @Test
    void anotherNamespaceAnswersAsOneThatDoesNotExist() {
        for (String address : List.of(
                "/workloads/%s/Deployment/vault",
                "/workloads?namespace=%s",
                "/workloads?label=rank%%3Dsecret&namespace=%s",
                "/preview?profile=restricted&namespace=%s",
                "/preview/exemptions.yaml?profile=restricted&namespace=%s",
                "/preview/policy.yaml?profile=restricted&namespace=%s",
                "/refusals?namespace=%s",
                "/api/v1/workloads/%s/Deployment/vault",
                "/api/v1/workloads?namespace=%s",
                "/api/v1/preview?profile=restricted&namespace=%s")) {
            Answer real = ada.get(address.formatted(OTHERS));
            Answer none = ada.get(address.formatted("console-none"));
            assertThat(real.status()).as(address).isEqualTo(none.status());
            assertThat(real.essence()).as(address).isEqualTo(none.essence().replace("console-none", OTHERS));
        }
        assertThat(ada.get("/workloads/" + OTHERS + "/Deployment/vault").status())
                .isEqualTo(404);
        assertThat(ada.get("/workloads?q=vault").body()).contains("No workload is like that.");
        String pod = "{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: %s}, spec: {hostPID: true}}";
        assertThat(ada.post("/playground", Map.of("manifest", pod.formatted(OTHERS)))
                        .essence())
                .isEqualTo(ada.post("/playground", Map.of("manifest", pod.formatted("console-none")))
                        .essence()
                        .replace("console-none", OTHERS));
    }

    @Test
    void personWithoutRightsSeesNothing() {
        Visitor nobody = signedIn(ControlPlane.ADA);

        assertThat(nobody.get("/").body()).contains("You may list pods in no namespace");
        for (String page : PAGES) {
            assertThat(nobody.get(page).body()).as(page).doesNotContain(HERS, OTHERS, "kube-system");
        }
    }

    @Test
    void administratorSeesEverything() {

        assertThat(root.get("/workloads?q=console-").body()).contains("window", "vault");
        assertThat(root.get("/exemptions").body()).contains("shop-window", "vault-door");
        assertThat(root.get("/refusals").body()).contains("bad-" + HERS, "bad-" + OTHERS, "admin");
        assertThat(root.get("/policies").body()).contains("treasury-rules");
        assertThat(root.get("/workloads/" + OTHERS + "/Deployment/vault").status())
                .isEqualTo(200);
    }

    @Test
    void changeOfADeploymentShowsOnItsPage() {
        plane.kubectl("-n", HERS, "patch", "deployment", "window", "-p", "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}");
        plane.apply("""
                {apiVersion: v1, kind: Pod, metadata: {name: fresh, namespace: console-shop},
                 spec: {containers: [{name: app, image: nginx}]}}
                """);
        ControlPlane.await(
                "the pod's page",
                Duration.ofSeconds(20),
                () -> root.get("/workloads/" + HERS + "/Pod/fresh").status() == 200);
        plane.kubectl("-n", HERS, "delete", "pod", "fresh", "--force");
        ControlPlane.await(
                "no page",
                Duration.ofSeconds(20),
                () -> root.get("/workloads/" + HERS + "/Pod/fresh").status() == 404);
    }

    /**
     * All ways at once, since each is noticed within a minute only. The API server itself accepts a token for one more
     * minute after its end, the console does not.
     */
    @Test
    void accessEndsWithTheTokenTheAccountAndTheRight() {
        Visitor grace = signedIn(tokens.issued("grace"));
        Visitor joan = signedIn(tokens.issued("joan", "--bound-object-kind=Secret", "--bound-object-name=badge"));
        String marysToken = tokens.issued("mary");
        Visitor mary = signedIn(marysToken);
        Visitor program = new Visitor(console);
        String ending = tokens.endingAt("ada", Instant.now().plusSeconds(15));
        Visitor late = signedIn(ending);
        String page = "/workloads/" + HERS + "/Deployment/window";
        assertThat(Stream.of(grace, joan, mary, late).map(one -> one.get(page).status()))
                .containsOnly(200);
        assertThat(program.bearing(marysToken, page).status()).isEqualTo(200);

        plane.kubectl("-n", "console-people", "delete", "serviceaccount", "grace");
        plane.kubectl("-n", "console-people", "delete", "secret", "badge");
        plane.kubectl("-n", HERS, "delete", "rolebinding", "see-pods-for-now");

        ControlPlane.await("no account", () -> grace.get(page).status() == 401);
        ControlPlane.await("no bound object", () -> joan.get(page).status() == 401);
        ControlPlane.await("no right", () -> mary.get(page).status() == 404);
        ControlPlane.await(
                "no right of a program", () -> program.bearing(marysToken, page).status() == 404);
        assertThat(grace.get("/").body()).contains("Sign in");
        assertThat(mary.get("/").body()).contains("You may list pods in no namespace");
        ControlPlane.await(
                "its end", Duration.ofMinutes(3), () -> late.get(page).status() == 401);
    }
}
