package dev.bulkhead.app.console.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.bulkhead.app.cluster.refusal.Refusal;
import dev.bulkhead.app.console.api.ViewerAnswers.AnswerContext;
import dev.bulkhead.app.console.page.RefusalFilter;
import dev.bulkhead.app.console.view.Seen;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What was refused lately. */
@Schema(name = "RefusalList", description = "What was refused lately, the latest first.")
record RefusalList(
        @Schema(required = true, examples = "bulkhead.dev/v1alpha1")
        String apiVersion,

        @Schema(required = true, examples = "RefusalList") String kind,

        @Schema(required = true, description = "Whether refusals are recorded.")
        boolean followed,

        @Schema(required = true, description = "How many there are.")
        int total,

        @Schema(required = true, description = "At most 200.")
        List<Entry> refusals) {
    RefusalList {
        refusals = List.copyOf(refusals);
    }

    static RefusalList of(AnswerContext context) {
        List<Refusal> matching = RefusalFilter.of(context.request())
                .matching(context.data(), context.request().viewer());
        return new RefusalList(
                "bulkhead.dev/v1alpha1",
                "RefusalList",
                context.data().refusals().isPresent(),
                matching.size(),
                matching.stream()
                        .limit(RefusalFilter.MOST)
                        .map(refusal -> Entry.of(refusal, context.seen()))
                        .toList());
    }

    /** A refusal. */
    @Schema(name = "RefusalEntry", description = "Something that was refused, once or several times in the same way.")
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    record Entry(
            @Schema(required = true, description = "When it was refused last.", format = "date-time")
            String at,

            @Schema(required = true, description = "When it was refused first.", format = "date-time")
            String first,

            @Schema(required = true) int count,
            @Schema(required = true) String namespace,
            @Schema(required = true) String kind,
            @Schema(required = true) String name,

            @Schema(description = "To whom; missing where that is not recorded.")
            Optional<String> user,

            @Schema(required = true) List<String> rules,

            @Schema(required = true, description = "The denial message.")
            String message,

            @Schema(description = "The path of the workload's page, if there is one.")
            Optional<String> link) {
        Entry {
            rules = List.copyOf(rules);
        }

        static Entry of(Refusal refusal, Seen seen) {
            return new Entry(
                    refusal.at().toString(),
                    refusal.first().toString(),
                    refusal.count(),
                    refusal.namespace(),
                    refusal.kind(),
                    refusal.name(),
                    refusal.user(),
                    refusal.rules(),
                    refusal.message(),
                    seen.find(refusal.namespace(), refusal.kind(), refusal.name(), Optional.empty())
                            .map(row -> row.address().toString()));
        }
    }
}
