package dev.bulkhead.app.admission;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.app.admission.AdmissionService.Answer;
import dev.bulkhead.app.admission.AdmissionService.Path;
import dev.bulkhead.app.admission.DecisionListener.Entry;
import dev.bulkhead.engine.edit.JsonPatch;
import dev.bulkhead.engine.evaluation.Verdict;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/** Writes decisions as AdmissionReview responses. */
public final class AdmissionResponseWriter {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonFactory FACTORY = JSON.getFactory();
    private static final int USUAL_LENGTH = 1_024;

    private AdmissionResponseWriter() {}

    /** The response for a decision, whose messages contain the guidance. */
    public static Answer to(Entry entry, Guidance guidance) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(USUAL_LENGTH);
        try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("apiVersion", AdmissionRequest.API_VERSION);
            json.writeStringField("kind", "AdmissionReview");
            json.writeObjectFieldStart("response");
            json.writeStringField("uid", entry.uid());
            write(json, entry, guidance);
            json.writeEndObject();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a decision cannot be written", e);
        }
        return new Answer(200, "application/json", bytes.toByteArray());
    }

    private static void write(JsonGenerator json, Entry entry, Guidance guidance) throws IOException {
        Decision decision = entry.decision();
        if (decision instanceof Decision.Skipped) {
            json.writeBooleanField("allowed", true);
        } else if (decision instanceof Decision.Advice advice) {
            answer(json, RefusalMessage.of(entry, guidance));
            warnings(json, DenialMessages.warnings(advice.warnings()));
        } else if (decision instanceof Decision.Evaluated evaluated) {
            evaluated(json, entry, evaluated, guidance);
        } else {
            Optional<String> reason = RefusalMessage.notEvaluated(decision);
            if (reason.isPresent()) {
                refusal(json, entry, reason.get(), guidance);
            }
        }
    }

    private static void evaluated(JsonGenerator json, Entry entry, Decision.Evaluated evaluated, Guidance guidance)
            throws IOException {
        Verdict verdict = evaluated.verdict();
        boolean mutates = entry.path() == Path.MUTATE;
        answer(json, RefusalMessage.of(entry, guidance));
        if (mutates) {
            patch(json, verdict.patch());
        }
        warnings(
                json,
                mutates
                        ? DenialMessages.notes(verdict)
                        : DenialMessages.warnings(evaluated.workload(), verdict, guidance));
        json.writeObjectFieldStart("auditAnnotations");
        json.writeStringField(
                "policy",
                DenialMessages.line(String.join(",", evaluated.rules().policies()) + " "
                        + evaluated.rules().profile()));
        json.writeStringField("verdict", entry.verdict());
        if (!verdict.findings().isEmpty()) {
            json.writeStringField("violations", DenialMessages.violations(verdict.findings()));
        }
        if (!verdict.exemptions().isEmpty()) {
            json.writeStringField("exemption", DenialMessages.line(String.join(",", verdict.exemptions())));
        }
        json.writeEndObject();
    }

    /** Writes both fields of a patch or neither, because the API server rejects one without the other. */
    private static void patch(JsonGenerator json, JsonPatch patch) throws IOException {
        if (!patch.isEmpty()) {
            json.writeStringField("patchType", "JSONPatch");
            json.writeBinaryField("patch", JSON.writeValueAsBytes(patch.toJson()));
        }
    }

    /** Mutation never denies: the validation that follows sees the same object and denies it. */
    private static void refusal(JsonGenerator json, Entry entry, String message, Guidance guidance) throws IOException {
        answer(json, RefusalMessage.of(entry, guidance));
        if (entry.path() == Path.MUTATE) {
            warnings(json, DenialMessages.warnings(List.of("nothing was filled in: " + message)));
        }
        json.writeObjectFieldStart("auditAnnotations");
        json.writeStringField("error", DenialMessages.line(message));
        json.writeEndObject();
    }

    /** Whether the object is admitted, and otherwise why not. */
    private static void answer(JsonGenerator json, Optional<String> refusal) throws IOException {
        json.writeBooleanField("allowed", refusal.isEmpty());
        if (refusal.isEmpty()) {
            return;
        }
        json.writeObjectFieldStart("status");
        json.writeStringField("status", "Failure");
        json.writeStringField("message", refusal.get());
        json.writeStringField("reason", "Forbidden");
        json.writeNumberField("code", 403);
        json.writeEndObject();
    }

    private static void warnings(JsonGenerator json, List<String> warnings) throws IOException {
        if (!warnings.isEmpty()) {
            json.writeArrayFieldStart("warnings");
            for (String warning : warnings) {
                json.writeString(warning);
            }
            json.writeEndArray();
        }
    }
}
