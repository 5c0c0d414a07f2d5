package dev.bulkhead.app.admission;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.bulkhead.app.admission.AdmissionContext.Caller;
import dev.bulkhead.app.admission.AdmissionService.Answer;
import dev.bulkhead.app.admission.AdmissionService.Attempt;
import dev.bulkhead.app.admission.AdmissionService.Path;
import dev.bulkhead.app.admission.DecisionListener.Entry;
import dev.bulkhead.app.admission.json.ReviewReader;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.EvaluationTimeoutException;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.MalformedWorkloadException;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Answers one AdmissionReview: bytes in, bytes out. What has a uid gets a decision, whatever happens: an error inside is
 * a denial too, since any other answer lets the object in where the webhook's failure policy is Ignore.
 */
public final class AdmissionReviewHandler {
    private final WorkloadAdmission gate;
    private final List<ResourceValidator> advisers;
    private final DecisionListener journal;
    private final Guidance guidance;

    public AdmissionReviewHandler(WorkloadAdmission gate, DecisionListener journal) {
        this(gate, List.of(), journal, Guidance.DEFAULT);
    }

    /** Asks the advisers, in their order, about what is to be validated, before the gate. */
    public AdmissionReviewHandler(WorkloadAdmission gate, List<ResourceValidator> advisers, DecisionListener journal) {
        this(gate, advisers, journal, Guidance.DEFAULT);
    }

    /**
     * Asks the advisers, in their order, about what is to be validated, before the gate.
     *
     * @param guidance where messages send their readers
     */
    public AdmissionReviewHandler(
            WorkloadAdmission gate, List<ResourceValidator> advisers, DecisionListener journal, Guidance guidance) {
        this.guidance = guidance;
        this.gate = gate;
        this.advisers = List.copyOf(advisers);
        this.journal = journal;
    }

    /** Answers for a cluster of that kind, in which those kinds hold pods. */
    public static AdmissionReviewHandler by(WorkloadKinds kinds, ClusterCapabilities cluster, Clock clock) {
        return by(kinds, cluster, clock, Guidance.DEFAULT);
    }

    /** The same with messages that send their readers there. */
    public static AdmissionReviewHandler by(
            WorkloadKinds kinds, ClusterCapabilities cluster, Clock clock, Guidance guidance) {
        return new AdmissionReviewHandler(
                new WorkloadAdmission(kinds, cluster, clock), List.of(), DecisionListener.SILENT, guidance);
    }

    /**
     * The answer by those policies. What has a uid is answered with 200 and a decision; the rest with 400. May ask the
     * cluster and so take a while.
     */
    public Answer answer(Path path, byte[] body, Supplier<PolicySet> policies) {
        if (attempt(path, body, policies, AdmissionContext.unlimited()) instanceof Attempt.Answered answered) {
            return answered.answer();
        }
        throw new IllegalStateException("a decision was postponed for no reason");
    }

    /** Tries to give that answer within the context. What somebody else has answered is not reported a second time. */
    Attempt attempt(Path path, byte[] body, Supplier<PolicySet> policies, AdmissionContext context) {
        long start = System.nanoTime();
        Field review;
        try {
            review = Field.root(ReviewReader.read(body));
        } catch (IOException e) {
            return claimed(
                    context, refusal(path, body, "the review is not readable: " + harmless(e), context.caller()));
        }
        Optional<String> uid = AdmissionRequest.uidOf(review);
        if (uid.isEmpty()) {
            return claimed(
                    context,
                    new Prepared(
                            badRequest("expected an AdmissionReview of " + AdmissionRequest.API_VERSION
                                    + " with request.uid"),
                            Optional.empty()));
        }
        Optional<AdmissionRequest> request = Optional.empty();
        Decision decision;
        try {
            request = Optional.of(AdmissionRequest.of(review));
            decision = decide(path, request.get(), policies.get(), context);
            if (decision instanceof Decision.Postponed) {
                return new Attempt.MustAsk();
            }
        } catch (EvaluationTimeoutException e) {
            if (!context.deadline().isOver()) {
                return new Attempt.Stopped();
            }
            decision = undecided(body, context.deadline().missed());
        } catch (MalformedWorkloadException e) {
            decision = undecided(body, String.valueOf(e.getMessage()));
        } catch (RuntimeException | Error e) {
            Incident incident = Incident.of(e);
            decision = ReviewEnvelope.of(body).concernsNamespace()
                    ? new Decision.Advice(Optional.empty(), List.of("nothing was checked: " + incident.text()))
                    : new Decision.Failed(incident);
        }
        Entry entry = new Entry(path, uid.get(), request, decision, System.nanoTime() - start, context.caller());
        return claimed(context, prepared(entry));
    }

    /** Whatever can fail comes before the claim: who has taken it answers, so that nobody else would. */
    private Attempt claimed(AdmissionContext context, Prepared prepared) {
        Attempt answered = new Attempt.Answered(prepared.answer());
        if (!context.claim().take()) {
            return new Attempt.Stopped();
        }
        prepared.entry().ifPresent(this::tell);
        return answered;
    }

    private Decision decide(Path path, AdmissionRequest request, PolicySet policies, AdmissionContext context) {
        if (path == Path.VALIDATE) {
            for (ResourceValidator adviser : advisers) {
                Optional<Decision> advice = advice(adviser, request, policies, context);
                if (advice.isPresent()) {
                    return advice.get();
                }
            }
        }
        Optional<String> objection = request.objectionToNamespace();
        if (objection.isPresent()) {
            return new Decision.Invalid(objection.get());
        }
        return path == Path.MUTATE
                ? gate.mutate(request, policies, context)
                : gate.validate(request, policies, context);
    }

    /** An adviser that fails is passed over: pods are judged all the same, and what is no pod is let in. */
    private static Optional<Decision> advice(
            ResourceValidator adviser, AdmissionRequest request, PolicySet policies, AdmissionContext context) {
        try {
            return adviser.on(request, policies, context);
        } catch (MalformedWorkloadException | EvaluationTimeoutException e) {
            throw e;
        } catch (RuntimeException | Error e) {
            Incident unused = Incident.of(e);
            return Optional.empty();
        }
    }

    /** What cannot be judged is not let in, save namespaces, of which there is nothing to judge. */
    private static Decision undecided(byte[] beginning, String reason) {
        return ReviewEnvelope.of(beginning).concernsNamespace()
                ? new Decision.Advice(Optional.empty(), List.of("nothing was checked: " + reason))
                : new Decision.Invalid(reason);
    }

    /**
     * Answers a review that cannot be judged, for that reason, by its beginning: 400 when that tells no uid. Namespaces
     * are let in with a warning.
     */
    public Answer refuse(Path path, byte[] beginning, String reason, Caller caller) {
        Prepared refusal = refusal(path, beginning, reason, caller);
        refusal.entry().ifPresent(this::tell);
        return refusal.answer();
    }

    private Prepared refusal(Path path, byte[] beginning, String reason, Caller caller) {
        return ReviewEnvelope.of(beginning)
                .uid()
                .map(uid -> prepared(new Entry(path, uid, Optional.empty(), undecided(beginning, reason), 0, caller)))
                .orElseGet(() -> new Prepared(badRequest(reason), Optional.empty()));
    }

    /** An answer that has not been sent, and what is to be told of it when it is. */
    private record Prepared(Answer answer, Optional<Entry> entry) {}

    private Prepared prepared(Entry entry) {
        try {
            return new Prepared(AdmissionResponseWriter.to(entry, guidance), Optional.of(entry));
        } catch (RuntimeException | Error e) {
            Entry failed = entry.with(new Decision.Failed(Incident.of(e)));
            return new Prepared(AdmissionResponseWriter.to(failed, guidance), Optional.of(failed));
        }
    }

    /** A decision that cannot be counted or logged stands nevertheless. */
    private void tell(Entry entry) {
        try {
            journal.write(entry);
        } catch (RuntimeException | Error e) {
            Incident unused = Incident.of(e);
        }
    }

    private static String harmless(IOException e) {
        String reason = e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
        // What stands there may be a credential, which must not get into logs.
        return String.valueOf(reason).replaceFirst("(?s)^Unrecognized token '.*?': ", "unrecognized token, ");
    }

    private static Answer badRequest(String message) {
        return new Answer(400, "text/plain; charset=utf-8", (message + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
