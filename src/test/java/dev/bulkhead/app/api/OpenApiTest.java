package dev.bulkhead.app.api;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The OpenAPI document is what {@code docs/openapi.yaml} holds, and what it says of answers is so. */
@QuarkusTest
@TestProfile(ApiTest.Enabled.class)
class OpenApiTest {
    @Inject
    ApiServer server;

    @Test
    void documentOfTheResourcesIsTheOneInTheDocumentation() {
        Response document = api().get("/api/generated.yaml");

        assertThat(document.statusCode()).isEqualTo(200);
        Golden.file(Path.of("docs/openapi.yaml"), document.body().asString());
    }

    @ParameterizedTest
    @CsvSource({
        "/api/openapi,, application/yaml",
        "/api/openapi, text/html, application/yaml",
        "/api/openapi, application/json, application/json",
        "/api/openapi?format=JSON,, application/json",
        "/api/openapi?format=yaml, application/json, application/yaml",
        "/api/openapi.yaml, application/json, application/yaml",
        "/api/openapi.yml,, application/yaml",
        "/api/openapi.json, application/yaml, application/json",
    })
    void documentIsServed(String path, @Nullable String accepted, String type) throws IOException {
        // A file that was just rewritten is served by the next build.
        assumeFalse(Golden.isUpdating());
        ObjectMapper mapper = type.endsWith("json") ? new ObjectMapper() : new ObjectMapper(new YAMLFactory());

        Response document = (accepted == null ? api() : api().accept(accepted)).get(path);

        assertThat(document.statusCode()).isEqualTo(200);
        assertThat(document.contentType()).isEqualTo(type + ";charset=UTF-8");
        assertThat(mapper.readTree(document.body().asByteArray()))
                .isEqualTo(new ObjectMapper()
                        .readTree(api().get("/api/generated.json").body().asByteArray()));
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

    /** Connections that stay open count against the limit of the listener. */
    private RequestSpecification api() {
        return given().header("Connection", "close")
                .baseUri("http://localhost")
                .port(server.port().orElseThrow());
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
