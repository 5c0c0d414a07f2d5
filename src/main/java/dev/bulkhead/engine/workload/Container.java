package dev.bulkhead.engine.workload;

import java.util.List;

/**
 * A container of a pod, of any kind.
 *
 * @param kind which of the pod's lists it is in
 * @param index its index in that list
 * @param field the container's object
 * @param name its name; empty if the manifest has none
 */
public record Container(ContainerKind kind, int index, Field field, String name) {
    static Container of(ContainerKind kind, int index, Field field) {
        return new Container(kind, index, field, field.get("name").textOrEmpty());
    }

    /** The generated one costs a command more to link than to run. */
    @Override
    public int hashCode() {
        return field.hashCode();
    }

    public Field securityContext() {
        return field.get("securityContext");
    }

    public List<Field> env() {
        return field.get("env").items();
    }

    public List<Field> volumeMounts() {
        return field.get("volumeMounts").items();
    }
}
