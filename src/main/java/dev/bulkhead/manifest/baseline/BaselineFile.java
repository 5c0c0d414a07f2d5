package dev.bulkhead.manifest.baseline;

import dev.bulkhead.engine.report.Baseline;
import dev.bulkhead.manifest.ManifestProblem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/** Reads and writes baselines. */
public final class BaselineFile {
    private BaselineFile() {}

    /**
     * What came of reading a file.
     *
     * @param baseline empty if there is a problem
     */
    public record Reading(Optional<Baseline> baseline, List<ManifestProblem> problems) {
        public Reading {
            problems = List.copyOf(problems);
        }
    }

    /** Reads a baseline, or all that is wrong with it. */
    public static Reading read(Path file) {
        try {
            return new BaselineReader(file.toString()).read(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            return failed(file, "no such file; --write-baseline writes it");
        } catch (IOException e) {
            return failed(file, "cannot be read: " + e.getMessage());
        }
    }

    private static Reading failed(Path file, String message) {
        return new Reading(Optional.empty(), List.of(new ManifestProblem(file.toString(), 0, 0, message)));
    }

    /** Writes a baseline; the file is the old or the new one at any time, even if the program ends meanwhile. */
    public static void write(Path file, Baseline baseline) throws IOException {
        // What a link leads to is replaced, not the link.
        Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
        Path written = target.resolveSibling(
                target.getFileName() + ".tmp" + ProcessHandle.current().pid());
        try {
            Files.write(written, BaselineText.of(baseline).getBytes(StandardCharsets.UTF_8));
            move(written, target);
        } finally {
            Files.deleteIfExists(written);
        }
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
