package dev.bulkhead.engine.rule.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.Golden;
import dev.bulkhead.engine.rule.RuleInfo;
import dev.bulkhead.engine.rule.Standard;
import dev.bulkhead.engine.rule.StandardControl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    /** The part above the first section is made from {@link RuleInfo}; what stands below it does not say the same again. */
    @TestFactory
    Stream<DynamicTest> pagesBeginWithWhatIsKnownOfTheRule() {
        return RuleRegistry.ALL.stream()
                .map(rule -> DynamicTest.dynamicTest(rule.id(), () -> {
                    Path page = PAGES.resolve(rule.id() + ".md");
                    String text = Files.readString(page);
                    String sections = text.substring(text.indexOf("\n" + SECTIONS.get(0) + "\n"));
                    Golden.file(page, head(rule.info()) + sections);
                    assertThat(sections.substring(sections.indexOf("\n## References\n")))
                            .doesNotContain(Stream.of(Standard.values())
                                    .map(Standard::title)
                                    .toArray(String[]::new));
                }));
    }

    private static String head(RuleInfo info) {
        StringBuilder head = new StringBuilder("# " + info.id() + "\n\n" + info.summary() + "\n\n");
        Map<String, String> known = new LinkedHashMap<>();
        known.put("Title", info.title());
        known.put("Severity", info.severity().label() + ". " + info.severity().criterion());
        known.put("Category", info.category());
        known.put("Layer", info.layer().label());
        known.forEach((name, value) ->
                head.append("- ").append(name).append(": ").append(value).append('\n'));
        for (StandardControl control : info.standards()) {
            head.append("- ").append(control.standard().label()).append(": ");
            head.append('[')
                    .append(control.label())
                    .append("](")
                    .append(control.url())
                    .append(")\n");
        }
        return head.toString();
    }

    @TestFactory
    Stream<DynamicTest> everyRuleHasAPageThatTellsTheSameThings() {
        return RuleRegistry.ALL.stream()
                .map(rule -> DynamicTest.dynamicTest(rule.id(), () -> {
                    List<String> lines = Files.readAllLines(PAGES.resolve(rule.id() + ".md"));
                    assertThat(lines.stream().filter(line -> line.startsWith("## ")))
                            .containsExactlyElementsOf(SECTIONS);
                    assertThat(lines).anyMatch(line -> line.contains("rule: " + rule.id() + ","));
                }));
    }
}
