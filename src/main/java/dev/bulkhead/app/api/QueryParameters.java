package dev.bulkhead.app.api;

import jakarta.ws.rs.core.UriInfo;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Rejects parameters that are misspelt or repeated, which would otherwise be ignored. */
public final class QueryParameters {
    private QueryParameters() {}

    /**
     * Rejects all but these.
     *
     * @throws ProblemException where there is another, or one more than once or without a value
     */
    public static void checkOnly(UriInfo request, String... known) {
        checkOnly(request, Set.of(), known);
    }

    /**
     * The same, where some may be given more than once.
     *
     * @throws ProblemException as {@link #checkOnly(UriInfo, String...)} does
     */
    public static void checkOnly(UriInfo request, Set<String> repeated, String... known) {
        List<String> names = List.of(known);
        for (Map.Entry<String, List<String>> parameter :
                request.getQueryParameters().entrySet()) {
            String name = parameter.getKey();
            if (!names.contains(name)) {
                throw new ProblemException(Problem.ofParameter("There is no query parameter " + quoted(name)
                        + (names.isEmpty()
                                ? ": this path has none."
                                : ". There are: " + String.join(", ", names) + ".")));
            }
            if (parameter.getValue().contains("")) {
                throw new ProblemException(
                        Problem.ofParameter("The query parameter " + quoted(name) + " has no value."));
            }
            if (parameter.getValue().size() > 1 && !repeated.contains(name)) {
                throw new ProblemException(
                        Problem.ofParameter("The query parameter " + quoted(name) + " may be given once only."));
            }
        }
    }

    /**
     * Rejects a value that is none of these.
     *
     * @throws ProblemException that names them
     */
    public static void checkOneOf(String parameter, String value, Collection<String> allowed) {
        if (!allowed.contains(value)) {
            throw wrong(parameter, "one of " + String.join(", ", allowed), value);
        }
    }

    /** A value that cannot be used, and what was expected. */
    public static ProblemException wrong(String parameter, String expected, String value) {
        return new ProblemException(
                Problem.ofParameter(parameter + ": expected " + expected + ", got " + quoted(value)));
    }

    /** As a problem may quote it. */
    public static String quoted(String text) {
        String shown = text.length() <= 64 ? text : text.substring(0, 64) + "…";
        return '"' + shown + '"';
    }
}
