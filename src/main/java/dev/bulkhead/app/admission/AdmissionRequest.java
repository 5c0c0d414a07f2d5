package dev.bulkhead.app.admission;

import dev.bulkhead.engine.policy.document.NameSyntax;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.MalformedWorkloadException;
import java.util.Optional;

/**
 * A request of the API server to admit an object.
 *
 * @param uid to be returned in the response
 * @param apiVersion and {@code kind} of the object as sent, which may be converted from the user's version
 * @param requestKind the kind that the user sent, if it is given
 * @param subResource such as {@code ephemeralcontainers}; empty for the object itself
 * @param name of the object; its {@code generateName} while it has no name
 * @param user the authenticated user's name
 * @param dryRun whether nothing will be stored
 * @param object the new state of the object; absent on DELETE
 * @param oldObject the stored state of the object; absent on CREATE
 */
public record AdmissionRequest(
        String uid,
        Operation operation,
        String apiVersion,
        String kind,
        Optional<String> requestKind,
        String subResource,
        Optional<String> namespace,
        String name,
        Optional<String> user,
        boolean dryRun,
        Field object,
        Field oldObject) {
    public static final String API_VERSION = "admission.k8s.io/v1";

    public enum Operation {
        CREATE,
        UPDATE,
        DELETE,
        CONNECT
    }

    /** The uid of a review, if the review has the supported API version. */
    static Optional<String> uidOf(Field review) {
        try {
            boolean known = review.get("apiVersion").textOrEmpty().equals(API_VERSION)
                    && review.get("kind").textOrEmpty().equals("AdmissionReview");
            return known ? review.get("request").get("uid").text().filter(uid -> !uid.isEmpty()) : Optional.empty();
        } catch (MalformedWorkloadException e) {
            return Optional.empty();
        }
    }

    /**
     * Reads the request of a review that has a uid.
     *
     * @throws MalformedWorkloadException when a field is missing or of the wrong type
     */
    public static AdmissionRequest of(Field review) {
        Field request = review.get("request");
        Field object = Field.root(request.get("object").node());
        Field kind = request.get("kind");
        String group = kind.get("group").textOrEmpty();
        String version = kind.get("version").textOrEmpty();
        boolean named = kind.get("kind").isPresent();
        return new AdmissionRequest(
                request.get("uid").textOrEmpty(),
                operation(request.get("operation")),
                named
                        ? (group.isEmpty() ? version : group + "/" + version)
                        : object.get("apiVersion").textOrEmpty(),
                named ? kind.get("kind").textOrEmpty() : object.get("kind").textOrEmpty(),
                request.get("requestKind").get("kind").text(),
                request.get("subResource").textOrEmpty(),
                request.get("namespace").text().filter(text -> !text.isEmpty()),
                nameOf(request, object),
                request.get("userInfo").get("username").text().filter(text -> !text.isEmpty()),
                request.get("dryRun").isTrue(),
                object,
                Field.root(request.get("oldObject").node()));
    }

    /**
     * Why its namespace is invalid, if it is: no API server sends such a request, and the name must not be looked up.
     *
     * @throws MalformedWorkloadException when the object's namespace is not a text
     */
    Optional<String> objectionToNamespace() {
        return namespace
                .or(() -> object.get("metadata").get("namespace").text())
                .filter(name -> !name.isEmpty() && !NameSyntax.NAMESPACE.accepts(name))
                .map(name -> "its namespace has no name that the API server would accept");
    }

    private static String nameOf(Field request, Field object) {
        return request.get("name")
                .text()
                .filter(text -> !text.isEmpty())
                .orElseGet(() -> object.get("metadata").get("generateName").textOrEmpty());
    }

    private static Operation operation(Field field) {
        String text = field.textOrEmpty();
        for (Operation operation : Operation.values()) {
            if (operation.name().equals(text)) {
                return operation;
            }
        }
        throw new MalformedWorkloadException(
                field.pointer(), "CREATE, UPDATE, DELETE or CONNECT", text.isEmpty() ? "nothing" : "something else");
    }
}
