package dev.bulkhead.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Every command has a page, made from the command itself; {@code -Dgolden.update=true} rewrites them. */
class CommandPagesTest {
    private static final Path PAGES = Path.of("docs/commands");

    private static List<CommandLine> commands() {
        List<CommandLine> commands = new ArrayList<>();
        add(CommandFactory.all(CommandLine.defaultFactory()), commands);
        return commands;
    }

    private static void add(CommandLine command, List<CommandLine> commands) {
        for (CommandLine below : command.getSubcommands().values()) {
            if (below.getSubcommands().isEmpty()) {
                commands.add(below);
            }
            add(below, commands);
        }
    }

    private static String name(CommandLine command) {
        return command.getCommandSpec().qualifiedName(" ");
    }

    private static String file(CommandLine command) {
        return name(command).replaceFirst("bulkhead ", "").replace(' ', '-') + ".md";
    }

    private static String description(CommandSpec command) {
        return String.join(" ", command.usageMessage().description());
    }

    private static String page(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        Help help = command.getHelp();
        StringBuilder page = new StringBuilder("# `" + name(command) + "`\n\n")
                .append(description(spec))
                .append("\n\n```console\n")
                .append(help.synopsis(0))
                .append("```\n");
        List<ArgSpec> arguments = Stream.concat(
                        spec.positionalParameters().stream().map(ArgSpec.class::cast), spec.options().stream())
                .filter(argument -> !argument.hidden())
                .toList();
        page.append("\n| argument | meaning |\n|---|---|\n");
        arguments.forEach(argument -> page.append("| ")
                .append(label(argument))
                .append(" | ")
                .append(text(argument))
                .append(" |\n"));
        String footer = Stream.of(spec.usageMessage().footer())
                .collect(Collectors.joining("\n"))
                .strip();
        if (!footer.isEmpty()) {
            page.append("\n```text\n")
                    .append(Stream.of(spec.usageMessage().footer()).collect(Collectors.joining("\n")))
                    .append("\n```\n");
        }
        return page.toString();
    }

    private static String label(ArgSpec argument) {
        String value = argument.arity().max() == 0 ? "" : argument.paramLabel();
        if (argument instanceof OptionSpec option) {
            String names =
                    Stream.of(option.names()).map(name -> "`" + name + "`").collect(Collectors.joining(", "));
            return value.isEmpty() ? names : names + " `" + value + "`";
        }
        return "`" + value + "`";
    }

    private static String text(ArgSpec argument) {
        String text = String.join(" ", argument.description());
        if (argument.completionCandidates() != null) {
            text = text.replace(
                    "${COMPLETION-CANDIDATES}",
                    StreamSupport.stream(argument.completionCandidates().spliterator(), false)
                            .map(candidate -> "`" + candidate + "`")
                            .collect(Collectors.joining(", ")));
        }
        return text.replace("%n", " ").replace("|", "\\|");
    }

    private static String index() {
        StringBuilder index = new StringBuilder("# Commands\n\n| command | does |\n|---|---|\n");
        commands()
                .forEach(command -> index.append("| [`")
                        .append(name(command))
                        .append("`](")
                        .append(file(command))
                        .append(") | ")
                        .append(description(command.getCommandSpec()))
                        .append(" |\n"));
        return index.append("\n`bulkhead COMMAND --help` prints the same.\n").toString();
    }

    @Test
    void everyCommandHasItsPage() throws IOException {
        Golden.file(PAGES.resolve("README.md"), index());
        commands().forEach(command -> Golden.file(PAGES.resolve(file(command)), page(command)));

        List<String> pages = Stream.concat(
                        Stream.of("README.md"), commands().stream().map(CommandPagesTest::file))
                .toList();
        try (Stream<Path> files = Files.list(PAGES)) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrderElementsOf(pages);
        }
    }

    @Test
    void everyArgumentIsDescribed() {
        for (CommandLine command : commands()) {
            assertThat(description(command.getCommandSpec())).as(name(command)).endsWith(".");
            for (ArgSpec argument : command.getCommandSpec().args()) {
                assertThat(text(argument))
                        .as("%s %s", name(command), label(argument))
                        .isNotBlank()
                        .doesNotContain("${");
            }
        }
    }
}
