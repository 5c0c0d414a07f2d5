package dev.bulkhead.app.api;

import dev.bulkhead.app.api.Problem.Status;
import dev.bulkhead.engine.rule.check.RuleRegistry;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;

/** The rules. */
@Path("/rules")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "rules")
final class RulesResource {
    private final RuleList all = new RuleList(
            "bulkhead.dev/v1alpha1",
            "RuleList",
            RuleRegistry.ALL.stream().map(RuleDescription::of).toList());

    /** The rules, as {@code bulkhead rules -o json} writes them. */
    @Schema(name = "RuleList", description = "The rules, as `bulkhead rules -o json` writes them.")
    record RuleList(String apiVersion, String kind, List<RuleDescription> rules) {}

    @GET
    @Operation(
            operationId = "listRules",
            summary = "All rules",
            description = "What each rule guards, and what the profiles do about what it finds.")
    public RuleList list(@Context UriInfo request) {
        QueryParameters.checkOnly(request);
        return all;
    }

    @GET
    @Path("/{id}")
    @Operation(
            operationId = "getRule",
            summary = "One rule",
            description = "The same as in the list, and its page: risk, fields, allowed values, fix, standards.")
    @APIResponse(
            responseCode = "404",
            description = "There is no such rule.",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    public RuleDescription get(
            @Parameter(description = "The rule's id.", example = "privileged") @RestPath String id,
            @Context UriInfo request) {
        QueryParameters.checkOnly(request);
        return RuleRegistry.named(id)
                .map(RuleDescription::withPage)
                .orElseThrow(() -> new ProblemException(Problem.of(
                        Status.NOT_FOUND,
                        "There is no rule " + QueryParameters.quoted(id) + ". GET /api/v1/rules lists them.")));
    }
}
