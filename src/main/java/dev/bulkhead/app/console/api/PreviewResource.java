package dev.bulkhead.app.console.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.app.api.Problem;
import dev.bulkhead.app.api.ProblemException;
import dev.bulkhead.app.api.QueryParameters;
import dev.bulkhead.app.cluster.scan.preview.PreviewQuery;
import dev.bulkhead.app.cluster.scan.preview.PreviewRefusedException;
import dev.bulkhead.app.console.api.ViewerAnswers.AnswerContext;
import dev.bulkhead.app.console.page.PreviewChoice;
import dev.bulkhead.engine.preview.PreviewJson;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What would happen if something were enforced. */
@Path("/preview")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "console")
final class PreviewResource {
    private final ViewerAnswers answers;

    PreviewResource(ViewerAnswers answers) {
        this.answers = answers;
    }

    @GET
    @Operation(
            operationId = "getPreview",
            summary = "What enforcing would do",
            description =
                    "What enforcing a profile would do to the workloads in the namespaces in which the caller may list"
                            + " pods. The same as `bulkhead scan --preview -o json`.")
    @Parameter(
            name = "profile",
            in = ParameterIn.QUERY,
            description = "The profile; `policies`, or `enforce`, for the cluster's policies, all enforced.",
            example = "restricted")
    @Parameter(
            name = "namespace",
            in = ParameterIn.QUERY,
            description = "Only these namespaces.",
            schema = @Schema(type = SchemaType.ARRAY, implementation = String.class))
    @Parameter(
            name = "label",
            in = ParameterIn.QUERY,
            description = "Instead of a profile: a label that the namespaces would get, as `key=value`.",
            example = "bulkhead.dev/profile=restricted")
    @APIResponse(
            responseCode = "200",
            description = "The preview.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = PreviewSchema.class)))
    @APIResponse(
            responseCode = "400",
            description =
                    "A parameter is missing, unknown, or has a value that it cannot have; or both a profile and a label are"
                            + " named.",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(responseCode = "401", ref = "NotSignedIn")
    @APIResponse(
            responseCode = "503",
            description =
                    "Another preview is being made, or this one took too long. `Retry-After` says when to try again.",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    public CompletionStage<JsonNode> get(@Context UriInfo uri, @Context RoutingContext routing) {
        return answers.answer(routing, uri, context -> {
            QueryParameters.checkOnly(
                    uri,
                    Set.of(PreviewChoice.NAMESPACE),
                    PreviewChoice.PROFILE,
                    PreviewChoice.NAMESPACE,
                    PreviewChoice.LABEL);
            return preview(context);
        });
    }

    private static JsonNode preview(AnswerContext context) {
        Optional<String> label = context.request().parameter(PreviewChoice.LABEL);
        String profile = context.request().parameter(PreviewChoice.PROFILE).orElse("");
        if (label.isPresent() && !profile.isEmpty()) {
            throw new ProblemException(Problem.ofParameter(
                    "Name a " + PreviewChoice.PROFILE + " or a " + PreviewChoice.LABEL + ", not both."));
        }
        Optional<PreviewQuery> query = PreviewChoice.query(context.request());
        if (query.isEmpty()) {
            throw label.isPresent()
                    ? QueryParameters.wrong(PreviewChoice.LABEL, "a label as KEY=VALUE", label.get())
                    : QueryParameters.wrong(PreviewChoice.PROFILE, PreviewChoice.EXPECTED, profile);
        }
        try {
            ObjectNode json = PreviewJson.of(context.data().preview(query.get()));
            // What a compromise reaches names other namespaces; each workload has it as far as the viewer sees it.
            json.path("workloads")
                    .forEach(workload -> ((ObjectNode) workload).remove(List.of("reach", "hull", "neighbours")));
            return json;
        } catch (PreviewRefusedException e) {
            if (e.reason() == PreviewRefusedException.Reason.INVALID) {
                throw new ProblemException(Problem.ofParameter(String.valueOf(e.getMessage())));
            }
            throw ViewerAnswers.unavailable("There is no preview: " + e.getMessage() + ".");
        }
    }
}
