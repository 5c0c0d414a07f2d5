package dev.bulkhead.app.api;

import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.Map;

/** Rejects parameters that are misspelt or repeated, which would otherwise be ignored. */
final class QueryParameters {
    private QueryParameters() {}

    /**
     * Rejects all but these.
     *
     * @throws ProblemException where there is another, or one more than once or without a value
     */
    static void checkOnly(UriInfo request, String... known) {
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
            if (parameter.getValue().size() > 1) {
                throw new ProblemException(
                        Problem.ofParameter("The query parameter " + quoted(name) + " may be given once only."));
            }
        }
    }

    /** As a problem may quote it. */
    static String quoted(String text) {
        String shown = text.length() <= 64 ? text : text.substring(0, 64) + "…";
        return '"' + shown + '"';
    }
}
