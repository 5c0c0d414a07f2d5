package dev.bulkhead.app.console.api;

import dev.bulkhead.app.api.CheckReportSchema;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What the OpenAPI document says of a workload, which {@link WorkloadJson} writes. */
@Schema(name = "RunningWorkload", description = "A workload that runs, and all that is known of it.")
record WorkloadSchema(
        @Schema(required = true, examples = "apps/v1") String apiVersion,
        @Schema(required = true) String kind,
        @Schema(required = true, examples = "shop") String namespace,
        @Schema(required = true, examples = "web") String name,

        @Schema(
                required = true,
                description = "What would become of it today.",
                enumeration = {"denied", "hardened", "warned", "passed"})
        String verdict,

        @Schema(
                required = true,
                description = "Whether it starts with what is filled in.",
                enumeration = {"yes", "unknown", "no"})
        String starts,

        @Schema(required = true) List<CheckReportSchema.ReportedFindingSchema> findings,

        @Schema(description = "Findings that are only counted: of one rule in one container there are too many.")
        List<CheckReportSchema.Omitted> omitted,

        @Schema(required = true) List<CheckReportSchema.NoteSchema> notes,

        @Schema(required = true, description = "What is filled in, as a JSON Patch (RFC 6902) for the object.")
        List<CheckReportSchema.PatchOperation> patch,

        @Schema(required = true, description = "What a compromise of it reaches, from the worst.")
        ReachSchema reach,

        @Schema(required = true, description = "Which layers hold.")
        HullSchema hull,

        @Schema(
                required = true,
                nullable = true,
                type = SchemaType.OBJECT,
                description = "What shares a kernel with it; null where the caller does not see that.")
        @Nullable
        Object neighbours,

        @Schema(required = true, description = "How many pods it has.")
        int pods,

        @Schema(
                required = true,
                nullable = true,
                type = SchemaType.STRING,
                description = "Since when it has its verdict, as far as the console has seen; null where it has not.")
        @Nullable
        String since,

        @Schema(required = true) List<ContainerSchema> containers,

        @Schema(
                required = true,
                nullable = true,
                type = SchemaType.STRING,
                description = "The exemptions with which it would be admitted, YAML; null where there are none.")
        @Nullable
        String exemption,

        @Schema(
                required = true,
                nullable = true,
                type = SchemaType.STRING,
                description = "Why no exemption would have it admitted; null where one would.")
        @Nullable
        String objection,

        @Schema(required = true, description = "The path of its page.")
        String link) {

    /** A container. */
    @Schema(name = "Container", description = "A container of a workload's pods.")
    record ContainerSchema(
            @Schema(required = true) String name,

            @Schema(
                    required = true,
                    enumeration = {"init", "sidecar", "regular", "ephemeral"})
            String kind,

            @Schema(required = true) String image) {}

    /** What a compromise reaches. */
    @Schema(name = "Reach", description = "What a compromise reaches, from the worst.")
    record ReachSchema(
            @Schema(
                    required = true,
                    nullable = true,
                    type = SchemaType.OBJECT,
                    description =
                            "The shortest way out: `to` is `node` or `cluster`, `steps` the way; null where none is open.")
            @Nullable
            Object escape,

            @Schema(required = true, description = "Whether it is known what its API token may do.")
            boolean rightsKnown,

            @Schema(required = true) List<ReachedSchema> items,

            @Schema(required = true, description = "How many are not listed.")
            int omitted) {}

    /** Something that a compromise reaches. */
    @Schema(name = "Reached", description = "Something that a compromise reaches.")
    record ReachedSchema(
            @Schema(required = true) String kind,
            @Schema(required = true) String severity,

            @Schema(required = true, nullable = true, type = SchemaType.STRING) @Nullable
            String container,

            @Schema(required = true) String path,
            @Schema(required = true) String value,
            @Schema(required = true) String message,

            @Schema(required = true, nullable = true, type = SchemaType.OBJECT) @Nullable
            Object escape) {}

    /** The layers. */
    @Schema(name = "Hull", description = "Which layers hold.")
    record HullSchema(
            @Schema(required = true) boolean holdsAllDemanded,
            @Schema(required = true) List<LayerSchema> layers) {}

    /** A layer. */
    @Schema(name = "Layer", description = "A layer, and the rules because of which it does not hold.")
    record LayerSchema(
            @Schema(required = true) String layer,
            @Schema(required = true) boolean holds,
            @Schema(required = true) List<String> open,
            @Schema(required = true) boolean demanded,
            @Schema(required = true) List<String> missing) {}
}
