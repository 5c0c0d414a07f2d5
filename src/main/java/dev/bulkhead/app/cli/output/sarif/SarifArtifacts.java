package dev.bulkhead.app.cli.output.sarif;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The files of a SARIF log, by URIs relative to the directory in which the program runs. */
final class SarifArtifacts {
    /** Stands for the root of the repository. */
    static final String ROOT = "%SRCROOT%";

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String UNRESERVED = "-._~/!$&'()*+,;=@";

    private final Path directory;
    private final Map<String, Integer> indexes = new LinkedHashMap<>();
    private final ArrayNode artifacts = JSON.arrayNode();

    /** @param directory absolute; URIs are relative to it */
    SarifArtifacts(Path directory) {
        this.directory = directory;
    }

    ArrayNode all() {
        return artifacts;
    }

    /** The location of a file, which becomes one of the log's. */
    ObjectNode location(String file) {
        Integer known = indexes.get(file);
        if (known == null) {
            known = artifacts.size();
            indexes.put(file, known);
            artifacts.addObject().set("location", at(file));
        }
        return at(file).put("index", known.intValue());
    }

    private ObjectNode at(String file) {
        String path = relative(file);
        ObjectNode location = JSON.objectNode();
        return path.startsWith("/")
                ? location.put("uri", "file://" + encoded(path))
                : location.put("uri", encoded(path)).put("uriBaseId", ROOT);
    }

    private String relative(String file) {
        try {
            Path absolute = directory.resolve(file).normalize();
            return absolute.startsWith(directory) && !absolute.equals(directory)
                    ? directory.relativize(absolute).toString()
                    : absolute.toString();
        } catch (InvalidPathException e) {
            return file;
        }
    }

    private static String encoded(String path) {
        StringBuilder uri = new StringBuilder();
        for (byte unit : path.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (unit & 0xff);
            if ((c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || UNRESERVED.indexOf(c) >= 0) {
                uri.append(c);
            } else {
                uri.append(String.format("%%%02X", (int) c));
            }
        }
        return uri.toString();
    }
}
