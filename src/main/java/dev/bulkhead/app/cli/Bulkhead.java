package dev.bulkhead.app.cli;

import io.quarkus.runtime.annotations.QuarkusMain;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** The program. Nothing of the platform underneath starts unless a command starts it. */
@QuarkusMain
public final class Bulkhead {
    private Bulkhead() {}

    public static void main(String[] args) {
        Charset charset = Charset.defaultCharset();
        System.exit(run(new PrintWriter(System.out, true, charset), new PrintWriter(System.err, true, charset), args));
    }

    /** Runs a command line and gives its exit code. */
    static int run(PrintWriter out, PrintWriter err, String... args) {
        return run(CommandLine.defaultFactory(), out, err, args);
    }

    /** The same with commands that the factory makes. */
    static int run(IFactory commands, PrintWriter out, PrintWriter err, String... args) {
        return new CommandLine(new CommandFactory(), commands)
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(new UsageErrorHandler())
                .setExecutionExceptionHandler(new ExecutionErrorHandler())
                .execute(args);
    }
}
