package dev.bulkhead.app.server;

import dev.bulkhead.app.admission.AdmissionContext.Caller;
import dev.bulkhead.app.admission.AdmissionResponseWriter;
import dev.bulkhead.app.admission.AdmissionService;
import dev.bulkhead.app.admission.AdmissionService.Answer;
import dev.bulkhead.app.admission.Decision;
import dev.bulkhead.app.admission.DecisionListener.Entry;
import dev.bulkhead.app.admission.Guidance;
import dev.bulkhead.app.admission.Incident;
import dev.bulkhead.app.admission.ReviewEnvelope;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Answers that need no evaluation: plain texts, and decisions about reviews that were not evaluated. */
final class AdmissionReplies {
    /** Allocated in advance, so that it can be sent when memory is short. */
    static final Answer NO_UID = text(500, "There was an error inside Bulkhead.");

    private final AdmissionService service;

    AdmissionReplies(AdmissionService service) {
        this.service = service;
    }

    static Answer text(int status, String text) {
        return new Answer(status, "text/plain; charset=utf-8", (text + "\n").getBytes(StandardCharsets.UTF_8));
    }

    static Answer failure(Incident incident) {
        return text(500, "There was " + incident.text() + ".");
    }

    /** An answer that asks the client to retry soon. */
    static Answer tooMany(String text) {
        return text(429, text);
    }

    /** A decision about a review of which only the envelope was read. */
    Answer refuse(AdmissionPath address, byte[] beginning, String reason, Caller caller) {
        try {
            return service.refuse(address.path(), beginning, reason, caller);
        } catch (RuntimeException | Error e) {
            return failure(Incident.of(e));
        }
    }

    /**
     * The answer that is sent when no other can be made, not even for lack of memory; prepared in advance. It denies,
     * except for namespaces, and is an HTTP error where the envelope holds no uid.
     */
    static Answer lastResort(AdmissionPath address, ReviewEnvelope beginning, Caller caller) {
        String reason = "an error inside Bulkhead left no memory for an answer";
        Decision decision = beginning.concernsNamespace()
                ? new Decision.Advice(Optional.empty(), List.of("nothing was checked: " + reason))
                : new Decision.Invalid(reason);
        return beginning
                .uid()
                .map(uid -> AdmissionResponseWriter.to(
                        new Entry(address.path(), uid, Optional.empty(), decision, 0, caller), Guidance.DEFAULT))
                .orElse(NO_UID);
    }

    /**
     * An internal failure is a denial wherever the review has a uid. (When the heap is exhausted, the JVM ends the process
     * before this is reached: {@code -XX:+ExitOnOutOfMemoryError}.)
     */
    Answer failed(Throwable cause, AdmissionPath address, byte[] body, Caller caller) {
        Incident incident = Incident.of(cause);
        Answer denial = refuse(address, body, incident.text(), caller);
        return denial.status() == 200 ? denial : failure(incident);
    }
}
