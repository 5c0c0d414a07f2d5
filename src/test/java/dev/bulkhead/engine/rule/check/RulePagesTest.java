package dev.bulkhead.engine.rule.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class RulePagesTest {
    private static final Path PAGES = Path.of("docs/rules");
    private static final List<String> SECTIONS = List.of(
            "## Risk",
            "## Fields",
            "## Allowed",
            "## Example",
            "## Fix",
            "## On the node",
            "## Exempting",
            "## References");

    @Test
    void everyPageHasARule() throws IOException {
        try (Stream<Path> pages = Files.list(PAGES)) {
            assertThat(RuleRegistry.ALL.stream().map(rule -> rule.id() + ".md"))
                    .containsExactlyInAnyOrderElementsOf(
                            pages.map(page -> page.getFileName().toString()).toList());
        }
    }

    @TestFactory
    Stream<DynamicTest> everyRuleHasAPageThatTellsTheSameThings() {
        return RuleRegistry.ALL.stream()
                .map(rule -> DynamicTest.dynamicTest(rule.id(), () -> {
                    List<String> lines = Files.readAllLines(PAGES.resolve(rule.id() + ".md"));
                    assertThat(lines.get(0)).isEqualTo("# " + rule.id());
                    assertThat(lines.get(2)).as("summary").isNotBlank().hasSizeLessThanOrEqualTo(100);
                    assertThat(lines.stream().filter(line -> line.startsWith("## ")))
                            .containsExactlyElementsOf(SECTIONS);
                    assertThat(lines).anyMatch(line -> line.contains("rule: " + rule.id() + ","));
                }));
    }
}
