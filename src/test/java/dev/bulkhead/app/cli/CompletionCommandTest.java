package dev.bulkhead.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Completion as the real shells do it. */
class CompletionCommandTest {
    @TempDir
    private Path folder;

    /** A command line that is being typed, by its words after the program's name. */
    private record Typed(List<String> words) {
        static Typed of(String... words) {
            return new Typed(List.of(words));
        }
    }

    private static String shell(String name) {
        Optional<String> path = Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                .map(directory -> directory + "/" + name)
                .filter(file -> Files.isExecutable(Path.of(file)))
                .findFirst();
        if (path.isEmpty() && "true".equals(System.getenv("BULKHEAD_CI"))) {
            throw new AssertionError(name + " is missing");
        }
        assumeTrue(path.isPresent(), "skipped: no " + name + " here");
        return path.orElseThrow();
    }

    private Path script(String shell) throws IOException {
        Cli.Run printed = Cli.run("completion", shell);
        assertThat(printed.exitCode()).isZero();
        return Files.writeString(folder.resolve("completion." + shell), printed.out());
    }

    /** What the shell says, in lines, when it runs that script. */
    private List<String> says(String shell, String script) throws IOException, InterruptedException {
        Path file = Files.writeString(folder.resolve("run"), script);
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(shell, file.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .redirectInput(new File("/dev/null"))
                .start();
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return Files.readAllLines(output, StandardCharsets.UTF_8);
    }

    /** For each line that is typed, what bash completes the last word with. */
    private List<List<String>> bash(List<Typed> typed) throws IOException, InterruptedException {
        StringBuilder script = new StringBuilder("compopt() { :; }; source '" + script("bash") + "'\n");
        for (Typed line : typed) {
            script.append("COMPREPLY=(); COMP_WORDS=(bulkhead");
            line.words().forEach(word -> script.append(" '").append(word).append('\''));
            script.append("); COMP_CWORD=")
                    .append(line.words().size())
                    .append("; _complete_bulkhead; echo \"${COMPREPLY[@]}\"\n");
        }
        List<String> said = says(shell("bash"), script.toString());
        assertThat(said).hasSameSizeAs(typed);
        return said.stream().map(line -> List.of(line.trim().split(" +", -1))).toList();
    }

    private List<List<String>> fish(List<Typed> typed) throws IOException, InterruptedException {
        StringBuilder script = new StringBuilder("set -x HOME '" + folder + "'\nsource '" + script("fish") + "'\n");
        for (Typed line : typed) {
            script.append("echo (complete -C 'bulkhead ")
                    .append(String.join(" ", line.words()))
                    .append("' | string split -f 1 \\t)\n");
        }
        List<String> said = says(shell("fish"), script.toString());
        assertThat(said).as("%s", said).hasSameSizeAs(typed);
        return said.stream().map(line -> List.of(line.trim().split(" +", -1))).toList();
    }

    private record Expected(Typed typed, List<String> completions) {}

    /** Every command, option and value that the program has. */
    private static List<Expected> everything() {
        CommandLine program = CommandFactory.all(CommandLine.defaultFactory());
        List<Expected> all = new ArrayList<>();
        add(program, List.of(), all);
        return all;
    }

    private static void add(CommandLine command, List<String> path, List<Expected> all) {
        if (!command.getSubcommands().isEmpty()) {
            all.add(new Expected(
                    new Typed(Stream.concat(path.stream(), Stream.of("")).toList()),
                    List.copyOf(command.getSubcommands().keySet())));
        }
        for (OptionSpec option : command.getCommandSpec().options()) {
            if (option.hidden()) {
                continue;
            }
            all.add(new Expected(
                    new Typed(Stream.concat(path.stream(), Stream.of("--")).toList()), List.of(option.longestName())));
            if (option.completionCandidates() != null && option.arity().max() > 0) {
                List<String> values = new ArrayList<>();
                option.completionCandidates().forEach(values::add);
                all.add(new Expected(
                        new Typed(Stream.concat(path.stream(), Stream.of(option.longestName(), ""))
                                .toList()),
                        values));
            }
        }
        command.getSubcommands()
                .forEach((name, below) ->
                        add(below, Stream.concat(path.stream(), Stream.of(name)).toList(), all));
    }

    @Test
    void bashCompletesEveryCommandOptionAndValue() throws IOException, InterruptedException {
        List<Expected> all = everything();
        assertThat(all).hasSizeGreaterThan(50);
        List<List<String>> completed = bash(all.stream().map(Expected::typed).toList());
        for (int i = 0; i < all.size(); i++) {
            assertThat(completed.get(i))
                    .as("%s", all.get(i).typed())
                    .containsAll(all.get(i).completions());
        }
    }

    @Test
    void fishCompletesEveryCommandOptionAndValue() throws IOException, InterruptedException {
        List<Expected> all = everything();
        List<List<String>> completed = fish(all.stream().map(Expected::typed).toList());
        for (int i = 0; i < all.size(); i++) {
            assertThat(completed.get(i))
                    .as("%s", all.get(i).typed())
                    .containsAll(all.get(i).completions());
        }
    }

    @Test
    void fishOffersWhatFitsOnly() throws IOException, InterruptedException {
        List<List<String>> completed = fish(List.of(Typed.of("check", "--prof"), Typed.of("policy", "")));

        assertThat(completed.get(0)).containsExactly("--profile");
        assertThat(completed.get(1)).contains("lint").doesNotContain("check", "policy");
    }

    /** In a terminal of its own, since zsh completes nowhere else. */
    @Test
    void zshCompletes() throws IOException, InterruptedException {
        String zsh = shell("zsh");
        List<String> said = says(zsh, """
                zmodload zsh/zpty
                zpty typed %s -f -i
                say() { zpty -w typed "$1" }
                say 'unsetopt zle_bracketed_paste; PS1=; autoload -Uz compinit; compinit -D -u'
                say 'bulkhead() { print -r -- "got <$*>" }; source %s'
                zpty -w -n typed $'bulkhead check --prof\\tleast\\t\\n'
                zpty -r -m typed line '*got <*>*'
                print -r -- "$line"
                zpty -w -n typed $'bulkhead expl\\tallowPriv\\t\\n'
                zpty -r -m typed line '*got <explain*>*'
                print -r -- "$line"
                zpty -d typed
                """.formatted(zsh, script("zsh")));

        assertThat(String.join("\n", said))
                .contains("got <check --profile least-privilege>", "got <explain allowPrivilegeEscalation>");
    }

    @Test
    void namesTheShellsItKnows() {
        Cli.Run run = Cli.run("completion", "tcsh");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err().toLowerCase(Locale.ROOT)).contains("tcsh", "bash", "zsh", "fish");
        assertThat(Cli.run("completion").err()).contains("SHELL");
    }
}
