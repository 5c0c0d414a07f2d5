package dev.bulkhead.manifest;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the manifests below a directory. Hidden files and directories are skipped, links to directories not followed.
 * <p>Links to files are followed inside the directory, which is how Kubernetes mounts a ConfigMap. A link that leads
 * out of it is a problem: the author of a manifest must not choose which files are read from the machine that checks
 * it.
 */
final class ManifestDirectory extends SimpleFileVisitor<Path> {
    private static final Pattern MANIFEST = Pattern.compile(".+\\.(yaml|yml|json)");

    private final Path root;
    private final Path realRoot;
    private final Optional<Renderer> renderer;
    private final int mostEntries;
    private final Map<Path, Source> found = new TreeMap<>();
    private int entries;

    private ManifestDirectory(Path root, Path realRoot, Optional<Renderer> renderer, int mostEntries) {
        this.root = root;
        this.realRoot = realRoot;
        this.renderer = renderer;
        this.mostEntries = mostEntries;
    }

    /** The manifests, sorted by path, and a problem where one cannot be reached or there is none at all. */
    static List<Source> sources(Path root, Optional<Renderer> renderer, int mostEntries) {
        try {
            // Follows no link, even if the directory itself is named by one.
            ManifestDirectory directory = new ManifestDirectory(root, root.toRealPath(), renderer, mostEntries);
            Files.walkFileTree(directory.realRoot, directory);
            if (directory.found.isEmpty()) {
                directory.problem(directory.realRoot, "no manifests: expected files named *.yaml, *.yml or *.json");
            }
            return List.copyOf(directory.found.values());
        } catch (IOException e) {
            return List.of(new Source.Unreadable(Source.problem(root, e)));
        }
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
        boolean hidden = !directory.equals(realRoot) && isHidden(directory);
        return hidden || isRendered(directory) ? FileVisitResult.SKIP_SUBTREE : counted();
    }

    /** Whether what the directory makes stands for its files, which are no manifests by themselves. */
    private boolean isRendered(Path directory) {
        Optional<Renderer.Form> form = Renderer.Form.of(directory);
        if (form.isPresent() && renderer.isPresent()) {
            Path name = named(directory);
            found.put(name, new Source.Rendered(name, renderer.get(), form.get()));
            return true;
        }
        if (form.equals(Optional.of(Renderer.Form.CHART))) {
            problem(directory, Renderer.Form.CHART.advice(named(directory).toString()));
            return true;
        }
        return false;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        if (!isHidden(file) && MANIFEST.matcher(file.getFileName().toString()).matches()) {
            if (attributes.isSymbolicLink()) {
                visitLink(file);
            } else if (attributes.isRegularFile()) {
                found.put(named(file), new Source.File(named(file)));
            }
        }
        return counted();
    }

    private void visitLink(Path link) {
        try {
            Path target = link.toRealPath();
            if (!target.startsWith(realRoot)) {
                problem(link, "the link leads out of the directory; name its target to have it read");
            } else if (Files.isRegularFile(target)) {
                found.put(named(link), new Source.File(named(link)));
            }
        } catch (IOException e) {
            found.put(named(link), new Source.Unreadable(Source.problem(named(link), e)));
        }
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
        found.put(named(file), new Source.Unreadable(Source.problem(named(file), e)));
        return counted();
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) {
        if (e != null) {
            visitFileFailed(directory, e);
        }
        return FileVisitResult.CONTINUE;
    }

    private FileVisitResult counted() {
        if (++entries <= mostEntries) {
            return FileVisitResult.CONTINUE;
        }
        problem(realRoot, "more than " + mostEntries + " files and directories; the rest was not read");
        return FileVisitResult.TERMINATE;
    }

    private void problem(Path path, String message) {
        found.put(
                named(path),
                new Source.Unreadable(ManifestProblem.ofFile(named(path).toString(), message)));
    }

    private static boolean isHidden(Path path) {
        return path.getFileName().toString().startsWith(".");
    }

    /** The path as the caller would write it. */
    private Path named(Path path) {
        return root.resolve(realRoot.relativize(path));
    }
}
