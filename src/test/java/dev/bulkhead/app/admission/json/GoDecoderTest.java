package dev.bulkhead.app.admission.json;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A review is read as the API server's own decoder reads it, which {@code e2e/json-decoder} builds. Without Go, these
 * are skipped.
 */
class GoDecoderTest {
    private static final int DOCUMENTS = 40_000;

    @TempDir
    static Path directory;

    private static Path decoder = Path.of("");

    @BeforeAll
    static void builds() throws Exception {
        Path err = directory.resolve("err");
        Path out = directory.resolve("out");
        int code = run(
                Path.of("/dev/null"), out, err, Path.of("e2e", "json-decoder").toString());
        String problem = Files.readString(err).strip();
        if (code != 0 && Boolean.parseBoolean(System.getenv("BULKHEAD_CI"))) {
            throw new AssertionError(problem);
        }
        if (code != 0) {
            System.err.println("Skipped: " + problem);
        }
        assumeTrue(code == 0, problem);
        decoder = Path.of(Files.readString(out).strip());
    }

    private static int run(Path in, Path out, Path err, String command) throws Exception {
        Process process = new ProcessBuilder(command)
                .redirectInput(in.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        if (!process.waitFor(5, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new AssertionError("it does not end: " + command);
        }
        return process.exitValue();
    }

    /** What Go's decoder reads in each document, in their order. */
    private static List<Optional<JsonNode>> read(List<byte[]> documents) throws Exception {
        Path in = Files.writeString(
                directory.resolve("documents"),
                documents.stream()
                        .map(document -> Base64.getEncoder().encodeToString(document) + "\n")
                        .collect(Collectors.joining()));
        Path out = directory.resolve("trees");
        Path err = directory.resolve("errors");
        assertThat(run(in, out, err, decoder.toString()))
                .as(Files.readString(err))
                .isZero();
        List<Optional<JsonNode>> trees = new ArrayList<>();
        for (String line : Files.readAllLines(out)) {
            trees.add(line.equals("refused") ? Optional.empty() : Optional.of(tree(line)));
        }
        assertThat(trees).hasSameSizeAs(documents);
        return trees;
    }

    private static JsonNode tree(String line) throws IOException {
        assertThat(line).startsWith("read ");
        return ReaderAgreement.written(line.substring("read ".length()));
    }

    @Test
    void readsAsTheApiServerDoes() throws Exception {
        List<byte[]> documents = new ArrayList<>();
        for (int seed = 0; seed < DOCUMENTS; seed++) {
            documents.add(JsonDocuments.any(new Random(seed)));
        }
        List<Optional<JsonNode>> trees = read(documents);

        int ours = 0;
        for (int i = 0; i < DOCUMENTS; i++) {
            ReaderAgreement.check(documents.get(i), trees.get(i));
            ours += ReaderAgreement.isRead(documents.get(i)) ? 1 : 0;
        }
        assertThat(trees.stream().filter(Optional::isPresent).count()).isBetween(DOCUMENTS / 3L, DOCUMENTS * 9L / 10);
        assertThat(ours).isGreaterThan(DOCUMENTS / 4);
    }

    @Test
    void bothEndAtTheSameDepth() throws Exception {
        List<byte[]> documents = new ArrayList<>();
        for (int levels : new int[] {9_998, 9_999, 10_000, 10_001}) {
            for (String before : List.of("{\"a\":", "{\"metadata\":{\"managedFields\":")) {
                String end = before.replaceAll("[^{]", "").replace('{', '}');
                int inner = levels - end.length();
                documents.add((before + "[".repeat(inner) + "]".repeat(inner) + end).getBytes(UTF_8));
                documents.add((before + "{\"a\":".repeat(inner) + "1" + "}".repeat(inner) + end).getBytes(UTF_8));
            }
        }

        List<Boolean> theirs = read(documents).stream().map(Optional::isPresent).toList();

        assertThat(documents.stream().map(ReaderAgreement::isRead).toList()).isEqualTo(theirs);
        assertThat(theirs).contains(true, false);
    }

    /** What the package's description says of Go. */
    @Test
    void differsAsDescribed() throws Exception {
        assertDiffers("{\"a\":1,\"a\":2}", "{\"a\":2}", "a duplicate member");
        assertDiffers("{\"a\":1,\"\\u0061\":2}", "{\"a\":2}", "a duplicate member");
        assertDiffers("{\"a\":\"\u00ff\"}", "{\"a\":\"\ufffd\"}", "is not UTF-8");
        assertDiffers("{\"a\":\"\u00ed\u00a0\u0080\"}", "{\"a\":\"\ufffd\ufffd\ufffd\"}", "is not UTF-8");
        assertDiffers("{\"spec\":{\"a\":\"\\ud800\"}}", "{\"spec\":{\"a\":\"\ufffd\"}}", "a text with U+FFFD");
        assertDiffers(
                "{\"a\":" + "0".repeat(1) + "." + "0".repeat(400) + "}", "{\"a\":0e+00}", "more than 400 characters");
        assertDiffers("[]", "[]", "expected a JSON object");

        assertAgrees("{\"a\":1,\"A\":2}", "{\"a\":1,\"A\":2}");
        assertAgrees("{\"a\":\"\\ud800\"}", "{\"a\":\"\ufffd\"}");
        assertAgrees("{\"a\":9223372036854775807}", "{\"a\":9223372036854775807}");
        assertAgrees("{\"a\":9223372036854775808}", "{\"a\":9.223372036854775808e18}");
        assertAgrees(
                "{\"metadata\":{\"managedFields\":{\"a\":1,\"a\":2}}}", "{\"metadata\":{\"managedFields\":{\"a\":2}}}");
    }

    /** @param document each character of which is a byte */
    private static void assertDiffers(String document, String theirs, String ourReason) throws Exception {
        byte[] bytes = document.getBytes(ISO_8859_1);
        assertThat(read(List.of(bytes))).as(document).containsExactly(Optional.of(ReaderAgreement.written(theirs)));
        assertThatThrownBy(() -> ReviewReader.read(bytes)).hasMessageContaining(ourReason);
    }

    private static void assertAgrees(String document, String theirs) throws Exception {
        byte[] bytes = document.getBytes(UTF_8);
        List<Optional<JsonNode>> trees = read(List.of(bytes));
        assertThat(trees).as(document).containsExactly(Optional.of(ReaderAgreement.written(theirs)));
        assertThat(ReaderAgreement.isRead(bytes)).as(document).isTrue();
        ReaderAgreement.check(bytes, trees.get(0));
    }
}
