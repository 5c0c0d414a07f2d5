package dev.bulkhead.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import dev.bulkhead.Yaml;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The commands of Helm that the README and the docs show name a chart and values that exist. */
class HelmCommandsTest {
    private static final Path CHART = Path.of("charts/bulkhead");
    private static final Pattern COMMAND = Pattern.compile("(?m)^(?:\\$ )?helm (?:install|upgrade|template) .*$");
    private static final Pattern SET = Pattern.compile("--set(?:-string)?[ =]([^\\s=`]+)=([^\\s`]*)");

    private record Setting(Path page, String key, String value) {}

    private static List<Path> pages() {
        try (Stream<Path> docs = Files.walk(Path.of("docs"))) {
            return Stream.concat(
                            Stream.of(Path.of("README.md")),
                            docs.filter(file -> file.toString().endsWith(".md")).sorted())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The page's text, with commands of several lines in one. */
    private static String textOf(Path page) {
        try {
            return Files.readString(page).replaceAll("\\\\\\n\\s*", " ");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Setting> settings() {
        List<Setting> settings = new ArrayList<>();
        for (Path page : pages()) {
            Matcher set = SET.matcher(textOf(page));
            while (set.find()) {
                settings.add(new Setting(page, set.group(1), set.group(2)));
            }
        }
        return settings;
    }

    @Test
    void chartsExist() {
        List<String> commands = new ArrayList<>();
        for (Path page : pages()) {
            Matcher command = COMMAND.matcher(textOf(page));
            while (command.find()) {
                commands.add(command.group());
            }
        }

        assertThat(commands)
                .anySatisfy(command -> assertThat(command).contains("helm install"))
                .allSatisfy(command -> assertThat(Stream.of(command.split("\\s+"))
                                .filter(word -> word.startsWith("charts/"))
                                .toList())
                        .singleElement()
                        .satisfies(chart ->
                                assertThat(Path.of(chart, "Chart.yaml")).exists()));
    }

    @Test
    void valuesThatAreSetExist() {
        JsonNode values = Yaml.file(CHART.resolve("values.yaml"));

        assertThat(settings())
                .extracting(Setting::key)
                .contains("mode")
                .allSatisfy(key -> assertThat(
                                values.at("/" + key.replace('.', '/')).isMissingNode())
                        .as("%s is missing in values.yaml", key)
                        .isFalse());
    }

    @Test
    void chartAcceptsThem() {
        assertThat(settings().stream().filter(setting -> !setting.value().contains("…")))
                .isNotEmpty()
                .allSatisfy(setting -> {
                    TemplateCommand command = new Helm(CHART)
                            .template()
                            .withName("bulkhead")
                            .withNamespace("bulkhead-system")
                            .withKubeVersion("v1.37.0");
                    assertThat(command.set(setting.key(), setting.value()).call())
                            .as("%s in %s", setting, setting.page())
                            .contains("kind: Deployment");
                });
    }
}
