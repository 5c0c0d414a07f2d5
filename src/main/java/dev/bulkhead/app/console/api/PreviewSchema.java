package dev.bulkhead.app.console.api;

import dev.bulkhead.app.api.CheckReportSchema;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What the OpenAPI document says of a preview. */
@Schema(name = "PreviewReport", description = "What enforcing something would do to the workloads that run.")
record PreviewSchema(
        @Schema(required = true, examples = "bulkhead.dev/v1alpha1")
        String apiVersion,

        @Schema(required = true, examples = "PreviewReport") String kind,

        @Schema(required = true, description = "What would be enforced.", examples = "restricted")
        String profile,

        @Schema(required = true) Numbers summary,

        @Schema(required = true, description = "What a person should know of the preview as a whole.")
        List<String> remarks,

        @Schema(required = true) List<Previewed> workloads,

        @Schema(required = true, description = "What could not be evaluated.")
        List<Unevaluated> errors) {

    /** The numbers. */
    @Schema(name = "PreviewSummary", description = "How many workloads there are, and how many of each outcome.")
    record Numbers(
            @Schema(required = true) int workloads,
            @Schema(required = true) int denied,
            @Schema(required = true) int atRisk,
            @Schema(required = true) int hardened,
            @Schema(required = true) int passes,
            @Schema(required = true) int warned,

            @Schema(
                    required = true,
                    description = "In namespaces that admission does not evaluate; not counted otherwise.")
            int excluded,

            @Schema(required = true) int errors) {}

    /** A workload. */
    @Schema(name = "PreviewedWorkload", description = "A workload, and what enforcing would do to it.")
    record Previewed(
            @Schema(required = true, nullable = true, type = SchemaType.STRING, description = "Always null.") @Nullable
            String file,

            @Schema(required = true, nullable = true, type = SchemaType.INTEGER, description = "Always null.") @Nullable
            Integer document,

            @Schema(required = true, nullable = true, type = SchemaType.INTEGER, description = "Always null.") @Nullable
            Integer line,

            @Schema(required = true) String apiVersion,
            @Schema(required = true) String kind,
            @Schema(required = true) String namespace,
            @Schema(required = true) String name,

            @Schema(
                    required = true,
                    enumeration = {"denied", "hardened", "warned", "passed"})
            String verdict,

            @Schema(
                    required = true,
                    enumeration = {"yes", "unknown", "no"})
            String starts,

            @Schema(required = true) List<CheckReportSchema.ReportedFindingSchema> findings,
            @Schema List<CheckReportSchema.Omitted> omitted,
            @Schema(required = true) List<CheckReportSchema.NoteSchema> notes,
            @Schema(required = true) List<CheckReportSchema.PatchOperation> patch,

            @Schema(
                    required = true,
                    nullable = true,
                    type = SchemaType.STRING,
                    description = "To whom it belongs; null if no label says so.")
            @Nullable
            String owner,

            @Schema(required = true) int pods,

            @Schema(required = true, description = "What enforcing would do to it.", examples = "denied")
            String outcome,

            @Schema(required = true, description = "What is known of whether it starts.")
            List<EvidenceSchema> evidence) {}

    /** Evidence. */
    @Schema(name = "Evidence", description = "Something from which it is known whether a workload starts.")
    record EvidenceSchema(
            @Schema(required = true) String kind,

            @Schema(required = true, nullable = true, type = SchemaType.STRING) @Nullable
            String container,

            @Schema(required = true) String message,

            @Schema(required = true, nullable = true, type = SchemaType.STRING) @Nullable
            String source,

            @Schema(
                    required = true,
                    enumeration = {"yes", "unknown", "no"})
            String starts) {}

    /** An object that could not be evaluated. */
    @Schema(name = "Unevaluated", description = "An object that could not be evaluated.")
    record Unevaluated(
            @Schema(required = true) String file,

            @Schema(required = true, nullable = true, type = SchemaType.INTEGER) @Nullable
            Integer line,

            @Schema(required = true, nullable = true, type = SchemaType.INTEGER) @Nullable
            Integer column,

            @Schema(required = true) String message) {}
}
