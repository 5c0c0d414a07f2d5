package dev.bulkhead.app.cli;

import dev.bulkhead.engine.text.SafeText;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Handles invalid command lines: prints the error first, then the usage. */
final class UsageErrorHandler implements IParameterExceptionHandler {
    @Override
    public int handleParseException(ParameterException wrong, String[] args) {
        CommandLine command = wrong.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("bulkhead: " + SafeText.line(String.valueOf(wrong.getMessage())));
        UnmatchedArgumentException.printSuggestions(wrong, err);
        err.print(command.getHelp().synopsisHeading());
        err.print(command.getHelp().synopsis(command.getHelp().synopsisHeadingLength()));
        err.println("See `" + command.getCommandSpec().qualifiedName() + " --help`.");
        return CommandLine.ExitCode.USAGE;
    }
}
