package dev.bulkhead.app.cli.completion;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints a script by which a shell completes command lines, made from the commands themselves. */
@Command(
        name = "completion",
        description = "Prints a script by which a shell completes the commands, their options and values.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        sortSynopsis = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  source <(bulkhead completion bash)",
            "  bulkhead completion bash > ~/.local/share/bash-completion/completions/bulkhead",
            "  bulkhead completion fish > ~/.config/fish/completions/bulkhead.fish"
        })
public final class CompletionCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}.")
    private Shell shell = Shell.BASH;

    /** The shells for which there is a script. */
    enum Shell {
        BASH,
        ZSH,
        FISH;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Override
    public Integer call() {
        CommandLine program = spec.root().commandLine();
        PrintWriter out = spec.commandLine().getOut();
        out.print(
                switch (shell) {
                    // The script loads what zsh needs to run it.
                    case BASH, ZSH -> AutoComplete.bash(program.getCommandName(), program);
                    case FISH -> FishCompletion.of(program);
                });
        out.flush();
        return ExitCode.OK;
    }
}
