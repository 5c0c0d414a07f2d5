package dev.bulkhead.engine.workload;

import java.util.Optional;

/**
 * A volume of a pod.
 *
 * @param field the volume's object
 * @param name its name; empty if the manifest has none
 */
public record Volume(Field field, String name) {
    /** The volume in that field. */
    public static Volume of(Field field) {
        return new Volume(field, field.get("name").textOrEmpty());
    }

    /** The generated one costs a command more to link than to run. */
    @Override
    public int hashCode() {
        return field.hashCode();
    }

    /** The source of that type, such as {@code hostPath} or {@code emptyDir}; absent when the volume has another. */
    public Field source(String type) {
        return field.get(type);
    }

    /** The path on the host, as written; empty when this is no hostPath volume. */
    public Optional<String> hostPath() {
        Field source = source("hostPath");
        return source.isPresent() ? Optional.of(source.get("path").textOrEmpty()) : Optional.empty();
    }
}
