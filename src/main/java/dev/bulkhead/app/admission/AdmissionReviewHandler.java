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
 * Answers one AdmissionReview: bytes in, bytes out. Every review with a uid gets a decision, and an internal error is
 * a denial too: the API server would admit the object after any other answer if the webhook's failure policy is
 * Ignore.
 */
public final class AdmissionReviewHandler {
    private final WorkloadAdmission admission;
    private final List<ResourceValidator> validators;
    private final DecisionListener listener;
    private final Guidance guidance;

    public AdmissionReviewHandler(WorkloadAdmission admission, DecisionListener listener) {
        this(admission, List.of(), listener, Guidance.DEFAULT);
    }

    /** Asks the validators in their order, then evaluates workloads. */
    public AdmissionReviewHandler(
            WorkloadAdmission admission, List<ResourceValidator> validators, DecisionListener listener) {
        this(admission, validators, listener, Guidance.DEFAULT);
    }

    /**
     * Asks the validators in their order, then evaluates workloads.
     *
     * @param guidance where messages send their readers
     */
    public AdmissionReviewHandler(
            WorkloadAdmission admission,
            List<ResourceValidator> validators,
            DecisionListener listener,
            Guidance guidance) {
        this.guidance = guidance;
        this.admission = admission;
        this.validators = List.copyOf(validators);
        this.listener = listener;
    }

    /** A handler for a cluster with these capabilities and kinds of workloads, without validators and listeners. */
    public static AdmissionReviewHandler by(WorkloadKinds kinds, ClusterCapabilities cluster, Clock clock) {
        return by(kinds, cluster, clock, Guidance.DEFAULT);
    }

    /** The same with other guidance in its messages. */
    public static AdmissionReviewHandler by(
            WorkloadKinds kinds, ClusterCapabilities cluster, Clock clock, Guidance guidance) {
        return new AdmissionReviewHandler(
                new WorkloadAdmission(kinds, cluster, clock), List.of(), DecisionListener.SILENT, guidance);
    }

    /**
     * Answers by these policies: 200 and a decision for a review with a uid, 400 otherwise. May call the API server
     * and so take a while.
     */
    public Answer answer(Path path, byte[] body, Supplier<PolicySet> policies) {
        if (attempt(path, body, policies, AdmissionContext.unlimited()) instanceof Attempt.Answered answered) {
            return answered.answer();
        }
        throw new IllegalStateException("a decision was postponed for no reason");
    }

    /** Tries to answer within the context. A review that has been answered elsewhere is not reported again. */
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

    /** Everything that can fail happens before the claim is taken: after that, only this attempt can answer. */
    private Attempt claimed(AdmissionContext context, Prepared prepared) {
        Attempt answered = new Attempt.Answered(prepared.answer());
        if (!context.claim().take()) {
            return new Attempt.Stopped();
        }
        prepared.entry().ifPresent(this::report);
        return answered;
    }

    private Decision decide(Path path, AdmissionRequest request, PolicySet policies, AdmissionContext context) {
        if (path == Path.VALIDATE) {
            for (ResourceValidator validator : validators) {
                Optional<Decision> advice = advice(validator, request, policies, context);
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
                ? admission.mutate(request, policies, context)
                : admission.validate(request, policies, context);
    }

    /** A validator that fails is skipped: pods are evaluated all the same, and other objects are admitted. */
    private static Optional<Decision> advice(
            ResourceValidator validator, AdmissionRequest request, PolicySet policies, AdmissionContext context) {
        try {
            return validator.on(request, policies, context);
        } catch (MalformedWorkloadException | EvaluationTimeoutException e) {
            throw e;
        } catch (RuntimeException | Error e) {
            Incident unused = Incident.of(e);
            return Optional.empty();
        }
    }

    /** Rejects what cannot be evaluated, except for namespaces, to which no rule applies. */
    private static Decision undecided(byte[] beginning, String reason) {
        return ReviewEnvelope.of(beginning).concernsNamespace()
                ? new Decision.Advice(Optional.empty(), List.of("nothing was checked: " + reason))
                : new Decision.Invalid(reason);
    }

    /**
     * Rejects a review that cannot be evaluated, for this reason, by its first bytes: with 400 if they hold no uid.
     * Namespaces are admitted with a warning.
     */
    public Answer refuse(Path path, byte[] beginning, String reason, Caller caller) {
        Prepared refusal = refusal(path, beginning, reason, caller);
        refusal.entry().ifPresent(this::report);
        return refusal.answer();
    }

    private Prepared refusal(Path path, byte[] beginning, String reason, Caller caller) {
        return ReviewEnvelope.of(beginning)
                .uid()
                .map(uid -> prepared(new Entry(path, uid, Optional.empty(), undecided(beginning, reason), 0, caller)))
                .orElseGet(() -> new Prepared(badRequest(reason), Optional.empty()));
    }

    /** An answer, and the entry to report once it is sent. */
    private record Prepared(Answer answer, Optional<Entry> entry) {}

    private Prepared prepared(Entry entry) {
        try {
            return new Prepared(AdmissionResponseWriter.to(entry, guidance), Optional.of(entry));
        } catch (RuntimeException | Error e) {
            Entry failed = entry.with(new Decision.Failed(Incident.of(e)));
            return new Prepared(AdmissionResponseWriter.to(failed, guidance), Optional.of(failed));
        }
    }

    /** A decision stands even if it cannot be counted or logged. */
    private void report(Entry entry) {
        try {
            listener.write(entry);
        } catch (RuntimeException | Error e) {
            Incident unused = Incident.of(e);
        }
    }

    private static String harmless(IOException e) {
        String reason = e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
        // The token may be a credential, which must not appear in logs.
        return String.valueOf(reason).replaceFirst("(?s)^Unrecognized token '.*?': ", "unrecognized token, ");
    }

    private static Answer badRequest(String message) {
        return new Answer(400, "text/plain; charset=utf-8", (message + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
