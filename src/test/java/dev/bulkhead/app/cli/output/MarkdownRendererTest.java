package dev.bulkhead.app.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MarkdownRendererTest {
    private static final String PAGE = """
            # title

            A sentence that is **important**, about
            `some code`, see [the page](https://example.com/a).

            ## Section
            - first item that goes on and on and on, until
              it ends
            - second
            ```yaml
            key:
              - `kept`: [as](it) is
            ```
            After.
            """;

    @Test
    void showsPagesPlainly() {
        assertThat(MarkdownRenderer.render(PAGE, new TerminalStyle(false, 44))).isEqualTo("""
                title

                  A sentence that is important, about
                  `some code`, see the page
                  (https://example.com/a).

                Section
                  - first item that goes on and on and on,
                    until it ends
                  - second

                    key:
                      - `kept`: [as](it) is

                  After.
                """);
    }

    @Test
    void showsPagesInColoursInTheSameLines() {
        String plain = MarkdownRenderer.render(PAGE.replace("`some code`", "some code"), new TerminalStyle(false, 44));
        String coloured = MarkdownRenderer.render(PAGE, new TerminalStyle(true, 44));

        assertThat(coloured).contains("\u001b[1mtitle\u001b[0m", "\u001b[1mimportant\u001b[0m,", "\u001b[36m");
        assertThat(coloured.replaceAll("\u001b\\[[0-9;]*m", "")).isEqualTo(plain);
    }
}
