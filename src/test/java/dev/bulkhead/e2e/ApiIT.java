package dev.bulkhead.e2e;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.e2e.Installed.Site;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.check.RuleRegistry;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The HTTP API in a cluster, at the Service's address, where the chart enables it and where it does not. */
@ExtendWith(Installed.class)
class ApiIT {
    private static final String POD = """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec: {hostNetwork: true, containers: [{name: web, image: nginx}]}
            """;

    private static final String POLICY = """
            apiVersion: v1
            kind: Namespace
            metadata: {name: nodes, labels: {tier: nodes}}
            ---
            apiVersion: bulkhead.dev/v1alpha1
            kind: LeastPrivilegePolicy
            metadata: {name: nodes}
            spec: {match: {namespaceSelector: {matchLabels: {tier: nodes}}}, profile: privileged}
            """;

    @Test
    void enabledApiAnswersOnItsOwnPortByThePoliciesOfTheCluster() throws IOException {
        try (Site site = new Site(Installed.programs(), Installed.CHART, Map.of("api.enabled", true))) {
            JsonNode service = service(site);
            String address = service.at("/spec/clusterIP").asText();
            int port = port(service, "api");
            try (Balancer balancer = new Balancer(address, port)) {
                balancer.to(site.replicas().stream().map(Replica::api).toList());

                List<String> ids = api(address, port)
                        .get("/api/v1/rules")
                        .then()
                        .statusCode(200)
                        .extract()
                        .path("rules.id");
                assertThat(ids)
                        .isEqualTo(RuleRegistry.ALL.stream().map(Rule::id).toList());

                check(address, port, "default")
                        .then()
                        .statusCode(200)
                        .body("profile", equalTo("least-privilege"))
                        .body("workloads[0].verdict", equalTo("denied"))
                        .body("workloads[0].findings.rule", hasItem("hostNamespaces"));

                site.plane().apply(POLICY);
                ControlPlane.await(
                        "the policy at every replica",
                        () -> site.replicas().stream()
                                .allMatch(next -> check(address, port, "nodes")
                                        .path("workloads[0].verdict")
                                        .equals("passed")));

                assertOnlyTheWebhookIsOnItsPort(address, port(service, "https"));
                api(address, port)
                        .contentType("application/json")
                        .body("{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\"}")
                        .post("/validate")
                        .then()
                        .statusCode(404)
                        .contentType("application/problem+json");
            }
        }
    }

    @Test
    void byDefaultThereIsNoPortOfTheApi(Site site) {
        JsonNode service = service(site);

        assertThat(service.at("/spec/ports").findValuesAsText("name")).containsExactlyInAnyOrder("https", "management");
        assertThat(site.plane()
                        .get("-n", Replica.NAMESPACE, "deployment", "bulkhead")
                        .at("/spec/template/spec/containers/0/ports")
                        .findValuesAsText("name"))
                .doesNotContain("api");
        assertOnlyTheWebhookIsOnItsPort(service.at("/spec/clusterIP").asText(), port(service, "https"));
        for (Replica replica : site.replicas()) {
            assertThatExceptionOfType(ConnectException.class)
                    .isThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), replica.api()).close());
        }
    }

    private static void assertOnlyTheWebhookIsOnItsPort(String address, int port) {
        for (String path : List.of("/api/v1/rules", "/api/v1/check", "/api/openapi")) {
            given().baseUri("https://" + address)
                    .port(port)
                    .relaxedHTTPSValidation()
                    .get(path)
                    .then()
                    .statusCode(404)
                    .body(startsWith("There is nothing here."));
        }
    }

    private static Response check(String address, int port, String namespace) {
        return api(address, port)
                .contentType("application/yaml")
                .queryParam("namespace", namespace)
                .body(POD.getBytes(UTF_8))
                .post("/api/v1/check");
    }

    private static RequestSpecification api(String address, int port) {
        return given().baseUri("http://" + address).port(port);
    }

    private static JsonNode service(Site site) {
        return site.plane().get("-n", Replica.NAMESPACE, "service", "bulkhead");
    }

    private static int port(JsonNode service, String name) {
        for (JsonNode port : service.at("/spec/ports")) {
            if (port.path("name").asText().equals(name)) {
                return port.path("port").asInt();
            }
        }
        throw new AssertionError("the Service has no port " + name);
    }
}
