package dev.bulkhead.manifest;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Where manifests come from. */
sealed interface Source {
    record File(Path path) implements Source {}

    record StandardInput() implements Source {}

    record Rendered(Path directory, Renderer renderer, Renderer.Form form) implements Source {}

    record Unreadable(ManifestProblem problem) implements Source {}

    static Source missing(String name) {
        return new Unreadable(ManifestProblem.ofFile(name, "no such file or directory"));
    }

    static ManifestProblem problem(Path path, IOException e) {
        if (e instanceof NoSuchFileException) {
            return ManifestProblem.ofFile(path.toString(), "no such file or directory");
        }
        if (e instanceof AccessDeniedException) {
            return ManifestProblem.ofFile(path.toString(), "permission denied");
        }
        return ManifestProblem.ofFile(path.toString(), "cannot be read: " + e.getMessage());
    }
}
