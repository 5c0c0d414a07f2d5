package dev.bulkhead.app.api;

import dev.bulkhead.app.admission.Incident;
import dev.bulkhead.app.api.Problem.Status;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.NotSupportedException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.Map;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Maps every failure of a request to a problem. */
final class ProblemResponses {
    static final String TYPES = "Send a manifest as application/yaml or application/json, as in"
            + " curl --data-binary @web.yaml -H 'Content-Type: application/yaml'.";

    @ServerExceptionMapper
    Response of(ProblemException e) {
        return response(e.problem());
    }

    @ServerExceptionMapper
    Response of(NotFoundException e) {
        return response(Problem.nothingHere());
    }

    @ServerExceptionMapper
    Response of(NotSupportedException e) {
        return response(Problem.of(Status.UNSUPPORTED_MEDIA_TYPE, TYPES));
    }

    @ServerExceptionMapper
    Response of(WebApplicationException e, UriInfo request) {
        Status status = Status.of(e.getResponse().getStatus());
        return response(
                switch (status) {
                    case METHOD_NOT_ALLOWED ->
                        Problem.wrongMethod(
                                request.getRequestUri().getPath().equals(ApiRequestHandler.CHECK)
                                        ? "OPTIONS, POST"
                                        : "GET, HEAD, OPTIONS");
                    case NOT_ACCEPTABLE ->
                        Problem.of(status, "This path answers application/json, which Accept excludes.");
                    default -> Problem.of(status, "The request cannot be read.");
                });
    }

    @ServerExceptionMapper
    Response of(Throwable e) {
        return response(Problem.of(
                Status.INTERNAL_SERVER_ERROR, "There was " + Incident.of(e).text() + "."));
    }

    private static Response response(Problem problem) {
        Response.ResponseBuilder response =
                Response.status(problem.status()).type(Problem.MEDIA_TYPE).entity(problem);
        for (Map.Entry<String, String> header : problem.headers().entrySet()) {
            response.header(header.getKey(), header.getValue());
        }
        return response.build();
    }
}
