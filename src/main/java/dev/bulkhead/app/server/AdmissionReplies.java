package dev.bulkhead.app.server;

import dev.bulkhead.app.admission.AdmissionContext.Caller;
import dev.bulkhead.app.admission.AdmissionResponseWriter;
import dev.bulkhead.app.admission.AdmissionService;
import dev.bulkhead.app.admission.AdmissionService.Answer;
import dev.bulkhead.app.admission.Decision;
import dev.bulkhead.app.admission.DecisionListener.Entry;
import dev.bulkhead.app.admission.Incident;
import dev.bulkhead.app.admission.ReviewEnvelope;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Answers that need no judging: plain texts, and decisions about reviews that were not judged. */
final class AdmissionReplies {
    /** Says no more than that, and is always there. */
    static final Answer NO_UID = text(500, "There was an error inside Bulkhead.");

    private final AdmissionService reviewer;

    AdmissionReplies(AdmissionService reviewer) {
        this.reviewer = reviewer;
    }

    static Answer text(int status, String text) {
        return new Answer(status, "text/plain; charset=utf-8", (text + "\n").getBytes(StandardCharsets.UTF_8));
    }

    static Answer failure(Incident incident) {
        return text(500, "There was " + incident.text() + ".");
    }

    /** To be tried again soon. */
    static Answer tooMany(String text) {
        return text(429, text);
    }

    /** A decision about a review of which no more than the beginning is known. */
    Answer refuse(AdmissionPath address, byte[] beginning, String reason, Caller caller) {
        try {
            return reviewer.refuse(address.path(), beginning, reason, caller);
        } catch (RuntimeException | Error e) {
            return failure(Incident.of(e));
        }
    }

    /**
     * What is answered when no other answer can be made, not even for lack of memory; it is to be prepared before memory
     * is needed. A denial, save where none may be; an error where the beginning tells no uid.
     */
    static Answer lastResort(AdmissionPath address, ReviewEnvelope beginning, Caller caller) {
        String reason = "an error inside Bulkhead left no memory for an answer";
        Decision decision = beginning.concernsNamespace()
                ? new Decision.Advice(Optional.empty(), List.of("nothing was checked: " + reason))
                : new Decision.Unjudgeable(reason);
        return beginning
                .uid()
                .map(uid -> AdmissionResponseWriter.to(
                        new Entry(address.path(), uid, Optional.empty(), decision, 0, caller)))
                .orElse(NO_UID);
    }

    /** Whatever goes wrong, even a lack of memory, is a denial where there is a uid to be denied. */
    Answer failed(Throwable cause, AdmissionPath address, byte[] body, Caller caller) {
        Incident incident = Incident.of(cause);
        Answer denial = refuse(address, body, incident.text(), caller);
        return denial.status() == 200 ? denial : failure(incident);
    }
}
