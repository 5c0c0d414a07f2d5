package dev.bulkhead.app.cli.output;

import dev.bulkhead.engine.rule.Rule;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The documentation page of a rule.
 *
 * @param markdown the whole page
 */
public record RulePage(String markdown) {
    /** Reads the packaged page; a test ensures that every rule has one. */
    public static RulePage of(Rule rule) {
        String name = "/dev/bulkhead/docs/rules/" + rule.id() + ".md";
        try (InputStream page = RulePage.class.getResourceAsStream(name)) {
            if (page == null) {
                throw new IllegalStateException(name + " is not built in");
            }
            return new RulePage(new String(page.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
