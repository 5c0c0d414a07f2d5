package dev.bulkhead.engine.access;

/**
 * A request to the API server, as far as RBAC looks at it.
 *
 * @param resource with its subresource, such as {@code pods/exec}
 * @param name of the object; empty for a list, for the creation of an object, and for any object
 */
public record Access(String verb, String group, String resource, String name) {
    /** To any object. */
    public static Access to(String verb, String group, String resource) {
        return new Access(verb, group, resource, "");
    }

    /** The same for the object of that name. */
    public Access named(String other) {
        return new Access(verb, group, resource, other);
    }
}
