package dev.bulkhead.app.cli;

import dev.bulkhead.app.cli.completion.CompletionCommand;
import dev.bulkhead.app.cli.export.ExportCommand;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IFactory;
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
        footer = "%nSee `bulkhead COMMAND --help` for a command's options.")
final class CommandFactory implements Runnable {
    private static final String COMPLETION = "completion";
    private static final List<String> NAMES = List.of(
            "check",
            "fix",
            "scan",
            "review",
            "rules",
            "explain",
            "policy",
            "export",
            "serve",
            "console",
            "doctor",
            COMPLETION);

    @Spec
    private CommandSpec spec;

    /** The program with all of its commands. */
    static CommandLine all(IFactory commands) {
        return with(NAMES, commands);
    }

    /**
     * The program, to run a command line with. Where that names one of the commands, it has that one only: to make all of
     * them takes longer than a check.
     */
    static CommandLine of(IFactory commands, String... args) {
        // The script that completion prints is about all of them.
        boolean one = args.length > 0 && NAMES.contains(args[0]) && !args[0].equals(COMPLETION);
        return with(one ? List.of(args[0]) : NAMES, commands);
    }

    private static CommandLine with(List<String> names, IFactory commands) {
        CommandLine program = new CommandLine(new CommandFactory(), commands);
        names.forEach(name -> program.addSubcommand(name, type(name)));
        return program;
    }

    private static Class<?> type(String name) {
        return switch (name) {
            case "check" -> CheckCommand.class;
            case "fix" -> FixCommand.class;
            case "scan" -> ScanCommand.class;
            case "review" -> ReviewCommand.class;
            case "rules" -> RulesCommand.class;
            case "explain" -> ExplainCommand.class;
            case "policy" -> PolicyCommand.class;
            case "export" -> ExportCommand.class;
            case "serve" -> ServeCommand.class;
            case "console" -> ConsoleCommand.class;
            case "doctor" -> DoctorCommand.class;
            case COMPLETION -> CompletionCommand.class;
            default -> throw new IllegalArgumentException(name + " is no command");
        };
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }
}
