package dev.bulkhead.app.cli.output;

import dev.bulkhead.app.cli.output.TerminalStyle.Style;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Renders the Markdown subset of the rules' pages for a terminal. */
public final class MarkdownRenderer {
    /** Mark the beginning and the end of a style until lines are broken; no page contains them. */
    private static final char BEGIN_CODE = '\u0001';

    private static final char BEGIN_BOLD = '\u0002';
    private static final char END = '\u0003';

    private static final Pattern LINK = Pattern.compile("\\[([^]]+)]\\(([^)]+)\\)");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Pattern BOLD = Pattern.compile("\\*\\*([^*]+)\\*\\*");
    private static final String FENCE = "```";
    private static final String ITEM = "- ";

    private final TerminalStyle look;
    private final StringBuilder out = new StringBuilder();
    private final List<String> paragraph = new ArrayList<>();

    private MarkdownRenderer(TerminalStyle look) {
        this.look = look;
    }

    public static String render(String markdown, TerminalStyle look) {
        return new MarkdownRenderer(look).render(markdown.lines().toList());
    }

    /** The width of a word in a line. */
    static int visibleLength(String word) {
        return (int) word.codePoints().filter(c -> c > END).count();
    }

    private String render(List<String> lines) {
        boolean fenced = false;
        boolean afterFence = false;
        for (String line : lines) {
            if (afterFence && !line.isEmpty()) {
                out.append('\n');
            }
            afterFence = false;
            if (line.startsWith(FENCE)) {
                if (!fenced && !paragraph.isEmpty()) {
                    endParagraph();
                    out.append('\n');
                }
                afterFence = fenced;
                fenced = !fenced;
            } else if (fenced) {
                out.append(line.isEmpty() ? "" : "    " + line).append('\n');
            } else if (line.startsWith("#")) {
                endParagraph();
                out.append(look.styled(Style.BOLD, line.replaceFirst("^#+ *", "")))
                        .append('\n');
            } else if (line.isEmpty()) {
                endParagraph();
                out.append('\n');
            } else {
                if (line.startsWith(ITEM)) {
                    endParagraph();
                }
                paragraph.add(line.strip());
            }
        }
        endParagraph();
        return out.toString();
    }

    private void endParagraph() {
        if (paragraph.isEmpty()) {
            return;
        }
        String text = String.join(" ", paragraph);
        paragraph.clear();
        boolean item = text.startsWith(ITEM);
        String indent = item ? "    " : "  ";
        String first = item ? "  - " : indent;
        for (String line : TextLayout.wrap(inline(item ? text.substring(ITEM.length()) : text), look.columns() - 4)) {
            out.append(first).append(styled(line)).append('\n');
            first = indent;
        }
    }

    private String inline(String text) {
        String inline = BOLD.matcher(text).replaceAll(BEGIN_BOLD + "$1" + END);
        inline = LINK.matcher(inline)
                .replaceAll(link -> Matcher.quoteReplacement(link.group(1) + " (" + link.group(2) + ")"));
        return look.colours() ? CODE.matcher(inline).replaceAll(BEGIN_CODE + "$1" + END) : inline;
    }

    private String styled(String line) {
        return line.replace(String.valueOf(BEGIN_CODE), look.begin(Style.CYAN))
                .replace(String.valueOf(BEGIN_BOLD), look.begin(Style.BOLD))
                .replace(String.valueOf(END), look.end(Style.BOLD));
    }
}
