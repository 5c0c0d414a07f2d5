package dev.bulkhead.engine.workload;

/**
 * A field that a rule reads does not have the type that Kubernetes defines. Such an object cannot be evaluated, so it
 * is never admitted; the API server rejects it as well.
 */
public final class MalformedWorkloadException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String pointer;

    public MalformedWorkloadException(String pointer, String expected, String found) {
        super((pointer.isEmpty() ? "the object" : pointer) + ": expected " + expected + ", found " + found);
        this.pointer = pointer;
    }

    /** The JSON Pointer of the field, from the root of the object as given. */
    public String pointer() {
        return pointer;
    }
}
