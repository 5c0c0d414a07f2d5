package dev.bulkhead.manifest.fix;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.engine.report.Report;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every manifest of this project, also with Windows line ends and without a line end at its end. */
class RealManifestsTest {
    @Test
    void areFixedSoundly() throws IOException {
        int fixed = 0;
        for (String folder : List.of("docs", "src/test/resources", "manifests", "e2e")) {
            for (Path file : manifests(Path.of(folder))) {
                byte[] content = Files.readAllBytes(file);
                Report report = Fixing.report(content);
                if (report.problems().isEmpty() && !report.workloads().isEmpty()) {
                    String text = new String(content, StandardCharsets.UTF_8);
                    assertThat(Fixing.assertSound(text).refused())
                            .as(file.toString())
                            .isEmpty();
                    Fixing.assertSound(text.replace("\r\n", "\n").replace("\n", "\r\n"));
                    Fixing.assertSound(text.stripTrailing());
                    fixed++;
                }
            }
        }
        assertThat(fixed).isGreaterThan(100);
    }

    private static List<Path> manifests(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().matches(".+\\.(yaml|yml|json)"))
                    // What cannot be fixed, on purpose.
                    .filter(file -> !file.toString().contains("fix/cases/conflict"))
                    .sorted()
                    .toList();
        }
    }
}
