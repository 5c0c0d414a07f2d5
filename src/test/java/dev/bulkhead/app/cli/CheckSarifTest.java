package dev.bulkhead.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.bulkhead.Golden;
import dev.bulkhead.app.cli.Cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** SARIF as programs read it: valid, pointing into the files, and recognisable from run to run. */
class CheckSarifTest {
    private static final Path CASES = Path.of("src/test/resources/check");
    private static final Path SCHEMA = Path.of("src/test/resources/schema/sarif-schema-2.1.0.json");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String POD = """
            apiVersion: v1
            kind: Pod
            metadata: {name: "%s"}
            spec:
              containers:
                - name: app
                  image: registry.example/app:1
                  securityContext: {privileged: true}
            """;

    @TempDir
    private Path directory;

    @TestFactory
    Stream<DynamicTest> reportsAreAsRecorded() throws IOException {
        Schema schema = schema();
        try (Stream<Path> folders = Files.list(CASES)) {
            return folders.sorted().toList().stream()
                    .map(folder -> DynamicTest.dynamicTest(folder.getFileName().toString(), () -> {
                        Run run = check(folder);

                        assertThat(schema.validate(run.out(), InputFormat.JSON)).isEmpty();
                        JsonNode log = JSON.readTree(run.out());
                        assertConsistent(log);
                        Golden.file(folder.resolve("expected.sarif.json"), withoutPages(log));
                    }));
        }
    }

    private static Schema schema() throws IOException {
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_4)
                .getSchema(Files.readString(SCHEMA), InputFormat.JSON);
    }

    private static Run check(Path folder) throws IOException {
        List<String> args = new ArrayList<>(List.of("check", "-o", "sarif"));
        try (Stream<Path> files = Files.list(folder)) {
            files.sorted().map(Path::toString).forEach(file -> {
                if (file.contains("manifests.")) {
                    args.addAll(List.of("-f", file));
                } else if (file.endsWith("policy.yaml")) {
                    args.addAll(List.of("--policy", file));
                }
            });
        }
        return Cli.run(args.toArray(String[]::new));
    }

    /** What no schema says: indexes lead to what they mean, and no two results are taken for the same. */
    private static void assertConsistent(JsonNode log) {
        JsonNode run = log.at("/runs/0");
        JsonNode rules = run.at("/tool/driver/rules");
        Set<String> fingerprints = new TreeSet<>();
        Set<String> used = new TreeSet<>();
        for (JsonNode result : run.get("results")) {
            String rule = result.get("ruleId").asText();
            used.add(rule);
            assertThat(rules.get(result.get("ruleIndex").asInt()).get("id").asText())
                    .isEqualTo(rule);
            assertThat(fingerprints.add(result.at("/partialFingerprints").toString()))
                    .isTrue();
            JsonNode file = result.at("/locations/0/physicalLocation/artifactLocation");
            assertThat(run.get("artifacts").get(file.get("index").asInt()).at("/location/uri"))
                    .isEqualTo(file.get("uri"));
        }
        assertThat(rules).hasSize(used.size());
        assertThat(run.at("/invocations/0/executionSuccessful").asBoolean())
                .isEqualTo(run.at("/invocations/0/toolExecutionNotifications").findValuesAsText("level").stream()
                        .noneMatch("error"::equals));
    }

    /** The rules' pages are long, and recorded already. */
    private static String withoutPages(JsonNode log) throws IOException {
        for (JsonNode rule : log.at("/runs/0/tool/driver/rules")) {
            ObjectNode help = (ObjectNode) rule.get("help");
            assertThat(help.get("markdown").asText())
                    .isEqualTo(Files.readString(
                            Path.of("docs/rules", rule.get("id").asText() + ".md")));
            assertThat(help.get("text").asText()).contains("Risk\n").doesNotContain("## ");
            help.put("text", "the page").put("markdown", "the page");
        }
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(log) + "\n";
    }

    /** GitHub closes an alert and opens another where a fingerprint changes. */
    @Test
    void fingerprintsSurviveOtherLinesAndDocuments() throws IOException {
        String before = POD.formatted("a") + "---\n" + POD.formatted("b");
        String after = "# a comment\n\n" + POD.formatted("b") + "---\n"
                + POD.formatted("a").replace("- name: app", "- {name: first, image: x}\n    - name: app");

        List<String> first = fingerprints(before);

        assertThat(first).hasSize(16).doesNotHaveDuplicates();
        assertThat(fingerprints(after)).containsAll(first);
        assertThat(fingerprints(before.replace("app", "other"))).doesNotContainAnyElementsOf(first.subList(0, 4));
    }

    private static List<String> fingerprints(String manifest) throws IOException {
        return results(manifest).findValuesAsText("bulkheadFinding/v1");
    }

    private static JsonNode results(String manifest) throws IOException {
        return JSON.readTree(
                        Cli.alone().reading(manifest).go("check", "-o", "sarif").out())
                .at("/runs/0/results");
    }

    @Test
    void regionsPointToTheField() throws IOException {
        JsonNode privileged = results(POD.formatted("a")).get(0);

        assertThat(privileged.get("ruleId").asText()).isEqualTo("privileged");
        assertThat(privileged.get("level").asText()).isEqualTo("error");
        assertThat(privileged.at("/locations/0/physicalLocation/region"))
                .isEqualTo(JSON.readTree("{\"startLine\": 8, \"startColumn\": 25, \"endLine\": 8}"));
        assertThat(privileged
                        .at("/locations/0/logicalLocations/1/fullyQualifiedName")
                        .asText())
                .isEqualTo("default/Pod/a/app");
    }

    @Test
    void pathsAreEncodedAndRelativeToTheDirectory() throws IOException {
        Path inside = Files.createDirectories(Path.of("target/sarif test")).resolve("a:b%é.yaml");
        Files.writeString(inside, POD.formatted("a"));
        Path outside = Files.writeString(directory.resolve("web.yaml"), POD.formatted("b"));

        JsonNode artifacts = JSON.readTree(Cli.run(
                                "check",
                                "./" + inside,
                                inside.toAbsolutePath().toString(),
                                outside.toString(),
                                "-o",
                                "sarif")
                        .out())
                .at("/runs/0/artifacts");

        assertThat(artifacts.findValuesAsText("uri"))
                .containsExactly(
                        "target/sarif%20test/a%3Ab%25%C3%A9.yaml",
                        "target/sarif%20test/a%3Ab%25%C3%A9.yaml", "file://" + outside);
        assertThat(artifacts.findValuesAsText("uriBaseId")).containsExactly("%SRCROOT%", "%SRCROOT%");
    }

    @Test
    void namesAreText() throws IOException {
        String out = Cli.alone()
                .reading(POD.formatted("[x](http://e.example)\\u0000\\u202e"))
                .go("check", "-o", "sarif")
                .out();

        assertThat(schema().validate(out, InputFormat.JSON)).isEmpty();
        assertThat(JSON.readTree(out).at("/runs/0/results/0/message/text").asText())
                .startsWith("Pod default/[x] (http://e.example)\\u0000\\u202e: container \"app\" must not");
    }

    /** Each edit by itself puts its finding right, and nothing else gets worse. */
    @TestFactory
    Stream<DynamicTest> fixesAreEditsThatApply() throws IOException {
        try (Stream<Path> cases = Files.list(CASES);
                Stream<Path> driftwood = Files.list(Path.of("docs/driftwood"))) {
            return Stream.concat(cases.map(folder -> folder.resolve("manifests.yaml")), driftwood)
                    .filter(file -> file.toString().endsWith(".yaml") && Files.exists(file))
                    .sorted()
                    .toList()
                    .stream()
                    .map(file -> DynamicTest.dynamicTest(file.toString(), () -> assertFixesApply(file)));
        }
    }

    private void assertFixesApply(Path file) throws IOException {
        JsonNode log =
                JSON.readTree(Cli.run("check", file.toString(), "-o", "sarif").out());
        List<String> before = problems(log);
        int fixes = 0;
        for (JsonNode result : log.at("/runs/0/results")) {
            if (result.has("fixes")) {
                fixes++;
                JsonNode replacements = result.at("/fixes/0/artifactChanges/0/replacements");
                Path fixed = Files.writeString(
                        directory.resolve("fixed.yaml"), applied(Files.readString(file), replacements));

                List<String> after = problems(JSON.readTree(
                        Cli.run("check", fixed.toString(), "-o", "sarif").out()));

                String problem = problem(result);
                assertThat(Collections.frequency(after, problem))
                        .as("%s in %n%s", problem, Files.readString(fixed))
                        .isLessThan(Collections.frequency(before, problem));
            }
        }
        boolean fixable = log.at("/runs/0/invocations/0/executionSuccessful").asBoolean()
                && before.stream().anyMatch(problem -> problem.startsWith("privileged "));
        assertThat(fixes > 0 || !fixable).isTrue();
    }

    private static List<String> problems(JsonNode log) {
        List<String> problems = new ArrayList<>();
        log.at("/runs/0/results").forEach(result -> problems.add(problem(result)));
        return problems;
    }

    private static String problem(JsonNode result) {
        return result.get("ruleId").asText() + " "
                + result.at("/locations/0/logicalLocations").findValuesAsText("fullyQualifiedName") + " "
                + result.at("/properties/value").asText();
    }

    /** As an editor would apply them: from the last to the first. Columns count code points. */
    private static String applied(String text, JsonNode replacements) {
        StringBuilder edited = new StringBuilder(text);
        for (int i = replacements.size() - 1; i >= 0; i--) {
            JsonNode region = replacements.get(i).get("deletedRegion");
            edited.replace(
                    offset(
                            text,
                            region.get("startLine").asInt(),
                            region.get("startColumn").asInt()),
                    offset(
                            text,
                            region.get("endLine").asInt(),
                            region.get("endColumn").asInt()),
                    replacements.get(i).at("/insertedContent/text").asText());
        }
        return edited.toString();
    }

    private static int offset(String text, int line, int column) {
        int offset = 0;
        for (int i = 1; i < line; i++) {
            offset = text.indexOf('\n', offset) + 1;
        }
        return text.offsetByCodePoints(offset, column - 1);
    }
}
