package dev.bulkhead.app.cli;

import dev.bulkhead.app.cli.option.StandardOutput;
import dev.bulkhead.engine.text.SafeText;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** The program's main class. The server and its libraries start only when a command needs them. */
@QuarkusMain
public final class Bulkhead {
    private Bulkhead() {}

    public static void main(String[] args) {
        Charset charset = outputCharset(System.getProperty("native.encoding", ""));
        int code = run(
                new StandardOutput(new FileOutputStream(FileDescriptor.out), charset),
                new PrintWriter(System.err, true, charset),
                args);
        // Quarkus' development mode stops the server and calls this method again, in the same process.
        if (LaunchMode.current() != LaunchMode.DEVELOPMENT) {
            System.exit(code);
        }
    }

    /**
     * The charset of standard output and standard error: that of the locale, or UTF-8 where the locale has none beyond
     * ASCII, as in containers and CI jobs that set no locale.
     *
     * @param ofLocale the name of the locale's charset, which may be empty or unknown to Java
     */
    static Charset outputCharset(String ofLocale) {
        try {
            Charset charset = Charset.forName(ofLocale);
            return charset.equals(StandardCharsets.US_ASCII) ? StandardCharsets.UTF_8 : charset;
        } catch (IllegalArgumentException e) {
            return StandardCharsets.UTF_8;
        }
    }

    /** Runs a command line and returns its exit code. */
    static int run(PrintWriter out, PrintWriter err, String... args) {
        return run(CommandLine.defaultFactory(), out, err, args);
    }

    /** Runs a command line with commands made by the factory. */
    static int run(IFactory commands, PrintWriter out, PrintWriter err, String... args) {
        int code = withVersion(CommandFactory.of(commands, args))
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(new UsageErrorHandler())
                .setExecutionExceptionHandler(new ExecutionErrorHandler())
                .execute(args);
        Optional<IOException> failure = out instanceof StandardOutput output ? output.failure() : Optional.empty();
        failure.ifPresent(reason -> err.println(
                "bulkhead: cannot write to standard output: " + SafeText.line(String.valueOf(reason.getMessage()))));
        return failure.isPresent() ? CommandLine.ExitCode.USAGE : code;
    }

    /** Gives the program's version to the commands of other packages, which have none of their own. */
    private static CommandLine withVersion(CommandLine command) {
        if (command.getCommandSpec().versionProvider() == null) {
            command.getCommandSpec().versionProvider(new Version());
        }
        command.getSubcommands().values().forEach(Bulkhead::withVersion);
        return command;
    }
}
