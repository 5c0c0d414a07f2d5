package dev.bulkhead.manifest.check;

import dev.bulkhead.engine.workload.ImmutableCopies;
import java.io.IOException;
import java.io.InputStream;
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
            String text = new String(table.readAllBytes(), StandardCharsets.UTF_8);
            for (int start = 0, end; start < text.length(); start = end + 1) {
                end = text.indexOf('\n', start);
                if (text.charAt(start) != '#') {
                    int name = text.indexOf('\t', start) + 1;
                    int holds = text.indexOf('\t', name) + 1;
                    types.computeIfAbsent(text.substring(start, name - 1), type -> new HashMap<>())
                            .put(text.substring(name, holds - 1), text.substring(holds, text.indexOf('\t', holds)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(TABLE + " cannot be read", e);
        }
        return new PodFieldTypes(ImmutableCopies.of(types));
    }

    /**
     * The fields of that type and what each holds: a type, with {@code []} before it for a list of such, with {@code {}}
     * for a map. Empty where the type is a plain value.
     */
    Map<String, String> of(String type) {
        return types.getOrDefault(type, Map.of());
    }
}
