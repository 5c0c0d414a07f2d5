package dev.bulkhead.engine.reach;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A pod for each way out, and one for each near miss; the comments at its top say what it reaches. */
class PodExposureFixturesTest {
    private static final Path FIXTURES = Path.of("src/test/resources/reach");

    static Stream<Path> open() throws IOException {
        return files("open");
    }

    static Stream<Path> closed() throws IOException {
        return files("closed");
    }

    private static Stream<Path> files(String directory) throws IOException {
        try (Stream<Path> files = Files.list(FIXTURES.resolve(directory))) {
            return files.sorted().toList().stream();
        }
    }

    private static List<String> expected(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> line.startsWith("# "))
                .map(line -> line.substring(2))
                .filter(line -> !line.isBlank())
                .toList();
    }

    @ParameterizedTest
    @MethodSource
    void open(Path file) throws IOException {
        Reach reach = Exposures.reach(Yaml.file(file));

        Reached first = reach.items().get(0);
        assertThat(first.kind().label() + " " + first.value() + " -> "
                        + first.escape().map(escape -> escape.to().label()).orElse("nowhere"))
                .isEqualTo(expected(file).get(0));
        assertThat(first.escape().orElseThrow().steps())
                .isNotEmpty()
                .allSatisfy(step -> assertThat(step).doesNotContain("%s").doesNotEndWith("."));
    }

    /** What opens a way out stands where the item says. */
    @ParameterizedTest
    @MethodSource("open")
    void closesWhatItNames(Path file) {
        JsonNode pod = Yaml.file(file);
        int most = pod.toString().length();
        int removed = 0;
        for (Optional<Reached> way = way(pod); way.isPresent(); way = way(pod)) {
            remove(pod, way.get().path());
            assertThat(++removed).isLessThan(most);
        }
        assertThat(Exposures.reach(pod).escape()).isEmpty();
    }

    private static Optional<Reached> way(JsonNode pod) {
        return Exposures.reach(pod).items().stream()
                .filter(item -> item.escape().isPresent())
                .findFirst();
    }

    private static void remove(JsonNode pod, String path) {
        JsonPointer pointer = JsonPointer.compile(path);
        JsonNode parent = pod.at(pointer.head());
        if (parent instanceof ArrayNode list) {
            list.remove(pointer.last().getMatchingIndex());
        } else {
            ((ObjectNode) parent).remove(pointer.last().getMatchingProperty());
        }
    }

    @ParameterizedTest
    @MethodSource
    void closed(Path file) throws IOException {
        Reach reach = Exposures.reach(Yaml.file(file));

        assertThat(reach.escape()).isEmpty();
        List<String> found = reach.items().stream()
                .map(item -> item.kind().label() + " " + item.value() + " "
                        + item.severity().label() + ": " + item.message())
                .toList();
        for (String line : expected(file)) {
            assertThat(found).anySatisfy(item -> assertThat(item).startsWith(line));
        }
        if (expected(file).isEmpty()) {
            assertThat(found).isEmpty();
        }
        assertThat(found.toString()).doesNotContain("hunter2", "unseen");
    }
}
