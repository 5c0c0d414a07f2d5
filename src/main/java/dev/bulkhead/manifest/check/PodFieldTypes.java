package dev.bulkhead.manifest.check;

import dev.bulkhead.engine.workload.ImmutableCopies;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** The types of a pod's fields, as Kubernetes publishes them. {@code e2e/schema} writes the table. */
final class PodFieldTypes {
    private static final String TABLE = "pod.tsv";

    private final Map<String, Map<String, String>> types;

    private PodFieldTypes(Map<String, Map<String, String>> types) {
        this.types = types;
    }

    private static final class Loaded {
        private static final PodFieldTypes TYPES = load();
    }

    static PodFieldTypes ofKubernetes() {
        return Loaded.TYPES;
    }

    private static PodFieldTypes load() {
        Map<String, Map<String, String>> types = new HashMap<>();
        try (InputStream table = PodFieldTypes.class.getResourceAsStream(TABLE)) {
            if (table == null) {
                throw new IllegalStateException(TABLE + " is not in the program");
            }
            BufferedReader lines = new BufferedReader(new InputStreamReader(table, StandardCharsets.UTF_8));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.startsWith("#")) {
                    add(line, types);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(TABLE + " cannot be read", e);
        }
        return new PodFieldTypes(ImmutableCopies.of(types));
    }

    /** Adds a line: type, field, what it holds, and more that is not needed, with tabs between them. */
    private static void add(String line, Map<String, Map<String, String>> types) {
        int name = line.indexOf('\t') + 1;
        int holds = line.indexOf('\t', name) + 1;
        int end = line.indexOf('\t', holds);
        if (name == 0 || holds == 0 || end < 0) {
            throw new IllegalStateException(TABLE + ": expected at least four columns, found \"" + line + "\"");
        }
        types.computeIfAbsent(line.substring(0, name - 1), type -> new HashMap<>())
                .put(line.substring(name, holds - 1), line.substring(holds, end));
    }

    /**
     * The fields of that type and what each holds: a type, with {@code []} before it for a list of such, with {@code {}}
     * for a map. Empty where the type is a plain value.
     */
    Map<String, String> of(String type) {
        return types.getOrDefault(type, Map.of());
    }
}
