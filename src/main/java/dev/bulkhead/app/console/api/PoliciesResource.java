package dev.bulkhead.app.console.api;

import dev.bulkhead.app.api.QueryParameters;
import dev.bulkhead.app.console.view.SeenPolicies;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What is in force where. */
@Path("/policies")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "console")
final class PoliciesResource {
    private final ViewerAnswers answers;

    PoliciesResource(ViewerAnswers answers) {
        this.answers = answers;
    }

    @GET
    @Operation(
            operationId = "listPolicies",
            summary = "Policies, and what they match",
            description = "The policies that are in force in namespaces in which the caller may list pods.")
    @APIResponse(
            responseCode = "200",
            description = "The policies.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = PolicyList.class)))
    @APIResponse(responseCode = "400", ref = "WrongParameter")
    @APIResponse(responseCode = "401", ref = "NotSignedIn")
    @APIResponse(responseCode = "503", ref = "TryAgain")
    public CompletionStage<PolicyList> list(@Context UriInfo uri, @Context RoutingContext routing) {
        return answers.answer(routing, uri, context -> {
            QueryParameters.checkOnly(uri);
            return PolicyList.of(SeenPolicies.of(context.data(), context.seen()));
        });
    }
}
