package dev.bulkhead.app.api;

import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What the OpenAPI document says of a report, which is written as {@code check -o json} writes it. */
@Schema(name = "CheckReport", description = "What the webhook would decide about the objects of a manifest.")
public record CheckReportSchema(
        @Schema(required = true, examples = "bulkhead.dev/v1alpha1")
        String apiVersion,

        @Schema(required = true, examples = "CheckReport") String kind,

        @Schema(
                required = true,
                description = "What it was evaluated by: a profile, or `policy` where policies have several.")
        String profile,

        @Schema(required = true) Summary summary,
        @Schema(required = true) List<WorkloadEntry> workloads,

        @Schema(required = true, description = "Always empty: a manifest with errors is answered with a problem.")
        List<Object> errors,

        @Schema(
                required = true,
                description = "What is read otherwise than its author may think, has no effect, or may have been meant"
                        + " to be evaluated and was not.")
        List<Warning> warnings) {
    /** Something that the author of the manifest should look at. */
    @Schema(name = "Warning", description = "Something that the author of the manifest should look at.")
    record Warning(
            @Schema(required = true, description = "Always `manifest`.")
            String file,

            @Schema(required = true, description = "Counted from 1.")
            int line,

            @Schema(required = true, description = "Counted from 1.")
            int column,

            @Schema(
                    required = true,
                    examples = "key \"hostNetwork\" is given twice, first on line 5; the last one counts")
            String message) {}

    /** The numbers. */
    @Schema(name = "Summary", description = "How many workloads there are, and how many of each verdict.")
    public record Summary(
            @Schema(required = true) int workloads,
            @Schema(required = true) int denied,
            @Schema(required = true) int hardened,
            @Schema(required = true) int warned,
            @Schema(required = true) int passed,
            @Schema(required = true) int errors) {}

    /** A workload. */
    @Schema(name = "Workload", description = "A pod, or an object that makes pods, and what is decided about it.")
    public record WorkloadEntry(
            @Schema(required = true, description = "Always `manifest`.")
            String file,

            @Schema(required = true, description = "Which document of the manifest it is in, counted from 0.")
            int document,

            @Schema(required = true, description = "Where it begins, counted from 1.")
            int line,

            @Schema(
                    description = "The file of a Helm chart that it was rendered from, if a comment above it says so.",
                    examples = "web/templates/deployment.yaml")
            String template,

            @Schema(required = true, examples = "apps/v1") String apiVersion,

            @Schema(required = true, examples = "Deployment")
            String kind,

            @Schema(required = true, examples = "default") String namespace,
            @Schema(required = true, examples = "web") String name,

            @Schema(
                    required = true,
                    description = "`denied` it is refused; `hardened` it is admitted with what `patch` fills in;"
                            + " `warned` it is admitted with warnings; `passed` it is admitted as it is.",
                    enumeration = {"denied", "hardened", "warned", "passed"})
            String verdict,

            @Schema(
                    required = true,
                    description = "Whether its containers start with what is filled in: `no` if it is denied or a note"
                            + " says that one does not, `unknown` if a note says on what it depends, `yes` if nothing"
                            + " that is known keeps them from starting.",
                    enumeration = {"yes", "unknown", "no"})
            String starts,

            @Schema(required = true) List<ReportedFindingSchema> findings,

            @Schema(description = "Findings that are only counted: of one rule in one container there are too many.")
            List<Omitted> omitted,

            @Schema(
                    required = true,
                    description = "What a person should know besides: mostly what hardening cannot know.")
            List<NoteSchema> notes,

            @Schema(required = true, description = "What is filled in, as a JSON Patch (RFC 6902) for the document.")
            List<PatchOperation> patch) {}

    /** A note. */
    @Schema(name = "Note", description = "Something that a person should know although no rule objects to it.")
    public record NoteSchema(
            @Schema(required = true, description = "The rule whose page explains it.", examples = "runAsNonRoot")
            String rule,

            @Schema(required = true) String message,

            @Schema(
                    required = true,
                    nullable = true,
                    type = SchemaType.STRING,
                    description = "Where it is known from; null where it is that nothing is known.",
                    examples = "Bulkhead's table of known images")
            @Nullable
            String source,

            @Schema(
                    required = true,
                    description =
                            "Whether the containers that it is about start: `no` they do not, `unknown` it depends on"
                                    + " what the message names, `yes` they do.",
                    enumeration = {"yes", "unknown", "no"})
            String starts) {}

    /** A finding. */
    @Schema(name = "Finding", description = "Something that does not meet a rule's requirement.")
    public record ReportedFindingSchema(
            @Schema(required = true, examples = "privileged")
            String rule,

            @Schema(required = true, examples = "host") String layer,

            @Schema(
                    required = true,
                    description = "What is done about it.",
                    enumeration = {"harden", "deny", "warn", "audit"})
            String action,

            @Schema(
                    required = true,
                    nullable = true,
                    type = SchemaType.STRING,
                    description = "The container's name; null where the finding is about the pod.",
                    examples = "web")
            @Nullable
            String container,

            @Schema(
                    required = true,
                    description = "Where it is, as a JSON Pointer into the document.",
                    examples = "/spec/containers/0/securityContext/privileged")
            String path,

            @Schema(
                    required = true,
                    nullable = true,
                    type = SchemaType.INTEGER,
                    description = "The line of that, counted from 1; null where it is in no file.")
            @Nullable
            Integer line,

            @Schema(required = true, examples = "container \"web\" must not set securityContext.privileged=true")
            String message,

            @Schema(
                    required = true,
                    nullable = true,
                    type = SchemaType.STRING,
                    description = "The exemption that excuses it, if one does.")
            @Nullable
            String exemption,

            @Schema(required = true, description = "The offending value, which an exemption names.", examples = "true")
            String value,

            @Schema(required = true, description = "What meets the requirement.")
            RemedySchema remedy,

            @Schema(description = "Why the safe value was not filled in, where it might have been.")
            String notHardenedReason) {}

    /** A remedy. */
    @Schema(name = "Remedy", description = "What meets a rule's requirement.")
    public record RemedySchema(
            @Schema(
                    required = true,
                    description = "In words.",
                    examples = "set securityContext.privileged to false, or remove it")
            String text,

            @Schema(required = true, description = "The same as a JSON Patch (RFC 6902), where it can be given as one.")
            List<PatchOperation> edits) {}

    /** Findings that are only counted. */
    @Schema(name = "OmittedFindings", description = "Findings that are only counted.")
    public record Omitted(
            @Schema(required = true, nullable = true, type = SchemaType.STRING) @Nullable
            String rule,

            @Schema(required = true, nullable = true, type = SchemaType.STRING) @Nullable
            String container,

            @Schema(required = true) String action,
            @Schema(required = true) int count) {}

    /** An operation of a JSON Patch. */
    @Schema(name = "PatchOperation", description = "An operation of a JSON Patch (RFC 6902).")
    public record PatchOperation(
            @Schema(
                    required = true,
                    enumeration = {"add", "replace", "remove"})
            String op,

            @Schema(required = true, examples = "/spec/securityContext")
            String path,

            @Schema(description = "Any JSON value; missing where `op` is `remove`.")
            Object value) {}
}
