package dev.bulkhead.app.console.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.bulkhead.app.console.api.ViewerAnswers.AnswerContext;
import dev.bulkhead.app.console.view.Seen;
import dev.bulkhead.app.console.view.SeenExemption;
import dev.bulkhead.engine.policy.Exemption;
import dev.bulkhead.engine.report.ReportedFinding;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What is excused. */
@Schema(name = "ExemptionList", description = "Exemptions, the unused ones first.")
record ExemptionList(
        @Schema(required = true, examples = "bulkhead.dev/v1alpha1")
        String apiVersion,

        @Schema(required = true, examples = "ExemptionList") String kind,

        @Schema(required = true) List<Entry> exemptions) {
    ExemptionList {
        exemptions = List.copyOf(exemptions);
    }

    static ExemptionList of(AnswerContext context) {
        return new ExemptionList(
                "bulkhead.dev/v1alpha1",
                "ExemptionList",
                SeenExemption.of(context.data(), context.seen()).stream()
                        .map(Entry::of)
                        .toList());
    }

    /** An exemption. */
    @Schema(name = "ExemptionEntry", description = "An exemption, and what it does.")
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    record Entry(
            @Schema(required = true, description = "With its namespace.", examples = "bulkhead-system/node-exporter")
            String name,

            @Schema(
                    required = true,
                    description =
                            "`not used in your namespaces`: it is also for namespaces that the caller does not see, and may be in"
                                    + " use there.",
                    enumeration = {"unused", "expired", "not in force", "not used in your namespaces", "in use"})
            String state,

            @Schema(description = "Missing where nothing of it is in force.")
            Optional<String> reason,

            @Schema(description = "Missing where nothing of it is in force.")
            Optional<String> owner,

            @Schema(description = "When it ends; missing where nothing of it is in force.", format = "date-time")
            Optional<String> expires,

            @Schema(required = true, description = "Those that it is for and that the caller sees.")
            List<String> namespaces,

            @Schema(required = true, description = "The values that it excuses, by rule.")
            SortedMap<String, List<String>> allow,

            @Schema(required = true, description = "What it excuses now.")
            List<ExcusedWorkload> excuses,

            @Schema(required = true, description = "Why nothing of it is in force.")
            List<String> problems) {
        Entry {
            namespaces = List.copyOf(namespaces);
            excuses = List.copyOf(excuses);
            problems = List.copyOf(problems);
        }

        static Entry of(SeenExemption seen) {
            Optional<Exemption> exemption = seen.exemption();
            SortedMap<String, List<String>> allow = new TreeMap<>();
            exemption.ifPresent(in -> in.allow()
                    .forEach((rule, values) ->
                            allow.put(rule, values.stream().sorted().toList())));
            return new Entry(
                    seen.name(),
                    seen.state().label(),
                    exemption.map(Exemption::reason),
                    exemption.map(Exemption::owner),
                    exemption.map(in -> in.expires().toString()),
                    seen.namespaces(),
                    allow,
                    seen.excused().stream().map(ExcusedWorkload::of).toList(),
                    seen.problems());
        }
    }

    /** A workload that an exemption excuses. */
    @Schema(name = "ExcusedWorkload", description = "A workload that an exemption excuses, and what of it.")
    record ExcusedWorkload(
            @Schema(required = true) String namespace,
            @Schema(required = true) String kind,
            @Schema(required = true) String name,

            @Schema(required = true, description = "Whether it would be denied without the exemption.")
            boolean denied,

            @Schema(required = true) List<String> findings,

            @Schema(required = true, description = "The path of its page.")
            String link) {
        ExcusedWorkload {
            findings = List.copyOf(findings);
        }

        static ExcusedWorkload of(SeenExemption.Excused excused) {
            Seen.Row row = excused.row();
            return new ExcusedWorkload(
                    row.id().namespace(),
                    row.id().kind(),
                    row.id().name(),
                    excused.denied(),
                    excused.findings().stream().map(ReportedFinding::message).toList(),
                    row.address().toString());
        }
    }
}
