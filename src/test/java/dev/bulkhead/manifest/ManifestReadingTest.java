package dev.bulkhead.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.bulkhead.manifest.syntax.Limits;
import dev.bulkhead.manifest.syntax.Position;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What people write into manifests, read as kubectl reads it, with everything in its place. */
class ManifestReadingTest {
    @TempDir
    Path folder;

    private static List<ReadResult> read(String text) {
        return new DocumentReader().read("m.yaml", text.getBytes(StandardCharsets.UTF_8));
    }

    private static Document document(String text) {
        return read(text).get(0).fold(document -> document, problem -> {
            throw new AssertionError(problem.describe());
        });
    }

    private static List<String> problems(String text) {
        List<String> problems = new ArrayList<>();
        read(text).forEach(result -> result.fold(document -> true, problem -> problems.add(problem.describe())));
        return problems;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "true | true",
                "True | true",
                "yes | true",
                "on | true",
                "no | false",
                "off | false",
                "'\"true\"' | \"true\"",
                "0644 | 420",
                "0o644 | 420",
                "0x1F | 31",
                "10_000 | 10000",
                "-7 | -7",
                "~ | null",
                "null | null",
                "'' | null",
                "2027-03-31T00:00:00Z | \"2027-03-31T00:00:00Z\"",
                "1.5 | 1.5",
                "1e400x | \"1e400x\"",
                "web:1 | \"web:1\""
            })
    void plainScalarsAreResolvedAsKubernetesDoes(String yaml, String json) {
        assertThat(document("a: " + yaml).root().path("a").toString()).isEqualTo(json);
    }

    @Test
    void positionsAreThoseOfTheKeys() {
        Document document = document("""
                # a comment
                apiVersion: v1
                kind: Pod
                metadata:
                  annotations:
                    example.com/a~b: x
                spec:
                  containers:
                  - name: web
                    securityContext: {privileged: true, capabilities: {add: [A, B]}}
                """);

        assertThat(document.line()).isEqualTo(2);
        assertThat(document.position("/spec/containers/0")).isEqualTo(new Position(9, 5));
        assertThat(document.position("/spec/containers/0/securityContext/privileged"))
                .isEqualTo(new Position(10, 23));
        assertThat(document.position("/metadata/annotations/example.com~1a~0b")).isEqualTo(new Position(6, 5));
        assertThat(document.position("/spec/containers/0/image").line()).isEqualTo(9);
        assertThat(document.position("/spec/containers/7/image")).isEqualTo(new Position(8, 3));
    }

    @Test
    void aBadDocumentDoesNotAffectOthers() {
        List<ReadResult> results = read("a: 1\n---\nb: [\n---\nc: 3\n");

        assertThat(results).hasSize(3);
        assertThat(results.get(1)).isInstanceOf(ManifestProblem.class);
        assertThat(results.get(2)).isInstanceOf(Document.class);
        assertThat(((Document) results.get(2)).line()).isEqualTo(5);
        assertThat(((Document) results.get(2)).index()).isEqualTo(2);
    }

    @Test
    void separatorInsideABlockScalarSeparatesNothing() {
        assertThat(read("a: |\n  one\n  ---\n  two\nb: 2\n")).singleElement().isInstanceOf(Document.class);
    }

    @Test
    void skipsCommentsAndEmptyDocuments() {
        assertThat(read("# nothing\n---\n---\n# still nothing\n---\na: 1\n...\n---\n"))
                .hasSize(1);
    }

    @Test
    void windowsLineEndingsCountAsLines() {
        assertThat(document("a: 1\r\nb:\r\n  c: 2\r\n").position("/b/c").line()).isEqualTo(3);
    }

    @Test
    void jsonIsReadToo() {
        Document document = document("{\n\t\"kind\": \"Pod\",\n\t\"spec\": {\"a\": [1, {\"b\": true}]}\n}\n");

        assertThat(document.root().at("/spec/a/1/b").booleanValue()).isTrue();
        assertThat(document.position("/spec/a/1/b").line()).isEqualTo(3);
    }

    @Test
    void objectsOfListsAreFoundInTheirPlaces() {
        Document list = document("""
                kind: List
                items:
                - {kind: Pod, metadata: {name: a}}
                - kind: List
                  items:
                  - kind: Service
                    metadata: {name: b}
                """);

        assertThat(list.objects()).extracting(ManifestObject::prefix).containsExactly("/items/0", "/items/1/items/0");
        assertThat(list.objects().get(1).position("/metadata/name").line()).isEqualTo(7);
    }

    @Test
    void mergesAndAliasesAreFollowed() {
        Document document = document("base: &b {x: 1, z: 2}\nuse:\n  <<: *b\n  z: 3\n");

        assertThat(document.root().path("use").toString()).isEqualTo("{\"x\":1,\"z\":3}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a: {!!merge <<: {p: 1}}",
                "a: {!!merge \"<<\": {p: 1}}",
                "a: {! <<: {p: 1}}",
                "a: {! '<<': {p: 1}}",
                "a: {!<tag:yaml.org,2002:merge> <<: {p: 1}}",
                "a: {&x <<: {p: 1}}",
                "a: {? !!merge << : {p: 1}}",
                "%TAG !m! tag:yaml.org,2002:\n---\na: {!m!merge <<: {p: 1}}",
                "a:\n  !!merge <<: [{p: 1}, {p: 2}]",
            })
    void everySpellingOfAMergeKeyMerges(String yaml) {
        assertThat(document(yaml + "\n").root().path("a").toString()).isEqualTo("{\"p\":1}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a: {\"<<\": {p: 1}}", "a: {!!str <<: {p: 1}}", "a: {!foo <<: {p: 1}}"})
    void otherTextIsNoMergeKey(String yaml) {
        assertThat(document(yaml + "\n").root().path("a").toString()).isEqualTo("{\"<<\":{\"p\":1}}");
    }

    @Test
    void jsonDocumentsInARowAreLimitedTogether() {
        Limits small = new Limits(1 << 20, 50, 100, 100, 100);
        DocumentReader reader = new DocumentReader(small);

        List<ReadResult> many = reader.read("m.json", "{} ".repeat(1_000).getBytes(StandardCharsets.UTF_8));
        List<ReadResult> large = reader.read(
                "m.json", ("{\"a\":[" + "0,".repeat(60) + "0]} ").repeat(40).getBytes(StandardCharsets.UTF_8));

        assertThat(many).hasSize(51);
        assertThat(large).hasSize(3);
        assertThat(large.get(2))
                .isInstanceOfSatisfying(
                        ManifestProblem.class,
                        problem -> assertThat(problem.message()).contains("rest not read"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a: *nobody\n",
                "- a\n- b\n",
                "just text\n",
                "a: b: c\n",
                "a: \"unclosed\n",
                "a:\n\t- b\n",
                "a:\n \tb: c\n",
                "a:\n-\tb: c\n",
                "a:\n- \tb: c\n",
                "? \ta\n",
                "a:\n  \t{b: c}\n",
                "a: \u0007\n",
                "a: {{ .Values.name }}\n",
                "{\"a\": 1"
            })
    void problemsHaveTheirPosition(String text) {
        assertThat(problems(text))
                .isNotEmpty()
                .allSatisfy(problem -> assertThat(problem).matches("m\\.yaml:\\d+:\\d+: [^\\n]+"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '^',
            value = {
                "a: |-                       ^ ''",
                "a: |-\\nb: x                ^ ''",
                "a: >+\\n\\nb: x              ^ '\\n'",
                "a: |\\n \\n  \\nb: x           ^ ''",
                "a: !!string False           ^ False",
                "a: !secret hunter           ^ hunter",
                "a: !!java.util.Date x       ^ x",
                "a: ! 12                     ^ 12",
                "a: |\\n  x\\n  # no comment   ^ 'x\\n# no comment\\n'",
                "a:\\tx                       ^ x",
                "a: x\\t# a comment           ^ x",
                "a: 'x\\n\\n  y'               ^ 'x\\ny'",
            })
    void oddSpellingsOfTextAreReadAsByKubectl(String yaml, String text) {
        assertThat(document(unescaped(yaml) + "\n").root().path("a"))
                .isEqualTo(JsonNodeFactory.instance.textNode(unescaped(text)));
    }

    private static String unescaped(String text) {
        return text.replace("\\n", "\n").replace("\\t", "\t");
    }

    @Test
    void aBlockOfTextEndsAsItsLastLineDoes() {
        assertThat(document("a: |\n  x").root().path("a").asText()).isEqualTo("x");
        assertThat(document("a: >\n  x\n   ").root().path("a").asText()).isEqualTo("x\n ");
        assertThat(document("a: |+\n  ü\n\n").root().path("a").asText()).isEqualTo("ü\n\n");
        assertThat(document("a: |\n  x\n").root().path("a").asText()).isEqualTo("x\n");
    }

    @Test
    void anUnknownTagOfAMappingOrListMeansNothing() {
        assertThat(document("a: !Ref {b: 1}\nc: !Sub [x]\n").root().toString())
                .isEqualTo("{\"a\":{\"b\":1},\"c\":[\"x\"]}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a: 1\\nb: 3\\na: 2             | {\"a\":2,\"b\":3} | m.yaml:3:1: key \"a\" is given twice",
                "{\"a\": 1, \"b\": 3, \"a\": 2} | {\"a\":2,\"b\":3} | m.yaml:1:18: key \"a\" is given twice",
                "'  a: 2\\nb: 3'               | {\"a\":2}         | m.yaml:2:1: the document ends here",
                "{a: 2}\\n]                    | {\"a\":2}         | m.yaml:2:1: the document ends here",
            })
    void whatKubectlAcceptsAndNobodyMeansIsReadWithAWarning(String yaml, String json, String warning) {
        Document document = document(unescaped(yaml));

        assertThat(document.root().toString()).isEqualTo(json);
        assertThat(document.warnings())
                .singleElement()
                .extracting(ManifestProblem::describe)
                .asString()
                .startsWith(warning);
    }

    @Test
    void theLastOfAKeyGivenTwiceHasItsPositionAndWarningsAreBounded() {
        assertThat(document("a: 1\nb: 3\na: {c: 2}\n").position("/a/c")).isEqualTo(new Position(3, 5));
        assertThat(document("a: 1\n".repeat(5_000)).warnings()).hasSize(101);
    }

    @Test
    void templatesAreRecognised() {
        assertThat(problems("a: {{ .Values.name }}\n").get(0)).contains("helm template");
    }

    @Test
    @DisplayName("IN-22 rejects nested aliases that would expand without bound")
    void rejectsBillionLaughs() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 12; i++) {
            bomb.append("a").append(i).append(": &a").append(i).append(" [");
            bomb.append(("*a" + (i - 1) + ", ").repeat(8))
                    .append("*a")
                    .append(i - 1)
                    .append("]\n");
        }

        assertThat(problems(bomb.toString())).hasSize(1);
    }

    @Test
    void depthIsBounded() {
        assertThat(problems("a: " + "[".repeat(100_000))).hasSize(1);
        assertThat(problems("{\"a\": " + "[".repeat(100_000))).hasSize(1);
    }

    @Test
    void neverThrows() {
        Random random = new Random(4711);
        byte[] alphabet = "{}[]:,-&*!|>'\"%@`#? \n\t~ab01<".getBytes(StandardCharsets.UTF_8);
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = new byte[random.nextInt(60)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = random.nextInt(20) == 0
                        ? (byte) random.nextInt(256)
                        : alphabet[random.nextInt(alphabet.length)];
            }
            assertThat(new DocumentReader().read("r", bytes)).isNotNull();
        }
    }

    @Test
    void foldersAreReadInOrderWithoutWhatIsHidden() throws IOException {
        Files.createDirectories(folder.resolve("b/.hidden"));
        Files.writeString(folder.resolve("b/2.yml"), "k: 2");
        Files.writeString(folder.resolve("b/.hidden/3.yaml"), "k: 3");
        Files.writeString(folder.resolve("a.json"), "{\"k\": 1}");
        Files.writeString(folder.resolve("notes.txt"), "k: 4");

        List<String> read = new ArrayList<>();
        ManifestFiles.of(List.of(folder.toString()))
                .forEach(
                        InputStream.nullInputStream(),
                        result -> result.fold(
                                document -> read.add(folder.relativize(Path.of(document.file())) + "="
                                        + document.root().path("k").asInt()),
                                problem -> read.add(problem.describe())));

        assertThat(read).containsExactly("a.json=1", "b/2.yml=2");
    }

    @Test
    void standardInputAndMissingFilesHaveTheirNames() {
        List<String> read = new ArrayList<>();
        ManifestFiles.of(List.of("-", folder + "/none.yaml"))
                .forEach(
                        new ByteArrayInputStream("a: 1".getBytes(StandardCharsets.UTF_8)),
                        result -> result.fold(
                                document -> read.add(document.file()), problem -> read.add(problem.describe())));

        assertThat(read).containsExactly("<stdin>", folder + "/none.yaml: no such file or directory");
    }
}
