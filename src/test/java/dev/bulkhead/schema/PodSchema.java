package dev.bulkhead.schema;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The fields of a pod, as Kubernetes publishes them: {@code metadata} and {@code spec} and everything in them. Read from
 * a file that {@code e2e/schema} writes.
 */
public final class PodSchema {
    /** One field a line: type, field, what it holds, feature state, first sentence of its description. */
    public static final Path FILE = Path.of("src/main/resources/dev/bulkhead/manifest/check/pod.tsv");

    /** How many values a field holds. */
    public enum Shape {
        ONE(""),
        LIST("[]"),
        MAP("{}");

        private final String mark;

        Shape(String mark) {
            this.mark = mark;
        }

        /** What stands behind the field's name in a path, and before its type in the file. */
        public String mark() {
            return mark;
        }
    }

    /**
     * A field of a type.
     *
     * @param holds the type of its value, or of each of them
     * @param state {@code alpha}, {@code beta} or {@code deprecated} where its description says so; else empty
     */
    public record Field(String type, String name, Shape shape, String holds, String state, String summary) {
        /** Such as {@code Container.image}. */
        public String id() {
            return type + "." + name;
        }

        String line() {
            return String.join("\t", type, name, shape.mark() + holds, state.isEmpty() ? "-" : state, summary);
        }

        static Field parse(String line) {
            String[] parts = line.split("\t", 5);
            Shape shape = parts[2].startsWith("[]") ? Shape.LIST : parts[2].startsWith("{}") ? Shape.MAP : Shape.ONE;
            return new Field(
                    parts[0],
                    parts[1],
                    shape,
                    parts[2].substring(shape.mark().length()),
                    parts[3].equals("-") ? "" : parts[3],
                    parts[4]);
        }
    }

    /**
     * Where in a pod a field stands.
     *
     * @param path such as {@code spec.containers[].env[].name}, and {@code metadata.labels{}} for a map's values
     * @param fields the fields that lead there, from the outermost on; the last one is the field itself
     */
    public record Place(String path, List<Field> fields) {
        public Place {
            fields = List.copyOf(fields);
        }

        public Field field() {
            return fields.get(fields.size() - 1);
        }
    }

    private final String source;
    private final Map<String, List<Field>> types;

    private PodSchema(String source, Map<String, List<Field>> types) {
        this.source = source;
        this.types = types;
    }

    /** The schema of the pinned Kubernetes version. */
    public static PodSchema load() {
        try {
            List<String> lines = Files.readAllLines(FILE);
            Map<String, List<Field>> types = new LinkedHashMap<>();
            for (String line : lines) {
                if (!line.startsWith("#")) {
                    Field field = Field.parse(line);
                    types.computeIfAbsent(field.type(), type -> new ArrayList<>())
                            .add(field);
                }
            }
            return new PodSchema(lines.get(0).substring(2), types);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The version of Kubernetes, such as {@code v1.37.2}. */
    public String version() {
        return source.substring(source.indexOf('@') + 1, source.indexOf(' '));
    }

    /** The fields of that type; none where it is a plain value. */
    public List<Field> fieldsOf(String type) {
        return types.getOrDefault(type, List.of());
    }

    /** Every field of every type that a pod can hold. */
    public List<Field> fields() {
        return types.values().stream().flatMap(List::stream).toList();
    }

    /** The field of a type by its name. */
    public Optional<Field> field(String type, String name) {
        return fieldsOf(type).stream()
                .filter(field -> field.name().equals(name))
                .findFirst();
    }

    /** Every place in a pod where a field stands, in the schema's order. */
    public List<Place> places() {
        List<Place> places = new ArrayList<>();
        collect("Pod", "", List.of(), places);
        return places;
    }

    private void collect(String type, String path, List<Field> fields, List<Place> places) {
        for (Field field : fieldsOf(type)) {
            List<Field> chain = new ArrayList<>(fields);
            chain.add(field);
            String here = child(path, field);
            // A pod itself has no description worth a place.
            if (!type.equals("Pod")) {
                places.add(new Place(here, chain));
            }
            collect(field.holds(), here, chain, places);
        }
    }

    static String child(String path, Field field) {
        return (path.isEmpty() ? "" : path + ".") + field.name() + field.shape().mark();
    }
}
