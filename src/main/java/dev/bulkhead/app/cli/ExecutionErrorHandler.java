package dev.bulkhead.app.cli;

import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** A command's own failure: not the user's doing, and never to be taken for a verdict, which is exit code 1. */
final class ExecutionErrorHandler implements IExecutionExceptionHandler {
    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
        command.getErr().println("bulkhead: this is a bug, please report it with what follows");
        failure.printStackTrace(command.getErr());
        return CommandLine.ExitCode.USAGE;
    }
}
