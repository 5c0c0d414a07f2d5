package dev.bulkhead.app.cli;

import dev.bulkhead.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SecondLayerPageTest {
    private static final Path PAGE = Path.of("docs", "second-layer.md");
    private static final String BEGIN = "<!-- limits -->\n";
    private static final String END = "<!-- /limits -->";

    @Test
    void listsWhatARunSaysIsMissing() throws IOException {
        String limits = Cli.run("export", "vap")
                .err()
                .lines()
                .map(line -> "- " + line.substring("bulkhead: ".length()) + "\n")
                .collect(Collectors.joining());
        String page = Files.readString(PAGE);

        Golden.file(
                PAGE,
                page.substring(0, page.indexOf(BEGIN) + BEGIN.length()) + limits + page.substring(page.indexOf(END)));
    }
}
