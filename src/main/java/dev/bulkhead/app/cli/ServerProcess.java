package dev.bulkhead.app.cli;

import dev.bulkhead.app.certificate.UnusableCertificateException;
import dev.bulkhead.app.cli.option.CliEnvironment;
import dev.bulkhead.app.config.ConfigurationException;
import dev.bulkhead.app.config.SettingsCheck;
import dev.bulkhead.engine.text.Suggestions;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.QuarkusBindException;
import java.io.PrintWriter;
import java.net.BindException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Runs a command that serves until it is stopped: checks the settings, starts the server, reports why it ended. */
final class ServerProcess {
    static final String MANAGEMENT_PORT = "bulkhead.management.port";
    private static final int HIGHEST_PORT = 65_535;
    private static final String IN_USE = ": it is in use, or this user may not";

    private final CliEnvironment environment;
    private final CommandSpec spec;

    ServerProcess(CliEnvironment environment, CommandSpec spec) {
        this.environment = environment;
        this.spec = spec;
    }

    /**
     * Runs until the process is asked to stop.
     *
     * @param settings from the command's options; they win over the environment
     * @return the exit code
     */
    int run(Map<String, String> settings, Class<? extends QuarkusApplication> application) {
        settings.forEach(System::setProperty);
        // HTTP/2 is off for TLS; the management port must not accept an upgrade either.
        System.setProperty("vertx.disableH2c", "true");
        if (hasSettingProblems()) {
            return CommandLine.ExitCode.SOFTWARE;
        }
        PrintWriter err = spec.commandLine().getErr();
        AtomicInteger exitCode = new AtomicInteger();
        Quarkus.run(application, (code, failure) -> {
            exitCode.set(code);
            if (failure != null) {
                err.println("bulkhead: " + reason(failure));
            }
        });
        return exitCode.get();
    }

    /** The port as a setting. */
    String checkedPort(String option, int number) {
        if (number < 0 || number > HIGHEST_PORT) {
            throw new ParameterException(
                    spec.commandLine(), option + ": expected a number from 0 to " + HIGHEST_PORT + ", got " + number);
        }
        return Integer.toString(number);
    }

    /** The server would report some of them too, in the words of what it is built on. */
    private boolean hasSettingProblems() {
        Map<String, String> properties = System.getProperties().stringPropertyNames().stream()
                .collect(Collectors.toMap(name -> name, name -> System.getProperty(name, "")));
        List<String> problems =
                new SettingsCheck(environment.environment(), properties, ServerProcess::suggestion).problems();
        problems.forEach(problem -> spec.commandLine().getErr().println("bulkhead: " + problem));
        return !problems.isEmpty();
    }

    private static String suggestion(String property) {
        List<String> near = Suggestions.of(property, SettingsCheck.keys());
        return near.isEmpty() ? "" : "; did you mean " + near.get(0) + "?";
    }

    /** Finds the cause that a user can act on: one with a known explanation, otherwise the innermost. */
    private static String reason(Throwable failure) {
        Throwable cause = failure;
        while (true) {
            if (cause instanceof QuarkusBindException bind) {
                return "cannot listen on port " + bind.getPort() + IN_USE;
            }
            if (cause instanceof BindException) {
                // Quarkus reports the webhook's port, but not the management port.
                Config config = ConfigProvider.getConfig();
                return "cannot listen on port " + config.getValue(MANAGEMENT_PORT, String.class) + IN_USE;
            }
            if (cause.getCause() == null
                    || cause instanceof UnusableCertificateException
                    || cause instanceof ConfigurationException) {
                return cause.getMessage() == null ? cause.toString() : cause.getMessage();
            }
            cause = cause.getCause();
        }
    }
}
