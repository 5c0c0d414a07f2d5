package dev.bulkhead.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.marcnuri.helm.Helm;
import dev.bulkhead.Golden;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Values that other charts have under another name: Helm's error names the one to use. */
class ChartHintsTest {
    private static final Path CHART = Path.of("charts/bulkhead");
    private static final Path HINTS = Path.of("src/test/resources/charts/hints.txt");

    /** A value named in a hint: at its beginning, or behind a comma or "and". */
    private static final Pattern NAMED = Pattern.compile("(?:use|and|see|as) ([a-z][A-Za-z.]*[A-Za-z])");

    @TempDir
    private Path directory;

    private static JsonNode schema() throws IOException {
        return new ObjectMapper().readTree(CHART.resolve("values.schema.json").toFile());
    }

    /** The paths of the values below a schema that are only there for their hint. */
    private static List<String> misnomers(String path, JsonNode schema) {
        List<String> paths = new ArrayList<>();
        schema.path("properties").properties().forEach(property -> {
            String name = path + property.getKey();
            if (property.getValue().has("const")) {
                paths.add(name);
            } else {
                paths.addAll(misnomers(name + ".", property.getValue()));
            }
        });
        return paths;
    }

    private String errorFor(String path) {
        try {
            Path values = Files.writeString(
                    directory.resolve("values.yaml"),
                    path.replace(".", ": {") + ": 3"
                            + "}".repeat(path.length() - path.replace(".", "").length()));
            Throwable error = catchThrowable(() -> new Helm(CHART)
                    .template()
                    .withName("bulkhead")
                    .withKubeVersion("v1.37.0")
                    .withValuesFile(values)
                    .call());
            assertThat(error).as(path).isNotNull();
            return String.valueOf(error.getMessage())
                    .lines()
                    .filter(line -> line.startsWith("- "))
                    .reduce("", (all, line) -> all + line.substring(2) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void errorsNameTheValueToUse() throws IOException {
        StringBuilder errors = new StringBuilder();
        for (String path : new TreeSet<>(misnomers("", schema()))) {
            errors.append(errorFor(path));
        }

        assertThat(errors.toString()).contains("replicaCount", "use replicas");
        Golden.file(HINTS, errors.toString());
    }

    @Test
    void hintsNameValuesOfTheChart() throws IOException {
        JsonNode schema = schema();
        int named = 0;
        for (String path : misnomers("", schema)) {
            String pointer = "/properties/" + path.replace(".", "/properties/") + "/const";
            Matcher names = NAMED.matcher(schema.at(pointer).asText());
            while (names.find()) {
                String value = names.group(1);
                JsonNode described = schema.at("/properties/" + value.replace(".", "/properties/"));
                if (!value.equals("the")) {
                    assertThat(described.isObject() && !described.has("const"))
                            .as(path + ": " + value)
                            .isTrue();
                    named++;
                }
            }
        }
        assertThat(named).isGreaterThan(30);
    }
}
