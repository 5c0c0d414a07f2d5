package dev.bulkhead.manifest;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The files that the arguments of a command name. <p>A file is itself, {@code -} is standard input, a directory is
 * every {@code .yaml}, {@code .yml} and {@code .json} file below it, sorted by path. What cannot be found or read
 * becomes a {@link ManifestProblem} in its place, never an exception.
 */
public final class ManifestFiles {
    private static final String STANDARD_INPUT = "-";
    private static final int MOST_ENTRIES = 100_000;

    private final DocumentReader reader = new DocumentReader();
    private final List<Source> sources;

    private ManifestFiles(List<Source> sources) {
        this.sources = List.copyOf(sources);
    }

    /** Lists the directories among the paths, but opens no file yet. */
    public static ManifestFiles of(List<String> paths) {
        return of(paths, Optional.empty());
    }

    /**
     * Lists the directories among the paths, but opens no file yet.
     *
     * @param renderer renders the directories that hold a chart or a kustomization; without it a chart is a problem
     */
    public static ManifestFiles of(List<String> paths, Optional<Renderer> renderer) {
        return of(paths, renderer, MOST_ENTRIES);
    }

    static ManifestFiles of(List<String> paths, Optional<Renderer> renderer, int mostEntries) {
        List<Source> sources = new ArrayList<>();
        for (String path : paths) {
            sources.addAll(sources(path, renderer, mostEntries));
        }
        return new ManifestFiles(sources);
    }

    private static List<Source> sources(String name, Optional<Renderer> renderer, int mostEntries) {
        if (name.equals(STANDARD_INPUT)) {
            return List.of(new Source.StandardInput());
        }
        try {
            Path path = Path.of(name);
            if (!name.isEmpty() && Files.isDirectory(path)) {
                return ManifestDirectory.sources(path, renderer, mostEntries);
            }
            return List.of(name.isEmpty() ? Source.missing(name) : new Source.File(path));
        } catch (InvalidPathException e) {
            return List.of(Source.missing(name));
        }
    }

    /** How many files {@link #forEach} will read or report. */
    public int count() {
        return sources.size();
    }

    /** The files that can be written, each once, in the order of the arguments; standard input is {@code -}. */
    public List<Path> writable() {
        Map<Path, Path> byTarget = new LinkedHashMap<>();
        for (Source source : sources) {
            if (source instanceof Source.File file) {
                byTarget.putIfAbsent(real(file.path()), file.path());
            } else if (source instanceof Source.StandardInput) {
                Path name = Path.of(STANDARD_INPUT);
                byTarget.putIfAbsent(name, name);
            }
        }
        return List.copyOf(byTarget.values());
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            return path;
        }
    }

    /**
     * Reads one file after the other, in the order of the arguments, and passes on its content before the next is
     * opened.
     *
     * @param standardInput read to its end where an argument names it, and not closed
     */
    public void forEach(InputStream standardInput, Consumer<? super ReadResult> results) {
        for (Source source : sources) {
            if (source instanceof Source.File file) {
                read(file.path(), results);
            } else if (source instanceof Source.StandardInput) {
                reader.read("<stdin>", standardInput, results);
            } else if (source instanceof Source.Rendered rendered) {
                String name = rendered.directory().toString();
                rendered.renderer()
                        .render(rendered.directory(), rendered.form(), made -> reader.read(name, made, results))
                        .ifPresent(problem -> results.accept(ManifestProblem.ofFile(name, problem)));
            } else if (source instanceof Source.Unreadable unreadable) {
                results.accept(unreadable.problem());
            }
        }
    }

    private void read(Path path, Consumer<? super ReadResult> results) {
        try (InputStream content = Files.newInputStream(path)) {
            reader.read(path.toString(), content, results);
        } catch (IOException e) {
            results.accept(Source.problem(path, e));
        }
    }
}
