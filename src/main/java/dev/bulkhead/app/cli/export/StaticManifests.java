package dev.bulkhead.app.cli.export;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.export.SecondLayer;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.manifest.YamlWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The second layer as the API server's static admission manifests: a directory for each of its plugins, and the
 * configuration that names them.
 *
 * @param files the content of each file by its path in the directory; the configuration comes last
 */
record StaticManifests(Map<String, String> files) {
    /** The first minor version of Kubernetes that reads them without a feature gate. */
    static final int SINCE_MINOR = 37;

    private static final String BY = " (export vap --static)";
    private static final String API_VERSION = "apiserver.config.k8s.io/v1";
    private static final String CONFIGURATION = "admission.yaml";
    private static final String VALIDATING = "validating";
    private static final String MUTATING = "mutating";
    private static final String FILE = "/bulkhead.yaml";

    /** The second layer for control planes whose nodes have the directory at that path. */
    static StaticManifests of(
            SecondLayer layer, PolicySet policies, ClusterCapabilities cluster, String version, String nodeDirectory) {
        SecondLayer named = layer.asStaticManifests();
        String header =
                SecondLayerText.headerOfFile(named, policies, cluster, version + BY, howToChange(nodeDirectory));
        Map<String, String> files = new LinkedHashMap<>();
        List<String> plugins = new ArrayList<>();
        if (!named.policies().isEmpty()) {
            files.put(VALIDATING + FILE, header + SecondLayerText.validating(named));
            plugins.add(VALIDATING);
        }
        named.mutating().ifPresent(policy -> {
            files.put(MUTATING + FILE, header + SecondLayerText.mutating(policy));
            plugins.add(MUTATING);
        });
        files.put(
                CONFIGURATION,
                SecondLayerText.comment(howToInstall(version, nodeDirectory))
                        + YamlWriter.write(configuration(nodeDirectory, plugins)));
        return new StaticManifests(files);
    }

    private static List<String> howToChange(String nodeDirectory) {
        return List.of(
                "The API server reads this file at its start, by " + nodeDirectory + "/" + CONFIGURATION + ", and",
                "within a minute after it changes. It starts with no file that is invalid; of a",
                "running one the former policies stay in force. They are no objects of the API,",
                "which can neither show nor delete them. They do not hold in the namespaces",
                "named above, nor where labels of a namespace, which the API can change, say so.");
    }

    private static List<String> howToInstall(String version, String nodeDirectory) {
        return List.of(
                "Written by " + version + BY + ". Needs Kubernetes 1." + SINCE_MINOR + ".",
                "",
                "On every node of the control plane:",
                "1. Put this directory at " + nodeDirectory + ".",
                "2. Give the API server the flag",
                "     --admission-control-config-file=" + nodeDirectory + "/" + CONFIGURATION,
                "   With kubeadm, add this to the ClusterConfiguration (kubeadm.k8s.io/v1beta4), and run",
                "   kubeadm init phase control-plane apiserver --config FILE:",
                "     apiServer:",
                "       extraArgs:",
                "       - name: admission-control-config-file",
                "         value: " + nodeDirectory + "/" + CONFIGURATION,
                "       extraVolumes:",
                "       - name: bulkhead",
                "         hostPath: " + nodeDirectory,
                "         mountPath: " + nodeDirectory,
                "         readOnly: true",
                "         pathType: Directory",
                "   An API server that has such a file already takes the plugins below into that one.");
    }

    private static ObjectNode configuration(String nodeDirectory, List<String> directories) {
        ObjectNode configuration = JsonNodeFactory.instance.objectNode();
        configuration.put("apiVersion", API_VERSION).put("kind", "AdmissionConfiguration");
        ArrayNode plugins = configuration.putArray("plugins");
        for (String directory : directories) {
            String plugin = directory.equals(MUTATING) ? "MutatingAdmissionPolicy" : "ValidatingAdmissionPolicy";
            plugins.addObject()
                    .put("name", plugin)
                    .putObject("configuration")
                    .put("apiVersion", API_VERSION)
                    .put("kind", plugin + "Configuration")
                    .put("staticManifestsDir", nodeDirectory + "/" + directory);
        }
        return configuration;
    }

    /**
     * Writes the files, each at once, so that an API server that reads them sees the old or the new one. What an earlier
     * export wrote is replaced.
     *
     * @throws FileAlreadyExistsException if anything else has one of the names; then nothing is written
     */
    void write(Path directory) throws IOException {
        for (String name : files.keySet()) {
            Path file = directory.resolve(name);
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !isOfExport(file)) {
                throw new FileAlreadyExistsException(file.toString());
            }
        }
        for (String stale : List.of(VALIDATING + FILE, MUTATING + FILE)) {
            if (!files.containsKey(stale) && isOfExport(directory.resolve(stale))) {
                Files.delete(directory.resolve(stale));
            }
        }
        for (Map.Entry<String, String> file : files.entrySet()) {
            replace(directory.resolve(file.getKey()), file.getValue());
        }
    }

    private static boolean isOfExport(Path file) throws IOException {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && firstLine(file)
                        .filter(line -> line.startsWith("# Written by ") && line.contains(BY))
                        .isPresent();
    }

    private static Optional<String> firstLine(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8).lines().findFirst();
    }

    private static void replace(Path file, String text) throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IOException(file + " is no file");
        }
        Files.createDirectories(parent);
        // The API server reads no file with that ending.
        Path temporary = Files.createTempFile(parent, ".bulkhead-", ".tmp");
        try {
            Files.writeString(temporary, text);
            PosixFileAttributeView posix = Files.getFileAttributeView(temporary, PosixFileAttributeView.class);
            if (posix != null) {
                posix.setPermissions(PosixFilePermissions.fromString("rw-r--r--"));
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }
}
