package dev.bulkhead.app.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.engine.report.Report;
import dev.bulkhead.engine.report.ReportedProblem;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What hostile names do to the formats that another program reads, and how long these get. */
class PlainReportsTest {
    private static Report warning(String file, String message) {
        return new Report("baseline", List.of(), 0, List.of(), List.of(new ReportedProblem(file, 3, 7, message)));
    }

    @Test
    void aNameCannotEndAWorkflowCommandOrBeginOne() {
        String commands = GithubReport.of(warning("a,b:c%0A\n::error::x", "100%\n::add-mask::x\r"));

        assertThat(commands.lines()).hasSize(2);
        assertThat(commands.lines().findFirst().orElseThrow())
                .isEqualTo("::warning file=a%2Cb%3Ac%250A%0A%3A%3Aerror%3A%3Ax,line=3,col=7,title=Bulkhead%3A"
                        + " warning::100%25%0A::add-mask::x\\u000d");
    }

    @Test
    void aPathIsThatOfTheRepository() {
        assertThat(GithubReport.of(warning("./manifests/web.yaml", "x")))
                .startsWith("::warning file=manifests/web.yaml,");
    }

    @Test
    void aNameCannotBecomeMarkup() {
        String markdown = MarkdownReport.of(
                warning("`a`|b", "<img src=x> @ada closes #1 [x](http://e.com) **b** | c </details>\n# d"));

        assertThat(markdown)
                .contains(
                        "- `'a'|b:3`: &#60;img src=x&#62; &#64;ada closes &#35;1 \\[x\\](http://e.com) \\*\\*b\\*\\* &#124; c"
                                + " &#60;/details&#62;\\\\u000a&#35; d\n");
    }

    @Test
    void aCommentIsNotTooLong() {
        List<ReportedProblem> many = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            many.add(new ReportedProblem("file-" + i + ".yaml", 1, 1, "the same mistake once more"));
        }

        String markdown = MarkdownReport.of(new Report("baseline", List.of(), 0, many, many));

        assertThat(markdown.length()).isBetween(55_000, 65_000);
        assertThat(markdown).contains(" more, which no longer fit\n").endsWith("</details>\n");
    }
}
