package dev.bulkhead.app.server;

import dev.bulkhead.app.admission.AdmissionContext.Caller;
import dev.bulkhead.app.admission.AdmissionResponseWriter;
import dev.bulkhead.app.admission.AdmissionService;
import dev.bulkhead.app.admission.AdmissionService.Answer;
import dev.bulkhead.app.admission.AdmissionService.Path;
import dev.bulkhead.app.admission.Decision;
import dev.bulkhead.app.admission.DecisionListener.Entry;
import dev.bulkhead.app.admission.Guidance;
import dev.bulkhead.app.admission.Incident;
import dev.bulkhead.app.admission.ReviewEnvelope;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Answers that need no evaluation: plain texts, and decisions about reviews that were not evaluated. */
final class AdmissionReplies {
    /** Allocated in advance, so that it can be sent when memory is short. */
    static final Answer NO_UID = text(500, "There was an error inside Bulkhead.");

    private static final LastResort OF_VALIDATION = new LastResort(Path.VALIDATE, false);
    private static final LastResort OF_NAMESPACE_VALIDATION = new LastResort(Path.VALIDATE, true);
    private static final LastResort OF_MUTATION = new LastResort(Path.MUTATE, false);
    private static final LastResort OF_NAMESPACE_MUTATION = new LastResort(Path.MUTATE, true);

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
        return beginning
                .uid()
                .map(uid -> LastResort.of(address.path(), beginning.concernsNamespace())
                        .to(uid, caller))
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

    /**
     * The last resort for one path and for namespaces or other objects. It is made for every review, so all but the uid is
     * written once.
     */
    private static final class LastResort {
        private static final String REASON = "an error inside Bulkhead left no memory for an answer";

        /** Stands nowhere else in the answer. */
        private static final String PLACEHOLDER = "{uid}";

        private final Path path;
        private final Decision decision;
        private final String contentType;
        private final byte[] before;
        private final byte[] after;

        LastResort(Path path, boolean ofNamespace) {
            this.path = path;
            this.decision = ofNamespace
                    ? new Decision.Advice(Optional.empty(), List.of("nothing was checked: " + REASON))
                    : new Decision.Invalid(REASON);
            Answer written = written(PLACEHOLDER, Caller.UNKNOWN);
            String text = new String(written.body(), StandardCharsets.UTF_8);
            int at = text.indexOf(PLACEHOLDER);
            this.contentType = written.contentType();
            this.before = text.substring(0, at).getBytes(StandardCharsets.UTF_8);
            this.after = text.substring(at + PLACEHOLDER.length()).getBytes(StandardCharsets.UTF_8);
        }

        static LastResort of(Path path, boolean ofNamespace) {
            if (path == Path.VALIDATE) {
                return ofNamespace ? OF_NAMESPACE_VALIDATION : OF_VALIDATION;
            }
            return ofNamespace ? OF_NAMESPACE_MUTATION : OF_MUTATION;
        }

        Answer to(String uid, Caller caller) {
            if (!isPlain(uid)) {
                return written(uid, caller);
            }
            byte[] body = Arrays.copyOf(before, before.length + uid.length() + after.length);
            byte[] bytes = uid.getBytes(StandardCharsets.ISO_8859_1);
            System.arraycopy(bytes, 0, body, before.length, bytes.length);
            System.arraycopy(after, 0, body, before.length + bytes.length, after.length);
            return new Answer(200, contentType, body);
        }

        private Answer written(String uid, Caller caller) {
            return AdmissionResponseWriter.to(
                    new Entry(path, uid, Optional.empty(), decision, 0, caller), Guidance.DEFAULT);
        }

        /** Whether JSON holds it as it is, as it does every UUID. */
        private static boolean isPlain(String uid) {
            for (int i = 0; i < uid.length(); i++) {
                char c = uid.charAt(i);
                if (c < ' ' || c > '~' || c == '"' || c == '\\') {
                    return false;
                }
            }
            return true;
        }
    }
}
