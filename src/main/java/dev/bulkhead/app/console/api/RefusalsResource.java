package dev.bulkhead.app.console.api;

import dev.bulkhead.app.api.QueryParameters;
import dev.bulkhead.app.console.page.RefusalFilter;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What was refused lately. */
@Path("/refusals")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "console")
final class RefusalsResource {
    private final ViewerAnswers answers;

    RefusalsResource(ViewerAnswers answers) {
        this.answers = answers;
    }

    @GET
    @Operation(
            operationId = "listRefusals",
            summary = "What was refused lately",
            description =
                    "What was refused in namespaces in which the caller may list pods, the latest first, as long as the"
                            + " API server keeps events; at most 200.")
    @Parameter(name = "user", in = ParameterIn.QUERY, description = "To whom.", example = "grace@example.com")
    @Parameter(name = "rule", in = ParameterIn.QUERY, description = "By which rule.", example = "privileged")
    @APIResponse(
            responseCode = "200",
            description = "The refusals.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = RefusalList.class)))
    @APIResponse(responseCode = "400", ref = "WrongParameter")
    @APIResponse(responseCode = "401", ref = "NotSignedIn")
    @APIResponse(responseCode = "503", ref = "TryAgain")
    public CompletionStage<RefusalList> list(@Context UriInfo uri, @Context RoutingContext routing) {
        return answers.answer(routing, uri, context -> {
            QueryParameters.checkOnly(uri, RefusalFilter.USER, RefusalFilter.RULE);
            context.request()
                    .parameter(RefusalFilter.RULE)
                    .ifPresent(rule -> QueryParameters.checkOneOf(RefusalFilter.RULE, rule, WorkloadsResource.RULES));
            return RefusalList.of(context);
        });
    }
}
