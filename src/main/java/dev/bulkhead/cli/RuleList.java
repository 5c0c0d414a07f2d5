package dev.bulkhead.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.bulkhead.cli.Terminal.Style;
import dev.bulkhead.rule.Demand;
import dev.bulkhead.rule.Layer;
import dev.bulkhead.rule.Rule;
import dev.bulkhead.rule.Rules;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists the rules, layer by layer. */
@Command(
        name = "rules",
        description = "Lists the rules by layer, and what the profiles do about them.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {"", "`bulkhead explain RULE` tells more of one."})
final class RuleList implements Callable<Integer> {
    private static final String ROW = "%-27s %-10s %-15s %-9s  %s";

    enum Format {
        TABLE,
        JSON
    }

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "table or json. Default: table.")
    private Format format = Format.TABLE;

    @Option(names = "--color", paramLabel = "WHEN", description = "auto, always or never. Default: auto.")
    private Terminal.Colour colour = Terminal.Colour.AUTO;

    @Override
    public Integer call() throws JsonProcessingException {
        PrintWriter out = spec.commandLine().getOut();
        switch (format) {
            case TABLE -> table(out, Terminal.of(colour, System.getenv()));
            case JSON ->
                out.println(new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(json()));
        }
        out.flush();
        return ExitCode.OK;
    }

    private static void table(PrintWriter out, Terminal terminal) {
        out.println(terminal.paint(
                Style.BOLD, String.format(ROW, "rule", "standard", "least-privilege", "sandboxed", "demands")));
        for (Layer layer : Layer.values()) {
            out.println(terminal.paint(Style.BOLD, layer.label()));
            for (Rule rule : of(layer)) {
                String head = String.format(
                        ROW,
                        "  " + rule.id(),
                        standard(rule),
                        rule.leastPrivilege().action().label(),
                        rule.sandboxed().action().label(),
                        "");
                List<String> summary =
                        Terminal.wrap(Pages.summary(rule), Math.max(terminal.width() - head.length(), 34));
                out.println(head + summary.get(0));
                summary.stream().skip(1).forEach(line -> out.println(" ".repeat(head.length()) + line));
            }
        }
    }

    private static List<Rule> of(Layer layer) {
        return Rules.ALL.stream().filter(rule -> rule.layer() == layer).toList();
    }

    /** The Pod Security level that has the check, or that it is Bulkhead's own. */
    private static String standard(Rule rule) {
        return rule.level().map(level -> level.name().toLowerCase(Locale.ROOT)).orElse("own");
    }

    private static ArrayNode json() {
        ArrayNode rules = JsonNodeFactory.instance.arrayNode();
        for (Layer layer : Layer.values()) {
            for (Rule rule : of(layer)) {
                rules.addObject()
                        .put("id", rule.id())
                        .put("layer", layer.label())
                        .put("standard", standard(rule))
                        .put("leastPrivilege", described(rule.leastPrivilege()))
                        .put("sandboxed", described(rule.sandboxed()))
                        .put("summary", Pages.summary(rule));
            }
        }
        return rules;
    }

    private static String described(Demand demand) {
        return demand.action().label()
                + demand.exceptions().entrySet().stream()
                        .map(exception -> ", " + exception.getKey() + ": "
                                + exception.getValue().label())
                        .collect(Collectors.joining());
    }
}
