package dev.bulkhead.admission;

import dev.bulkhead.admission.ReviewContext.Caller;
import dev.bulkhead.admission.Reviewer.Answer;
import java.nio.charset.StandardCharsets;

/** Answers that need no judging: plain texts, and decisions about reviews that were not judged. */
final class Replies {
    private final Reviewer reviewer;

    Replies(Reviewer reviewer) {
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
    Answer refuse(Address address, byte[] beginning, String reason, Caller caller) {
        try {
            return reviewer.refuse(address.path(), beginning, reason, caller);
        } catch (RuntimeException | Error e) {
            return failure(Incident.of(e));
        }
    }

    /** Whatever goes wrong, even a lack of memory, is a denial where there is a uid to be denied. */
    Answer failed(Throwable cause, Address address, byte[] body, Caller caller) {
        Incident incident = Incident.of(cause);
        Answer denial = refuse(address, body, incident.text(), caller);
        return denial.status() == 200 ? denial : failure(incident);
    }
}
