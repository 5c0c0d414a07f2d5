package dev.bulkhead.app.cli;

import dev.bulkhead.engine.text.FailureText;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/**
 * Handles a command's internal error: not the user's fault, and never to be mistaken for a verdict, which is exit code
 * 1.
 */
final class ExecutionErrorHandler implements IExecutionExceptionHandler {
    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
        command.getErr().println("bulkhead: this is a bug, please report it with what follows");
        FailureText.stackTrace(failure).forEach(command.getErr()::println);
        return CommandLine.ExitCode.USAGE;
    }
}
