package dev.bulkhead.app.console.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.app.console.api.ViewerAnswers.AnswerContext;
import dev.bulkhead.app.console.view.Seen;
import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.engine.proposal.Proposal;
import dev.bulkhead.engine.reach.ReachJson;
import dev.bulkhead.engine.report.ReportJson;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.manifest.ExemptionDocuments;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A workload with all that its page shows. {@link WorkloadSchema} describes it. */
final class WorkloadJson {
    private WorkloadJson() {}

    static JsonNode of(Seen.Row row, AnswerContext context) {
        ObjectNode json = ReportJson.of(row.workload().report());
        // It is in no file; and what a compromise reaches is said as far as the viewer sees it.
        json.remove(List.of("file", "document", "line", "reach", "hull", "neighbours"));
        json.setAll(ReachJson.of(row.workload().exposure()));
        json.put("pods", row.workload().pods());
        context.data()
                .trend()
                .since(row.id())
                .ifPresentOrElse(since -> json.put("since", since.toString()), () -> json.putNull("since"));
        ArrayNode containers = json.putArray("containers");
        context.data()
                .manifest(row.id())
                .flatMap(context.data().kinds()::find)
                .ifPresent(workload ->
                        workload.pod().containers().forEach(container -> containers.add(of(container, containers))));
        Optional<Proposal> proposal =
                row.verdict() == Outcome.DENIED ? context.data().exemption(row.workload()) : Optional.empty();
        proposal.filter(found -> !found.exemptions().isEmpty())
                .ifPresentOrElse(
                        found -> json.put("exemption", ExemptionDocuments.write(List.of(found))),
                        () -> json.putNull("exemption"));
        proposal.flatMap(Proposal::objection)
                .ifPresentOrElse(objection -> json.put("objection", objection), () -> json.putNull("objection"));
        return json.put("link", row.address().toString());
    }

    private static ObjectNode of(Container container, ArrayNode owner) {
        ObjectNode json = owner.objectNode()
                .put("name", container.name())
                .put("kind", container.kind().name().toLowerCase(Locale.ROOT));
        return json.put("image", container.field().get("image").textOrEmpty());
    }
}
