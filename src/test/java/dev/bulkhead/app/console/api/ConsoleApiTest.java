package dev.bulkhead.app.console.api;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.app.api.SchemaCheck;
import dev.bulkhead.app.console.ConsoleServer;
import dev.bulkhead.app.console.page.DemoView;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The console's API answers what its pages show, to those who may see it. */
@QuarkusTest
@TestProfile(ConsoleApiTest.Demo.class)
class ConsoleApiTest {
    private static final Pattern ROW = Pattern.compile("<th scope=\"row\"><a href=\"(/workloads/[^\"]+)\"");
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A console of the demo cluster, and people with tokens. */
    public static class Demo implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("bulkhead.console.enabled", "true", "bulkhead.console.port", "0");
        }

        @Override
        public Set<Class<?>> getEnabledAlternatives() {
            return Set.of(DemoConsoleBeans.class);
        }
    }

    @Inject
    ConsoleServer server;

    private RequestSpecification stranger() {
        return given().baseUri("http://localhost")
                .port(server.port().orElseThrow())
                .urlEncodingEnabled(false);
    }

    private RequestSpecification as(String person) {
        return stranger().header("Authorization", "Bearer " + person + "-token");
    }

    private JsonNode json(String person, String path) throws IOException {
        Response response = as(person).get(path);
        assertThat(response.statusCode()).as(response.asString()).isEqualTo(200);
        assertThat(response.contentType()).startsWith("application/json");
        return JSON.readTree(response.asByteArray());
    }

    private static JsonNode problem(Response response, int status) throws IOException {
        assertThat(response.statusCode()).as(response.asString()).isEqualTo(status);
        assertThat(response.contentType()).startsWith("application/problem+json");
        return JSON.readTree(response.asByteArray());
    }

    private static List<String> links(JsonNode list) {
        List<String> links = new ArrayList<>();
        list.get("workloads").forEach(workload -> links.add(workload.get("link").asText()));
        return links;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1/workloads",
                "/api/v1/workloads/shop/Deployment/storefront",
                "/api/v1/preview?profile=restricted",
                "/api/v1/exemptions",
                "/api/v1/refusals",
                "/api/v1/policies",
                "/api/v1/rules",
                "/api/v1/version",
                "/api/openapi.json"
            })
    void answersThoseOnlyWhoHaveAToken(String path) throws IOException {
        assertThat(problem(stranger().get(path), 401).get("detail").asText()).contains("Authorization: Bearer");
        Response unknown = stranger().header("Authorization", "Bearer expired").get(path);
        problem(unknown, 401);
        assertThat(unknown.header("WWW-Authenticate")).isEqualTo("Bearer error=\"invalid_token\"");
        problem(stranger().header("Authorization", "Basic YTpi").get(path), 401);

        assertThat(as("ada").get(path).statusCode()).isEqualTo(200);
        Response head = as("ada").head(path);
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.asByteArray()).isEmpty();
        assertThat(head.header("Cache-Control")).isEqualTo("no-store");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "?page=2",
                "?page=4",
                "?q=many&page=3",
                "?namespace=shop",
                "?namespace=none",
                "?verdict=denied",
                "?verdict=admitted&layer=host",
                "?rule=privileged",
                "?rule=runAsNonRoot&namespace=shop&verdict=denied",
                "?reach=node",
                "?breaks=yes",
                "?q=%3Cscript%3E"
            })
    void listsTheWorkloadsOfThePageWithTheSameQuery(String query) throws IOException {
        for (String person : List.of("ada", "grace", "nobody")) {
            Matcher rows = ROW.matcher(as(person).get("/workloads" + query).asString());
            List<String> shown = new ArrayList<>();
            while (rows.find()) {
                shown.add(rows.group(1).replace("&amp;", "&"));
            }
            JsonNode list = json(person, "/api/v1/workloads" + query);
            // The page shows its last part where the number is too large.
            if (list.get("total").asInt() > (list.get("page").asInt() - 1) * 50) {
                assertThat(links(list)).as(person + query).isEqualTo(shown);
            } else {
                assertThat(links(list)).isEmpty();
            }
        }
    }

    @Test
    void leadsFromPageToPageThroughAllOfThem() throws IOException {
        List<String> all = new ArrayList<>();
        String next = "/api/v1/workloads?q=many";
        while (!next.isEmpty()) {
            JsonNode list = json("ada", next);
            assertThat(list.get("total").asInt()).isEqualTo(DemoView.MORE);
            all.addAll(links(list));
            next = list.path("next").asText();
        }
        assertThat(all).hasSize(DemoView.MORE).doesNotHaveDuplicates();
    }

    @Test
    void showsANamespacedViewerNothingOfOtherNamespaces() throws IOException {
        JsonNode list = json("grace", "/api/v1/workloads");
        assertThat(list.get("total").asInt()).isPositive();
        list.get("workloads")
                .forEach(workload ->
                        assertThat(workload.get("namespace").asText()).isEqualTo("shop"));
        for (String path : List.of("/api/v1/exemptions", "/api/v1/preview?profile=restricted", "/api/v1/policies")) {
            assertThat(json("grace", path).toString()).as(path).doesNotContain("payments", "longhorn-system");
        }
        JsonNode workload = json("grace", "/api/v1/workloads/shop/Deployment/storefront");
        assertThat(workload.get("neighbours").isNull()).isTrue();
    }

    @Test
    void saysTheSameOfWhatAnotherSeesAndOfWhatThereIsNot() throws IOException {
        JsonNode unseen = problem(as("grace").get("/api/v1/workloads/payments/Deployment/ledger"), 404);
        JsonNode missing = problem(as("grace").get("/api/v1/workloads/shop/Deployment/none"), 404);

        assertThat(unseen).isEqualTo(missing);
        assertThat(json("grace", "/api/v1/workloads?namespace=payments").get("total"))
                .isEqualTo(json("grace", "/api/v1/workloads?namespace=none").get("total"));
        assertThat(json("ada", "/api/v1/workloads/payments/Deployment/ledger")
                        .get("name")
                        .asText())
                .isEqualTo("ledger");
    }

    @Test
    void findsWhatHasMarkupInItsName() throws IOException {
        String name = URLEncoder.encode(DemoView.MARKUP, UTF_8).replace("+", "%20");
        JsonNode workload = json("ada", "/api/v1/workloads/build/Deployment/" + name);

        assertThat(workload.get("name").asText()).isEqualTo(DemoView.MARKUP);
        assertThat(workload.get("link").asText()).isEqualTo("/workloads/build/Deployment/" + name);
        problem(as("ada").get("/api/v1/workloads/build/Deployment/%2e%2e"), 404);
        problem(as("ada").get("/api/v1/workloads/build/Deployment/a%2Fb"), 404);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/api/v1/workloads?verdict=bad | verdict: expected one of admitted, ",
                "/api/v1/workloads?layer=none | layer: expected one of identity",
                "/api/v1/workloads?rule=none | rule: expected one of ",
                "/api/v1/workloads?page=0 | page: expected a number from 1",
                "/api/v1/workloads?verdcit=denied | \"verdcit\". There are: q, namespace",
                "/api/v1/workloads?page=1&page=2 | once only",
                "/api/v1/workloads/shop/Deployment/storefront?a=b | There are: group",
                "/api/v1/preview | profile: expected privileged",
                "/api/v1/preview?profile=none | or policies or enforce, got \"none\"",
                "/api/v1/preview?profile=restricted&label=a%3Db | Name a profile or a label, not both.",
                "/api/v1/exemptions?a=b | this path has none",
                "/api/v1/refusals?rule=none | rule: expected one of",
            })
    void saysWhatIsWrongWithAParameter(String path, String detail) throws IOException {
        assertThat(problem(as("ada").get(path), 400).get("detail").asText()).contains(detail);
    }

    @Test
    void answersOtherMethodsWithThoseThatThereAre() throws IOException {
        Response answer = as("ada").delete("/api/v1/workloads");

        problem(answer, 405);
        assertThat(answer.header("Allow")).isEqualTo("GET, HEAD, OPTIONS");
    }

    @Test
    void evaluatesAManifestByThePoliciesOfNamespacesThatTheCallerSees() throws IOException {
        String pod = "{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {hostNetwork: true, containers:"
                + " [{name: web, image: nginx}]}}";
        assertThat(check("grace", "?namespace=shop", pod).statusCode()).isEqualTo(200);
        JsonNode unseen = problem(check("grace", "?namespace=payments", pod), 403);
        JsonNode missing = problem(check("grace", "?namespace=missing", pod), 403);
        assertThat(unseen.get("detail").asText().replace("payments", "missing"))
                .isEqualTo(missing.get("detail").asText());
        problem(
                check("grace", "?namespace=shop", pod.replace("name: web}, spec", "name: web, namespace: erp}, spec")),
                403);
        String named = pod.replace("name: web}, spec", "name: web, namespace: shop}, spec");
        assertThat(check("grace", "", named).statusCode())
                .as("no object is in the default namespace")
                .isEqualTo(200);
        assertThat(check("grace", "", named + "\n---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: web}}")
                        .statusCode())
                .as("no policy is for what holds no pod")
                .isEqualTo(200);
        assertThat(problem(check("grace", "", pod), 403).get("detail").asText()).contains("\"default\"");
        assertThat(check("grace", "?namespace=payments&profile=restricted", pod).statusCode())
                .isEqualTo(200);
        assertThat(check("ada", "?namespace=payments", pod).statusCode()).isEqualTo(200);
        problem(
                stranger()
                        .contentType("application/yaml")
                        .body(pod.getBytes(UTF_8))
                        .post("/api/v1/check"),
                401);
    }

    private Response check(String person, String query, String manifest) {
        return as(person)
                .contentType("application/yaml")
                .body(manifest.getBytes(UTF_8))
                .post("/api/v1/check" + query);
    }

    @Test
    void answersAreAsTheDocumentSays() throws IOException {
        JsonNode schemas = json("ada", "/api/openapi.json").at("/components/schemas");
        for (String person : List.of("ada", "grace")) {
            expect(schemas, json(person, "/api/v1/workloads"), "WorkloadList");
            expect(schemas, json(person, "/api/v1/preview?profile=restricted"), "PreviewReport");
            expect(schemas, json(person, "/api/v1/preview?profile=policies&namespace=shop"), "PreviewReport");
            expect(schemas, json(person, "/api/v1/exemptions"), "ExemptionList");
            expect(schemas, json(person, "/api/v1/refusals"), "RefusalList");
            expect(schemas, json(person, "/api/v1/policies"), "PolicyList");
        }
        assertThat(json("ada", "/api/v1/workloads").get("scanned").asText()).matches("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z");
        for (JsonNode workload : json("ada", "/api/v1/workloads").get("workloads")) {
            expect(schemas, json("ada", workload.get("self").asText()), "RunningWorkload");
        }
    }

    private static void expect(JsonNode schemas, JsonNode answer, String schema) {
        List<String> differences = new ArrayList<>();
        assertThat(schemas.has(schema)).as(schema).isTrue();
        new SchemaCheck(schemas, differences).check(answer, schemas.get(schema), schema);
        assertThat(differences).isEmpty();
    }
}
