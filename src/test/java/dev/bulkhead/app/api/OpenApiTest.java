package dev.bulkhead.app.api;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.Golden;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The OpenAPI document is what {@code docs/openapi.yaml} holds, and what it says of answers is so. */
@QuarkusTest
@TestProfile(ApiTest.Enabled.class)
class OpenApiTest {
    @Inject
    ApiServer server;

    @Test
    void documentIsTheOneInTheDocumentation() {
        Response document = api().get("/api/openapi.yaml");

        assertThat(document.statusCode()).isEqualTo(200);
        Golden.file(Path.of("docs/openapi.yaml"), document.body().asString());
    }

    @Test
    void everyOperationIsDescribed() throws IOException {
        JsonNode document = document();

        for (Map.Entry<String, JsonNode> path : document.get("paths").properties()) {
            for (JsonNode operation : path.getValue()) {
                assertThat(operation.path("summary").asText()).as(path.getKey()).isNotEmpty();
                assertThat(operation.path("description").asText())
                        .as(path.getKey())
                        .isNotEmpty();
                operation
                        .path("parameters")
                        .forEach(parameter -> assertThat(
                                        parameter.path("description").asText())
                                .as(path.getKey() + " " + parameter.path("name"))
                                .isNotEmpty());
            }
        }
    }

    @Test
    void answersAreAsTheDocumentSays() throws IOException {
        expect(api().get("/api/v1/version"), "Version");
        expect(api().get("/api/v1/rules"), "RuleList");
        expect(api().get("/api/v1/rules/secretsInEnv"), "Rule");
        expect(api().get("/api/v1/rules/none"), "Problem");
        expect(check("", "a: [1,\n---\na: b: c\n"), "Problem");
        expect(check("?profile=none", "a: 1"), "Problem");
        expect(check("", manyFindings()), "CheckReport");
        expect(check("?profile=baseline", manyFindings()), "CheckReport");
    }

    /** Of all shapes: of the pod and of a container, excused by nothing, hardened and not, and more than are listed. */
    private static String manyFindings() {
        StringBuilder manifest = new StringBuilder("""
                apiVersion: v1
                kind: Pod
                metadata: {name: web}
                spec:
                  hostNetwork: true
                  securityContext: {runAsUser: 0}
                  containers:
                  - name: web
                    image: nginxinc/nginx-unprivileged
                    securityContext: {privileged: true}
                    ports:
                """);
        for (int port = 1; port <= 60; port++) {
            manifest.append("    - {containerPort: ")
                    .append(port)
                    .append(", hostPort: ")
                    .append(port)
                    .append("}\n");
        }
        return manifest.append("---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: other}}\n")
                .toString();
    }

    private Response check(String query, String manifest) {
        return api().contentType("application/yaml")
                .body(manifest.getBytes(UTF_8))
                .post("/api/v1/check" + query);
    }

    private RequestSpecification api() {
        return given().baseUri("http://localhost").port(server.port().orElseThrow());
    }

    private JsonNode document() throws IOException {
        return new ObjectMapper().readTree(api().get("/api/openapi.json").body().asByteArray());
    }

    private void expect(Response response, String schema) throws IOException {
        List<String> differences = new ArrayList<>();
        JsonNode answer = new ObjectMapper().readTree(response.body().asByteArray());
        JsonNode schemas = document().at("/components/schemas");

        assertThat(schemas.has(schema)).as(schema).isTrue();
        new SchemaCheck(schemas, differences).check(answer, schemas.get(schema), schema);

        assertThat(differences).isEmpty();
    }
}
