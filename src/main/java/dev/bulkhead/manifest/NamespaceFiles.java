package dev.bulkhead.manifest;

import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.document.NameSyntax;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.MalformedWorkloadException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The namespaces in files and directories, such as {@code kubectl get namespaces -o yaml} writes them. */
public final class NamespaceFiles {
    private final List<Namespace> namespaces = new ArrayList<>();
    private final List<ManifestProblem> problems = new ArrayList<>();

    private NamespaceFiles() {}

    /** Reads all of them; a problem in one does not prevent reading the others. */
    public static NamespaceFiles read(List<Path> paths) {
        NamespaceFiles files = new NamespaceFiles();
        for (Path path : paths) {
            ManifestFiles.of(List.of(path.toString())).forEach(InputStream.nullInputStream(), result -> {
                if (result instanceof Document document) {
                    files.problems.addAll(document.warnings());
                    document.objects().forEach(files::read);
                } else if (result instanceof ManifestProblem problem) {
                    files.problems.add(problem);
                }
            });
        }
        return files;
    }

    private void read(ManifestObject object) {
        try {
            Field root = Field.root(object.node());
            if (!root.get("kind").textOrEmpty().equals("Namespace")) {
                problems.add(problemAt(object, "/kind", "expected Namespace"));
                return;
            }
            String name = root.get("metadata").get("name").textOrEmpty();
            if (!NameSyntax.NAMESPACE.accepts(name)) {
                problems.add(problemAt(object, "/metadata/name", NameSyntax.NAMESPACE.objectionTo(name)));
                return;
            }
            Map<String, String> labels = new HashMap<>();
            root.get("metadata")
                    .get("labels")
                    .members()
                    .forEach(label -> labels.put(label.name(), label.textOrEmpty()));
            namespaces.add(new Namespace(name, labels));
        } catch (MalformedWorkloadException e) {
            problems.add(problemAt(object, e.pointer(), String.valueOf(e.getMessage())));
        }
    }

    private static ManifestProblem problemAt(ManifestObject object, String pointer, String message) {
        return ManifestProblem.at(object.document().file(), object.position(pointer), message);
    }

    /** The namespaces that were read, in the files' order. */
    public List<Namespace> namespaces() {
        return List.copyOf(namespaces);
    }

    /** All problems, in the files' order. */
    public List<ManifestProblem> problems() {
        return List.copyOf(problems);
    }
}
