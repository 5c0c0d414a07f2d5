package dev.bulkhead.app.api;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.check.RuleRegistry;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.Method;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@TestProfile(ApiTest.Enabled.class)
class ApiTest {
    private static final int MAX_BODY = 256 * 1024;

    private static final String PRIVILEGED = """
            # A comment
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
              - name: web
                image: nginxinc/nginx-unprivileged
                securityContext: {privileged: true}
            """;

    /** The API is served, with a limit that a test can reach. */
    public static class Enabled implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "bulkhead.api.enabled",
                    "true",
                    "bulkhead.api.max-body",
                    "256K",
                    "bulkhead.admission.deadline",
                    "10m");
        }
    }

    @Inject
    ApiServer server;

    /** Connections that stay open count against the limit of the listener. */
    private RequestSpecification api() {
        return given().header("Connection", "close")
                .baseUri("http://localhost")
                .port(server.port().orElseThrow());
    }

    private RequestSpecification manifest(String text) {
        return api().contentType("application/yaml").body(text.getBytes(UTF_8));
    }

    @Test
    void listsEveryRuleInItsOrder() {
        List<String> ids = api().get("/api/v1/rules")
                .then()
                .statusCode(200)
                .contentType("application/json")
                .body("apiVersion", equalTo("bulkhead.dev/v1alpha1"))
                .body("kind", equalTo("RuleList"))
                .body("rules.summary", everyItem(not("")))
                .extract()
                .path("rules.id");

        assertThat(ids).isEqualTo(RuleRegistry.ALL.stream().map(Rule::id).toList());
    }

    @Test
    void showsOneRuleWithItsPage() {
        api().get("/api/v1/rules/privileged")
                .then()
                .statusCode(200)
                .body("id", equalTo("privileged"))
                .body("layer", equalTo("host"))
                .body("actions.least-privilege.action", equalTo("deny"))
                .body("page", startsWith("# privileged"));
    }

    @Test
    void namesTheRuleThatThereIsNot() {
        problem(api().get("/api/v1/rules/priviledged"), 404, "There is no rule \"priviledged\"");
    }

    @Test
    void saysWhatRuns() {
        api().get("/api/v1/version")
                .then()
                .statusCode(200)
                .body("version", not(""))
                .body("kubernetes", startsWith("1."))
                .body("java", equalTo(Runtime.version().toString()));
    }

    @Test
    void evaluatesYamlByThePoliciesInForce() {
        manifest(PRIVILEGED)
                .post("/api/v1/check")
                .then()
                .statusCode(200)
                .contentType("application/json")
                .body("kind", equalTo("CheckReport"))
                .body("profile", equalTo("least-privilege"))
                .body("summary.denied", is(1))
                .body("workloads[0].name", equalTo("web"))
                .body("workloads[0].verdict", equalTo("denied"))
                .body("workloads[0].line", is(2))
                .body("workloads[0].findings.rule", hasItems("privileged", "runAsNonRoot"))
                .body("workloads[0].findings.find { it.rule == 'privileged' }.line", is(9))
                .body("errors", hasSize(0));
    }

    @Test
    void evaluatesJson() {
        api().contentType("application/json")
                .body("{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"web\"},"
                        + "\"spec\":{\"hostNetwork\":true,\"containers\":[{\"name\":\"web\",\"image\":\"nginx\"}]}}")
                .post("/api/v1/check")
                .then()
                .statusCode(200)
                .body("workloads[0].findings.rule", hasItems("hostNamespaces"));
    }

    @Test
    void evaluatesKindsOfWidelyUsedProjects() {
        manifest("""
                apiVersion: argoproj.io/v1alpha1
                kind: Rollout
                metadata: {name: web}
                spec:
                  template:
                    spec: {hostNetwork: true, containers: [{name: web, image: nginx}]}
                """)
                .post("/api/v1/check")
                .then()
                .statusCode(200)
                .body("workloads[0].kind", equalTo("Rollout"))
                .body("workloads[0].verdict", equalTo("denied"));
    }

    @Test
    void evaluatesByAnotherProfileForAnotherVersionInAnotherNamespace() {
        manifest(PRIVILEGED)
                .queryParam("profile", "restricted")
                .queryParam("kubeVersion", "1.18")
                .queryParam("namespace", "shop")
                .post("/api/v1/check")
                .then()
                .statusCode(200)
                .body("profile", equalTo("restricted"))
                .body("workloads[0].namespace", equalTo("shop"))
                // No revision of the check of seccomp profiles applies there yet.
                .body("workloads[0].findings.rule", not(hasItems("seccompProfile_restricted")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "profile | strict | profile: expected privileged, baseline",
                "profile | restricted@v2.0 | profile: expected privileged, baseline",
                "profile | '' | \"profile\" has no value",
                "kubeVersion | 33 | kubeVersion: expected a version such as 1.33, got \"33\"",
                "kubeVersion | 2.0 | kubeVersion: expected a version such as 1.33",
                "namespace | Shop | namespace: expected the name of a namespace",
                "kube-version | 1.33 | There is no query parameter \"kube-version\". There are: profile, kubeVersion, namespace.",
            })
    void refusesParametersThatItCannotUse(String name, String value, String detail) {
        Response response = manifest(PRIVILEGED).queryParam(name, value).post("/api/v1/check");

        problem(response, 400, detail).body("type", equalTo("urn:bulkhead:problem:wrong-parameter"));
    }

    @Test
    void refusesAParameterThatIsGivenTwice() {
        Response response = manifest(PRIVILEGED)
                .queryParam("profile", "baseline", "restricted")
                .post("/api/v1/check");

        problem(response, 400, "\"profile\" may be given once only");
    }

    @Test
    void saysWhereAManifestCannotBeRead() {
        Response response =
                manifest(PRIVILEGED + "---\na: [1,\n---\nkind: Pod\n- x\n").post("/api/v1/check");

        problem(response, 422, "The manifest cannot be evaluated: line 12, column 1: ")
                .body("type", equalTo("urn:bulkhead:problem:unreadable-manifest"))
                .body("errors.line", equalTo(List.of(12, 14)))
                .body("errors[1].column", is(1))
                .body("errors[1].message", containsString("found a list item"));
    }

    @Test
    void saysWhereAnObjectCannotBeEvaluated() {
        Response response = manifest(PRIVILEGED.replace("containers:", "containers: {}\n  x:"))
                .post("/api/v1/check");

        problem(response, 422, "The manifest cannot be evaluated: line 6, column 3: ")
                .body("errors", hasSize(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "---\n", "# nothing\n"})
    void findsNothingToEvaluateInAnEmptyManifest(String text) {
        problem(manifest(text).post("/api/v1/check"), 422, "there are no objects in it")
                .body("errors[0].line", equalTo(null));
    }

    @Test
    void refusesManifestsThatAreTooLarge() throws IOException {
        String large = PRIVILEGED + "#".repeat(MAX_BODY);
        String chunk = Integer.toHexString(large.length()) + "\r\n" + large + "\r\n0\r\n\r\n";

        problem(manifest(large).post("/api/v1/check"), 413, "larger than 262144 bytes");
        refused("POST", "/api/v1/check", "Transfer-Encoding: chunked\r\n", chunk, 413, "larger than 262144 bytes");
        refused(
                "POST",
                "/api/v1/check",
                "Expect: 100-continue\r\nContent-Length: 262145\r\n",
                "",
                413,
                "larger than 262144 bytes");
    }

    @Test
    void refusesToReportMoreThanItsMemoryHolds() {
        StringBuilder pods = new StringBuilder();
        for (int pod = 0; pod < 20; pod++) {
            pods.append("---\nkind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec:\n  containers:\n");
            for (int container = 0; container < 450; container++) {
                pods.append("  - {name: a").append(container).append("}\n");
            }
        }

        problem(manifest(pods.toString()).post("/api/v1/check"), 422, "Send fewer objects at once")
                .body("type", equalTo("urn:bulkhead:problem:too-much-to-evaluate"));
    }

    @Test
    void listsAHundredErrorsAtMost() {
        problem(manifest("---\n- no mapping\n".repeat(300)).post("/api/v1/check"), 422, "line 2, column 1")
                .body("detail", containsString("and 299 more"))
                .body("errors", hasSize(100));
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data"})
    void asksForYamlOrJson(String contentType) throws IOException {
        refused(
                "POST",
                "/api/v1/check",
                "Content-Type: " + contentType + "\r\nContent-Length: 2\r\n",
                "{}",
                415,
                "Send a manifest as application/yaml or application/json");
    }

    @Test
    void takesNoEncodedBody() {
        Response response =
                manifest(PRIVILEGED).header("Content-Encoding", "gzip").post("/api/v1/check");

        problem(response, 415, "The body must not be encoded.");
    }

    @Test
    void answersJsonOnly() {
        problem(api().accept("text/html").get("/api/v1/version"), 406, "application/json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/api",
                "/api/",
                "/api/v1",
                "/api/v1/",
                "/api/v1/rule",
                "/api/v1/rules/privileged/page",
                "/api/v2/rules",
                "/apis",
                "/api//v1/rules",
                "/api/v1/../v1/rules",
                "/api/v1/%72ules",
                "/q/health/live",
                "/q/metrics",
                "/q/openapi",
            })
    void hasNothingElsewhere(String path) throws IOException {
        refused("GET", path, "", "", 404, "There is nothing at this path.");
        refused(
                "POST",
                path,
                "Content-Type: application/json\r\nContent-Length: 2\r\n",
                "{}",
                404,
                "There is nothing at this path.");
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /api/v1/rules, 'GET, HEAD, OPTIONS'",
        "DELETE, /api/v1/rules/privileged, 'GET, HEAD, OPTIONS'",
        "PUT, /api/v1/version, 'GET, HEAD, OPTIONS'",
        "GET, /api/v1/check, 'OPTIONS, POST'",
        "POST, /api/openapi, 'GET, HEAD'",
    })
    void saysWhichMethodsAPathAnswers(Method method, String path, String allowed) {
        problem(api().request(method, path), 405, "This path answers " + allowed)
                .header("Allow", allowed);
    }

    @Test
    void answersHeadWithoutABody() {
        api().head("/api/v1/rules").then().statusCode(200).body(equalTo(""));
    }

    @Test
    void refusesHeadsThatItCannotRead() throws IOException {
        refused("GET", "/api/v1/rules?a=%zz", "", "", 400, "The address of the request");
        refused("GET", "/api/v1/rules?a=" + "a".repeat(5_000), "", "", 414, "The head of the request");
        refused("GET", "/api/v1/rules", "X-Long: " + "a".repeat(20_000) + "\r\n", "", 431, "The head of the request");
    }

    private void refused(String method, String address, String headers, String body, int status, String detail)
            throws IOException {
        RawRequest.Answer answer = RawRequest.send(server.port().orElseThrow(), method, address, headers, body);

        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.head()).contains("content-type: application/problem+json");
        assertThat(answer.body()).contains(detail).contains("\"status\":" + status);
    }

    private static ValidatableResponse problem(Response response, int status, String detail) {
        return response.then()
                .statusCode(status)
                .contentType(Problem.MEDIA_TYPE)
                .body("status", is(status))
                .body("title", not(""))
                .body("type", not(""))
                .body("detail", containsString(detail));
    }
}
