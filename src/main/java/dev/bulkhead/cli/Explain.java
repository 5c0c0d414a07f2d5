package dev.bulkhead.cli;

import dev.bulkhead.cli.Terminal.Style;
import dev.bulkhead.rule.Rule;
import dev.bulkhead.rule.Rules;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tells of a rule what its page in the documentation tells. */
@Command(
        name = "explain",
        description = "Tells of a rule: the risk, the fields, what is allowed, the fix, what the node does.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer = {"  bulkhead explain runtimeSocket", "", "`bulkhead rules` lists the rules."})
final class Explain implements Callable<Integer> {
    private static final Pattern LINK = Pattern.compile("\\[([^]]+)]\\(([^)]+)\\)");

    enum Format {
        TEXT,
        MARKDOWN
    }

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "RULE", description = "The rule's id, such as privileged.")
    private String id = "";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "text or markdown. Default: text.")
    private Format format = Format.TEXT;

    @Option(names = "--color", paramLabel = "WHEN", description = "auto, always or never. Default: auto.")
    private Terminal.Colour colour = Terminal.Colour.AUTO;

    @Override
    public Integer call() {
        Rule rule = Rules.named(id).orElseThrow(() -> new ParameterException(spec.commandLine(), unknown(id)));
        PrintWriter out = spec.commandLine().getOut();
        switch (format) {
            case MARKDOWN -> Pages.of(rule).forEach(out::println);
            case TEXT -> print(Pages.of(rule), out, Terminal.of(colour, System.getenv()));
        }
        out.flush();
        return ExitCode.OK;
    }

    private static void print(List<String> page, PrintWriter out, Terminal terminal) {
        boolean code = false;
        for (String line : page) {
            if (line.startsWith("```")) {
                code = !code;
            } else if (code) {
                out.println("    " + terminal.paint(Style.CYAN, line));
            } else if (line.startsWith("#")) {
                out.println(terminal.paint(Style.BOLD, line.replaceFirst("#+ ", "")));
            } else {
                out.println(LINK.matcher(line).replaceAll("$1 ($2)"));
            }
        }
    }

    private static String unknown(String id) {
        String wanted = id.toLowerCase(Locale.ROOT);
        return Rules.ALL.stream()
                .map(Rule::id)
                .min(Comparator.comparingInt(known -> distance(known.toLowerCase(Locale.ROOT), wanted)))
                .map(nearest -> "There is no rule \"" + Terminal.safe(id) + "\"; did you mean " + nearest
                        + "? `bulkhead rules` lists them.")
                .orElseThrow();
    }

    /** How many characters to insert, remove or replace; a name that contains the other is near. */
    private static int distance(String known, String wanted) {
        if (!wanted.isEmpty() && known.contains(wanted)) {
            return 0;
        }
        int[] row = new int[wanted.length() + 1];
        for (int j = 0; j <= wanted.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= known.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= wanted.length(); j++) {
                int replaced = diagonal + (known.charAt(i - 1) == wanted.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[wanted.length()];
    }
}
