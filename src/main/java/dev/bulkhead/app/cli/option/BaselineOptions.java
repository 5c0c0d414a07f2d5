package dev.bulkhead.app.cli.option;

import dev.bulkhead.engine.report.Baseline;
import dev.bulkhead.engine.text.SafeText;
import dev.bulkhead.manifest.baseline.BaselineFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that name the file of the findings that are tolerated. */
public final class BaselineOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--baseline",
            paramLabel = "FILE",
            description = "Tolerates the findings in this file: only new ones count for exit codes.")
    private Optional<Path> baseline = Optional.empty();

    @Option(
            names = "--write-baseline",
            paramLabel = "FILE",
            description = "Writes the findings that --fail-on counts to this file, and tolerates them.")
    private Optional<Path> written = Optional.empty();

    /**
     * What came of reading the baseline.
     *
     * @param baseline empty if none is given
     */
    public record Reading(Optional<Baseline> baseline) {}

    /**
     * Reads the baseline that is given.
     *
     * @return empty where it cannot be read; then all problems are printed
     */
    public Optional<Reading> read() {
        if (baseline.isPresent() && written.isPresent()) {
            throw new ParameterException(
                    spec.commandLine(), "--baseline and --write-baseline cannot be given together");
        }
        if (baseline.isEmpty()) {
            return Optional.of(new Reading(Optional.empty()));
        }
        BaselineFile.Reading reading = BaselineFile.read(baseline.get());
        reading.problems().forEach(problem -> spec.commandLine().getErr().println(SafeText.line(problem.describe())));
        return reading.baseline().map(read -> new Reading(Optional.of(read)));
    }

    /** Whether a baseline is to be written. */
    public boolean isWritten() {
        return written.isPresent();
    }

    /**
     * Writes a baseline, if one is to be written.
     *
     * @return whether that went well; if not, the reason is printed
     */
    public boolean write(Baseline found) {
        if (written.isEmpty()) {
            return true;
        }
        try {
            BaselineFile.write(written.get(), found);
            int count = found.entries().stream().mapToInt(Baseline.Entry::count).sum();
            spec.commandLine()
                    .getErr()
                    .println("bulkhead: " + SafeText.line(written.get().toString()) + ": " + count
                            + (count == 1 ? " finding" : " findings") + " written");
            return true;
        } catch (IOException e) {
            spec.commandLine()
                    .getErr()
                    .println("bulkhead: " + SafeText.line(written.get() + " cannot be written: " + e));
            return false;
        }
    }

    /**
     * Ends the command where one of these options is given together with what knows none.
     *
     * @throws ParameterException if so
     */
    void reject(String together) {
        if (baseline.isPresent() || written.isPresent()) {
            throw new ParameterException(
                    spec.commandLine(), "--baseline and --write-baseline cannot be given together with " + together);
        }
    }
}
