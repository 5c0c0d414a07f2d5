package dev.bulkhead.app.cli;

import dev.bulkhead.app.cli.completion.CompletionCommand;
import dev.bulkhead.app.cli.export.ExportCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Creates the commands with their dependencies. */
@Command(
        name = "bulkhead",
        description = "Makes least privilege the default in a Kubernetes cluster.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        footer = "%nSee `bulkhead COMMAND --help` for a command's options.",
        subcommands = {
            CheckCommand.class,
            FixCommand.class,
            ScanCommand.class,
            ReviewCommand.class,
            RulesCommand.class,
            ExplainCommand.class,
            PolicyCommand.class,
            ExportCommand.class,
            ServeCommand.class,
            ConsoleCommand.class,
            DoctorCommand.class,
            CompletionCommand.class
        })
final class CommandFactory implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }
}
