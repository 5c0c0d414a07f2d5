package dev.bulkhead.app.console.api;

import dev.bulkhead.app.api.QueryParameters;
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

/** What is excused. */
@Path("/exemptions")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "console")
final class ExemptionsResource {
    private final ViewerAnswers answers;

    ExemptionsResource(ViewerAnswers answers) {
        this.answers = answers;
    }

    @GET
    @Operation(
            operationId = "listExemptions",
            summary = "Exemptions, and what they excuse now",
            description = "The exemptions for namespaces in which the caller may list pods, the unused ones first.")
    @APIResponse(
            responseCode = "200",
            description = "The exemptions.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = ExemptionList.class)))
    @APIResponse(responseCode = "400", ref = "WrongParameter")
    @APIResponse(responseCode = "401", ref = "NotSignedIn")
    @APIResponse(responseCode = "503", ref = "TryAgain")
    public CompletionStage<ExemptionList> list(@Context UriInfo uri, @Context RoutingContext routing) {
        return answers.answer(routing, uri, context -> {
            QueryParameters.checkOnly(uri);
            return ExemptionList.of(context);
        });
    }
}
