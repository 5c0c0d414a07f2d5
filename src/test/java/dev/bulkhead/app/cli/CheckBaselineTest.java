package dev.bulkhead.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.bulkhead.Golden;
import dev.bulkhead.app.cli.Cli.Run;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Known findings are tolerated, new ones fail, and resolved ones are named. */
class CheckBaselineTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path EXPECTED = Path.of("src/test/resources/baseline");
    private static final String SECRET = "correct-horse-battery-staple";

    private static final String BEFORE = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web, namespace: shop}
            spec:
              selector: {matchLabels: {a: b}}
              template:
                metadata: {labels: {a: b}}
                spec:
                  hostNetwork: true
                  containers:
                    - name: web
                      image: registry.example/web:1
                      env: [{name: DB_PASSWORD, value: correct-horse-battery-staple}]
                      securityContext: {capabilities: {add: [NET_ADMIN, SYS_TIME]}}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {generateName: task-, namespace: shop}
            spec:
              containers:
                - {name: task, image: registry.example/task:1, securityContext: {privileged: true}}
            """;

    /** The capability SYS_TIME is resolved, the node's processes are new. */
    private static final String AFTER = "# moved\n"
            + BEFORE.replace("[NET_ADMIN, SYS_TIME]", "[NET_ADMIN]")
                    .replace("spec:\n      hostNetwork", "spec:\n      hostPID: true\n      hostNetwork");

    @TempDir
    private Path directory;

    private Path baseline() {
        return directory.resolve("baseline.yaml");
    }

    private static Run check(String manifest, Object... options) {
        List<String> args = new ArrayList<>(List.of("check"));
        Arrays.stream(options).map(Object::toString).forEach(args::add);
        return Cli.alone().with("COLUMNS", "80").reading(manifest).go(args.toArray(String[]::new));
    }

    @Test
    void theFileIsAsRecorded() throws IOException {
        Run run = check(BEFORE, "--write-baseline", baseline(), "--fail-on", "warn");

        Golden.file(EXPECTED.resolve("baseline.yaml"), Files.readString(baseline()));
        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).startsWith("bulkhead: " + baseline() + ": ").contains(" findings written");
        assertThat(Files.readString(baseline())).doesNotContain(SECRET).contains("DB_PASSWORD");
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).as("nothing else is left").containsExactly(baseline());
        }
    }

    @Test
    void thePageShowsTheseRuns() throws IOException {
        check(BEFORE, "--write-baseline", baseline());
        String table = check(AFTER, "--baseline", baseline(), "-q").out()
                + check(AFTER, "--baseline", baseline())
                        .out()
                        .lines()
                        .dropWhile(line -> !line.contains("(known)"))
                        .collect(Collectors.joining("\n"));

        Golden.section(Path.of("docs/checking.md"), "baseline", "```yaml\n" + Files.readString(baseline()) + "```\n");
        Golden.section(Path.of("docs/checking.md"), "compared", "```console\n" + table + "\n```\n");
    }

    @ParameterizedTest
    @CsvSource({
        "table,    txt",
        "json,     json",
        "github,   github.txt",
        "markdown, md",
        "junit,    junit.xml",
    })
    void everyFormatShowsTheBaseline(String format, String extension) {
        check(BEFORE, "--write-baseline", baseline());

        Run run = check(AFTER, "--baseline", baseline(), "-o", format);

        Golden.file(
                EXPECTED.resolve("expected." + extension),
                run.out() + "\nexit code " + run.exitCode() + "\n" + run.err());
        assertThat(run.exitCode()).isEqualTo(1);
    }

    @Test
    void sarifHasTheStateOfEachResult() throws IOException {
        check(BEFORE, "--write-baseline", baseline());

        String out = check(AFTER, "--baseline", baseline(), "-o", "sarif").out();
        JsonNode run = JSON.readTree(out).at("/runs/0");

        assertThat(SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_4)
                        .getSchema(
                                Files.readString(Path.of("src/test/resources/schema/sarif-schema-2.1.0.json")),
                                InputFormat.JSON)
                        .validate(out, InputFormat.JSON))
                .isEmpty();
        List<String> states = new ArrayList<>();
        for (JsonNode result : run.get("results")) {
            if (result.get("level").asText().equals("error")) {
                states.add(result.at("/properties/value").asText() + " "
                        + result.get("baselineState").asText());
            }
        }
        assertThat(states)
                .containsExactlyInAnyOrder(
                        "hostNetwork unchanged",
                        "hostPID new",
                        "NET_ADMIN unchanged",
                        "true unchanged",
                        "true unchanged");
        assertThat(run.get("results")).allMatch(result -> result.has("baselineState"));
        assertThat(run.at("/invocations/0/toolExecutionNotifications").findValuesAsText("text"))
                .anyMatch(text -> text.startsWith("resolved: Deployment shop/web: capabilities_"));
    }

    /** Lines, layout, order and the file's name may change. */
    @Test
    void movedFindingsAreKnown() throws IOException {
        check(BEFORE, "--write-baseline", baseline(), "--fail-on", "warn");
        String[] documents = BEFORE.split("---\n", -1);
        Path moved = Files.writeString(
                directory.resolve("moved.yaml"),
                documents[0].replace(
                        "{name: web, namespace: shop}", "\n  # the shop\n  namespace: 'shop'\n  name: web"));

        Run run =
                check(documents[1] + "---\n" + Files.readString(moved), "--baseline", baseline(), "--fail-on", "warn");
        Run file = check("", moved, "--baseline", baseline(), "--fail-on", "warn");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains(" known, 0 new, 0 resolved.");
        assertThat(file.exitCode()).isZero();
    }

    /** A warning that has become a denial is new, and a denial that is only a warning is known. */
    @Test
    void whatGetsWorseIsNew() throws IOException {
        String policy = """
                apiVersion: bulkhead.dev/v1alpha1
                kind: LeastPrivilegePolicy
                metadata: {name: all}
                spec: {mode: MODE}
                """;
        Path gentle = Files.writeString(directory.resolve("gentle.yaml"), policy.replace("MODE", "warn"));
        Path strict = Files.writeString(directory.resolve("strict.yaml"), policy.replace("MODE", "enforce"));
        Path warned = directory.resolve("warned.yaml");
        check(BEFORE, "--write-baseline", warned, "--policy", gentle, "--fail-on", "warn");
        check(BEFORE, "--write-baseline", baseline(), "--policy", strict, "--fail-on", "warn");

        assertThat(check(BEFORE, "--baseline", warned, "--policy", strict).exitCode())
                .isEqualTo(1);
        assertThat(check(BEFORE, "--baseline", baseline(), "--policy", gentle, "--fail-on", "warn")
                        .exitCode())
                .isZero();
    }

    @Test
    void anotherValueIsNew() {
        check(BEFORE, "--write-baseline", baseline());

        assertThat(check(BEFORE.replace("NET_ADMIN", "SYS_ADMIN"), "--baseline", baseline())
                        .exitCode())
                .isEqualTo(1);
    }

    /** What a filter keeps out is not resolved. */
    @Test
    void filtersNarrowTheBaseline() {
        check(BEFORE, "--write-baseline", baseline());

        assertThat(check(BEFORE, "--baseline", baseline(), "--rule", "hostNamespaces")
                        .out())
                .contains("baseline: 1 finding known, 0 new, 0 resolved.");
        assertThat(check(BEFORE, "--baseline", baseline(), "-n", "other").out())
                .contains("baseline: 0 findings known, 0 new, 0 resolved.");
    }

    /** A workload that only known findings deny is still denied. */
    @Test
    void verdictsStayTrue() {
        check(BEFORE, "--write-baseline", baseline());

        assertThat(check(BEFORE, "--baseline", baseline(), "--only", "hardened").out())
                .contains("0 workloads (least-privilege).", "Not listed: 2 denied workloads.");
        assertThat(check(BEFORE, "--baseline", baseline(), "--only", "denied").out())
                .contains("2 workloads: 2 denied", "2 of the denied do not count: denied by known findings.");
    }

    /** Of more findings than are listed, those that are only counted are known by their number. */
    @Test
    void countedFindingsAreKnownByTheirNumber() {
        check(ports(120), "--write-baseline", baseline(), "--profile", "baseline");

        assertThat(check(ports(120), "--baseline", baseline(), "--profile", "baseline")
                        .exitCode())
                .isZero();
        assertThat(check(ports(121), "--baseline", baseline(), "--profile", "baseline")
                        .exitCode())
                .isEqualTo(1);
    }

    private static String ports(int count) {
        StringBuilder pod = new StringBuilder("""
                apiVersion: v1
                kind: Pod
                metadata: {name: many}
                spec:
                  containers:
                    - name: app
                      image: registry.example/app:1
                      ports:
                """);
        for (int i = 1; i <= count; i++) {
            pod.append("        - {containerPort: ")
                    .append(i)
                    .append(", hostPort: ")
                    .append(i)
                    .append("}\n");
        }
        return pod.toString();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ``                                                        | baseline.yaml: the file is empty
            `kind: List`                                              | baseline.yaml:1:1: kind: expected Baseline, found "List"
            `apiVersion: bulkhead.dev/v2`                             | baseline.yaml:1:1: apiVersion: expected bulkhead.dev/v1alpha1, found "bulkhead.dev/v2"
            `HEAD\\nworkloads: {}`                                    | baseline.yaml:6:1: /workloads: expected a list
            `HEAD\\nworkload: []`                                     | baseline.yaml:6:1: unknown key "workload"
            `HEAD\\nworkloads: [{kind: Pod, name: a, findings: [{}]}]`| baseline.yaml:6:45: "rule" is required
            `HEAD\\nworkloads: [{kind: Pod, name: a, findings: [{rule: a, value: b, action: c}]}]` | baseline.yaml:6:65: action: expected deny, harden, warn or note, found "c"
            `HEAD\\nworkloads: [{kind: Pod, name: a, findings: [{rule: a, value: true, action: deny}]}]` | /workloads/0/findings/0/value: expected text
            `HEAD\\nworkloads: [{kind: Pod, name: a, findings: [{rule: a, value: b, action: deny, count: 0}]}]` | count: expected a number from 1 to 1000000
            `HEAD\\nworkloads: [{kind: Pod, name: a, findings: [{rule: a, value: b, action: deny}, {rule: a, value: b, action: deny, count: 2}]}]` | the finding is given already, on line 6
            `HEAD\\n<<<<<<< ours`                                     | baseline.yaml:6:
            `HEAD\\nworkloads: []\\n---\\nkind: Pod`                  | baseline.yaml:8:1: expected one document
            """)
    void damagedFilesAreErrors(String content, String message) throws IOException {
        Files.writeString(
                baseline(),
                content.replace("HEAD", "# a\n# b\n\napiVersion: bulkhead.dev/v1alpha1\nkind: Baseline")
                        .replace("\\n", "\n"));

        Run run = check(BEFORE, "--baseline", baseline());

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--baseline", "--write-baseline"})
    void filesThatCannotBeUsedAreErrors(String option) {
        Run run = check(BEFORE, option, directory.resolve("none/baseline.yaml"));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("none/baseline.yaml");
        assertThat(check(BEFORE, "--baseline", "a", "--write-baseline", "b").err())
                .contains("--baseline and --write-baseline cannot be given together");
    }

    /** Names that no cluster would accept come back from the file as they went in. */
    @Test
    void anyNameIsReadBack() {
        String hostile = BEFORE.replace("name: web,", "name: \"a\\\"b\\\\\\n- c: {é\\u202e\\ud83d\\ude00\",");

        check(hostile, "--write-baseline", baseline());

        assertThat(check(hostile, "--baseline", baseline()).out()).contains(", 0 new, 0 resolved.");
    }

    /** A pod as this test makes it. */
    record PodSpec(String name, boolean hostNetwork, List<List<String>> capabilities) {
        String yaml(Random order) {
            List<String> containers = new ArrayList<>();
            for (int i = 0; i < capabilities.size(); i++) {
                containers.add("    - {name: c" + i + ", image: registry.example/app:1, securityContext:"
                        + " {capabilities: {add: " + capabilities.get(i) + "}}}\n");
            }
            Collections.shuffle(containers, order);
            return "apiVersion: v1\nkind: Pod\nmetadata: {name: " + name + "}\nspec:\n  hostNetwork: " + hostNetwork
                    + "\n  containers:\n" + String.join("", containers);
        }

        PodSpec with(int container, String capability) {
            List<List<String>> more = new ArrayList<>(capabilities);
            List<String> added = new ArrayList<>(more.get(container % more.size()));
            added.add(capability);
            more.set(container % more.size(), added);
            return new PodSpec(name, hostNetwork, more);
        }
    }

    @Provide
    Arbitrary<List<PodSpec>> pods() {
        Arbitrary<List<String>> capabilities = Arbitraries.of("NET_ADMIN", "SYS_PTRACE", "CHOWN", "NET_BIND_SERVICE")
                .list()
                .ofMaxSize(3)
                .uniqueElements();
        return Combinators.combine(
                        Arbitraries.of("a", "b", "c"),
                        Arbitraries.of(true, false),
                        capabilities.list().ofMinSize(1).ofMaxSize(3))
                .as(PodSpec::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(4);
    }

    private static String yaml(List<PodSpec> pods, Random order) {
        List<String> documents = new ArrayList<>();
        pods.forEach(pod -> documents.add(pod.yaml(order)));
        Collections.shuffle(documents, order);
        return String.join("---\n", documents);
    }

    @Property(tries = 60)
    void whatIsWrittenPassesAndOneMoreFails(
            @ForAll("pods") List<PodSpec> pods, @ForAll Random order, @ForAll("failOn") String failOn) {
        List<PodSpec> worse = new ArrayList<>(pods);
        int one = order.nextInt(pods.size());
        worse.set(one, pods.get(one).with(order.nextInt(3), "SYS_TIME"));
        Path file = temporary();
        try {
            assertThat(check(yaml(pods, order), "--write-baseline", file, "--fail-on", failOn)
                            .exitCode())
                    .isZero();
            Run same = check(yaml(pods, order), "--baseline", file, "--fail-on", failOn);
            Run more = check(yaml(worse, order), "--baseline", file, "--fail-on", failOn);

            assertThat(same.exitCode()).isZero();
            assertThat(same.out()).contains(" 0 new, 0 resolved.");
            assertThat(more.exitCode()).isEqualTo(1);
            assertThat(more.out()).doesNotContain(" 0 new,").contains("SYS_TIME");

            check(yaml(worse, order), "--write-baseline", file, "--fail-on", failOn);
            Run better = check(yaml(pods, order), "--baseline", file, "--fail-on", failOn);
            assertThat(better.exitCode()).isZero();
            assertThat(better.out())
                    .contains(" 0 new,")
                    .doesNotContain(" 0 resolved")
                    .contains("(SYS_TIME)");
        } finally {
            delete(file);
        }
    }

    @Provide
    Arbitrary<String> failOn() {
        return Arbitraries.of("deny", "harden", "note", "warn");
    }

    private static Path temporary() {
        try {
            return Files.createTempFile("baseline", ".yaml");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
