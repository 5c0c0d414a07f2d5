package dev.bulkhead.app.api;

import dev.bulkhead.engine.rule.ClusterCapabilities;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What runs. */
@Path("/version")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "program")
final class VersionResource {
    private final Version version;

    VersionResource(@ConfigProperty(name = "quarkus.application.version") String version) {
        this.version = new Version(
                version,
                "1." + ClusterCapabilities.NEWEST_MINOR,
                Runtime.version().toString());
    }

    /**
     * What runs.
     *
     * @param version Bulkhead's
     * @param kubernetes the newest version of Kubernetes whose Pod Security checks it knows
     * @param java the Java that it runs on
     */
    @Schema(name = "Version", description = "What runs.")
    record Version(
            @Schema(required = true, description = "Bulkhead's version.", examples = "0.1.0")
            String version,

            @Schema(
                    required = true,
                    description = "The newest version of Kubernetes whose Pod Security checks Bulkhead knows.",
                    examples = "1.37")
            String kubernetes,

            @Schema(required = true, description = "The Java that it runs on.", examples = "25.0.1+8")
            String java) {}

    @GET
    @Operation(
            operationId = "getVersion",
            summary = "What runs",
            description = "The version of Bulkhead and of what it knows.")
    public Version get(@Context UriInfo request) {
        QueryParameters.checkOnly(request);
        return version;
    }
}
