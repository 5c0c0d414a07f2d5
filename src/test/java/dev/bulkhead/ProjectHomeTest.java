package dev.bulkhead;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.engine.rule.RuleInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whatever names the project's home names the same one. */
class ProjectHomeTest {
    /** An address at which a project called Bulkhead has its home. */
    private static final String ANY = "https?://git(hub|lab)\\.com/[\\w.-]+/bulkhead\\b";

    private static final List<Path> PLACES = Stream.of(
                    "README.md",
                    "CONTRIBUTING.md",
                    "SECURITY.md",
                    "CHANGELOG.md",
                    "pom.xml",
                    "image/pom.xml",
                    "library",
                    "image/provenance",
                    "charts",
                    "docs",
                    "manifests",
                    "src/main")
            .map(Path::of)
            .toList();

    private static List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path place : PLACES) {
            try (Stream<Path> below = Files.walk(place)) {
                below.filter(Files::isRegularFile)
                        .filter(file -> file.toString()
                                .matches(".*(\\.(md|ya?ml|xml|json|tpl|txt|java|properties)|provenance)"))
                        .forEach(files::add);
            }
        }
        return files;
    }

    @Test
    void noFileNamesAnotherHome() throws IOException {
        for (Path file : files()) {
            String text = Files.readString(file);
            if (text.contains("://git")) {
                Golden.file(file, text.replaceAll(ANY, Matcher.quoteReplacement(RuleInfo.HOME)));
            }
        }
    }

    @Test
    void metadataNamesTheHome() throws IOException {
        JsonNode chart = Yaml.file(Path.of("charts/bulkhead/Chart.yaml"));
        String image = Files.readString(Path.of("image/pom.xml"));

        assertThat(chart.path("home").asText()).isEqualTo(RuleInfo.HOME);
        assertThat(chart.at("/sources/0").asText()).isEqualTo(RuleInfo.HOME);
        assertThat(Files.readString(Path.of("pom.xml"))).contains("\n  <url>" + RuleInfo.HOME + "</url>\n");
        for (String label : List.of("url", "source")) {
            assertThat(image)
                    .contains("<org.opencontainers.image." + label + ">" + RuleInfo.HOME + "</org.opencontainers.image."
                            + label + ">");
        }
        assertThat(Yaml.file(Path.of("docs/openapi.yaml"))
                        .at("/info/contact/url")
                        .asText())
                .isEqualTo(RuleInfo.HOME);
        assertThat(Files.readString(Path.of("docs/configuration.md"))).contains("`" + RuleInfo.PAGES + "`");
    }
}
