package dev.bulkhead.cli;

import dev.bulkhead.rule.Rule;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The rules' pages of the documentation, which the program carries with it. */
final class Pages {
    private static final String FOLDER = "/dev/bulkhead/docs/rules/";

    private Pages() {}

    /** The page of a rule, in Markdown. */
    static List<String> of(Rule rule) {
        try (InputStream page = Pages.class.getResourceAsStream(FOLDER + rule.id() + ".md")) {
            if (page == null) {
                throw new IllegalStateException("the program lacks the page of " + rule.id());
            }
            return new String(page.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the rule demands, in a line: the first paragraph of its page. */
    static String summary(Rule rule) {
        return of(rule).stream()
                .skip(1)
                .filter(line -> !line.isBlank())
                .findFirst()
                .orElse("");
    }
}
