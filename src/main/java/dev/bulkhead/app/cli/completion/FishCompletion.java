package dev.bulkhead.app.cli.completion;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Completion for fish, which picocli has no script for. */
final class FishCompletion {
    /** What the values of options are called that are files. */
    private static final Set<String> FILES = Set.of("FILE", "PATH");

    private final StringBuilder script = new StringBuilder();
    private final String program;

    private FishCompletion(String program) {
        this.program = program;
    }

    static String of(CommandLine program) {
        FishCompletion completion = new FishCompletion(program.getCommandName());
        completion
                .script
                .append("# Completion of ")
                .append(program.getCommandName())
                .append(" for fish\n");
        completion.add(program.getCommandSpec(), List.of());
        return completion.script.toString();
    }

    private void add(CommandSpec command, List<String> path) {
        List<CommandSpec> below = command.subcommands().values().stream()
                .map(CommandLine::getCommandSpec)
                .filter(one -> !one.usageMessage().hidden())
                .distinct()
                .toList();
        String condition = condition(path, below);
        for (CommandSpec one : below) {
            line(
                    condition,
                    "-f -a " + quote(one.name()),
                    description(one.usageMessage().description()));
        }
        for (OptionSpec option : command.options()) {
            if (!option.hidden()) {
                line(condition, names(option) + values(option), description(option.description()));
            }
        }
        for (PositionalParamSpec parameter : command.positionalParameters()) {
            List<String> candidates = candidates(parameter);
            if (!candidates.isEmpty()) {
                line(condition, "-f -a " + quote(String.join(" ", candidates)), Optional.empty());
            }
        }
        for (CommandSpec one : below) {
            add(one, append(path, one.name()));
        }
    }

    private static List<String> append(List<String> path, String name) {
        return Stream.concat(path.stream(), Stream.of(name)).toList();
    }

    /** When the command at that path is the one that is being completed. */
    private static String condition(List<String> path, List<CommandSpec> below) {
        if (path.isEmpty()) {
            return "__fish_use_subcommand";
        }
        String seen =
                path.stream().map(name -> "__fish_seen_subcommand_from " + name).collect(Collectors.joining("; and "));
        String names = below.stream().map(CommandSpec::name).collect(Collectors.joining(" "));
        return names.isEmpty() ? seen : seen + "; and not __fish_seen_subcommand_from " + names;
    }

    private static String names(OptionSpec option) {
        return Stream.of(option.names())
                .map(name -> name.startsWith("--") ? "-l " + name.substring(2) : "-s " + name.substring(1))
                .collect(Collectors.joining(" "));
    }

    private static String values(ArgSpec option) {
        if (option.arity().max() == 0) {
            return "";
        }
        List<String> candidates = candidates(option);
        if (!candidates.isEmpty()) {
            return " -x -a " + quote(String.join(" ", candidates));
        }
        return isFile(option) ? " -r -F" : " -x";
    }

    private static boolean isFile(ArgSpec option) {
        return FILES.contains(option.paramLabel());
    }

    private static List<String> candidates(ArgSpec argument) {
        Iterable<String> candidates = argument.completionCandidates();
        return candidates == null
                ? List.of()
                : StreamSupport.stream(candidates.spliterator(), false).toList();
    }

    /** The first sentence, which is what fits beside a completion. */
    private static Optional<String> description(String[] lines) {
        String text = String.join(" ", lines).replace("${COMPLETION-CANDIDATES}. ", "");
        int end = text.indexOf(". ");
        String first = end < 0 ? text : text.substring(0, end);
        String plain = first.endsWith(".") ? first.substring(0, first.length() - 1) : first;
        return plain.isBlank() || plain.contains("${") ? Optional.empty() : Optional.of(plain);
    }

    private void line(String condition, String what, Optional<String> description) {
        script.append("complete -c ")
                .append(program)
                .append(" -n ")
                .append(quote(condition))
                .append(' ')
                .append(what);
        description.ifPresent(text -> script.append(" -d ").append(quote(text)));
        script.append('\n');
    }

    private static String quote(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
