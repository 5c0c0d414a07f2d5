package dev.bulkhead.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.marcnuri.helm.Helm;
import dev.bulkhead.Yaml;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The chart's alerts and dashboard, as Prometheus's own promtool reads them. */
class MonitoringTest {
    private static final Path CHART = Path.of("charts/bulkhead");
    private static final Path TESTS = Path.of("src/test/resources/monitoring/alerts.yaml");
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path directory;

    /** Where Debian's package prometheus is not installed the test is skipped, but not in CI. */
    private String promtool(String... arguments) throws IOException, InterruptedException {
        boolean installed = Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
                .anyMatch(path -> Files.isExecutable(Path.of(path, "promtool")));
        if (!installed && Boolean.parseBoolean(System.getenv("BULKHEAD_CI"))) {
            throw new AssertionError("there is no promtool; it is in Debian's package prometheus");
        }
        if (!installed) {
            System.err.println("Skipped: there is no promtool on this machine; it is in Debian's package prometheus.");
        }
        assumeTrue(installed, "no promtool on this machine: it is in Debian's package prometheus");
        List<String> command = new ArrayList<>(List.of("promtool"));
        command.addAll(Arrays.asList(arguments));
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    /** The groups of rules as the chart renders them. */
    private static JsonNode rules() {
        return Stream.of(new Helm(CHART)
                        .template()
                        .withName("bulkhead")
                        .withNamespace("bulkhead-system")
                        .withKubeVersion("v1.37.0")
                        .set("metrics.rules.enabled", "true")
                        .set("secondLayer.enabled", "true")
                        .call()
                        .split("(?m)^---$", -1))
                .filter(text -> text.contains("\nkind: PrometheusRule\n"))
                .map(Yaml::tree)
                .map(rule -> rule.path("spec"))
                .findFirst()
                .orElseThrow();
    }

    private void write(String file, JsonNode content) throws IOException {
        Files.writeString(directory.resolve(file), JSON.writeValueAsString(content));
    }

    @Test
    void alertsAreValid() throws Exception {
        write("rules.yaml", rules());

        assertThat(promtool("check", "rules", "--lint=all", "--lint-fatal", "rules.yaml"))
                .contains("SUCCESS");
    }

    @Test
    void alertsFireOnBadSeriesAndAreSilentOnGoodOnes() throws Exception {
        write("rules.yaml", rules());
        write("tests.yaml", testsWithAnnotations());

        assertThat(promtool("test", "rules", "tests.yaml")).contains("SUCCESS");
    }

    /** promtool compares annotations too, which are said once, in the chart. */
    private static JsonNode testsWithAnnotations() {
        JsonNode tests = Yaml.file(TESTS);
        for (JsonNode test : tests.path("tests")) {
            for (JsonNode expected : test.path("alert_rule_test")) {
                for (JsonNode alert : expected.path("exp_alerts")) {
                    ((ObjectNode) alert)
                            .set(
                                    "exp_annotations",
                                    rule(expected.path("alertname").asText()).path("annotations"));
                }
            }
        }
        return tests;
    }

    private static JsonNode rule(String alert) {
        for (JsonNode rule : rules().at("/groups/0/rules")) {
            if (rule.path("alert").asText().equals(alert)) {
                return rule;
            }
        }
        throw new AssertionError("the chart has no alert " + alert);
    }

    @Test
    void everyAlertHasBothTests() {
        Set<String> firing = new TreeSet<>();
        Set<String> silent = new TreeSet<>();
        for (JsonNode test : Yaml.file(TESTS).path("tests")) {
            for (JsonNode expected : test.path("alert_rule_test")) {
                (expected.path("exp_alerts").isEmpty() ? silent : firing)
                        .add(expected.path("alertname").asText());
            }
        }
        Set<String> alerts = new TreeSet<>();
        rules().at("/groups/0/rules")
                .forEach(rule -> alerts.add(rule.path("alert").asText()));

        assertThat(firing).isEqualTo(alerts);
        assertThat(silent).isEqualTo(alerts);
    }

    @Test
    void expressionsOfTheDashboardAreValid() throws Exception {
        ObjectNode rules = JsonNodeFactory.instance.objectNode();
        ArrayNode recorded =
                rules.putArray("groups").addObject().put("name", "dashboard").putArray("rules");
        JsonNode dashboard = JSON.readTree(Files.readString(CHART.resolve("files/dashboard.json")));
        for (JsonNode panel : dashboard.path("panels")) {
            for (JsonNode target : panel.path("targets")) {
                recorded.addObject()
                        .put(
                                "record",
                                "panel" + panel.path("id").asText() + ":"
                                        + target.path("refId").asText())
                        .put("expr", target.path("expr").asText());
            }
        }
        assertThat(recorded).hasSizeGreaterThan(10);
        write("dashboard.yaml", rules);

        assertThat(promtool("check", "rules", "dashboard.yaml"))
                .contains("SUCCESS: " + recorded.size() + " rules found");
    }

    @Test
    void panelsDoNotOverlap() throws IOException {
        Set<String> cells = new TreeSet<>();
        for (JsonNode panel : JSON.readTree(Files.readString(CHART.resolve("files/dashboard.json")))
                .path("panels")) {
            JsonNode place = panel.path("gridPos");
            for (int x = 0; x < place.path("w").asInt(); x++) {
                for (int y = 0; y < place.path("h").asInt(); y++) {
                    String cell =
                            place.path("x").asInt() + x + "," + (place.path("y").asInt() + y);
                    assertThat(cells.add(cell))
                            .as(panel.path("title").asText() + " at " + cell)
                            .isTrue();
                }
            }
        }
    }
}
