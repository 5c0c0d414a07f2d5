package dev.bulkhead.admission;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.admission.Reviewer.Answer;
import dev.bulkhead.admission.Reviewer.Path;
import dev.bulkhead.hardening.Patch;
import dev.bulkhead.policy.Policies;
import dev.bulkhead.policy.Verdict;
import dev.bulkhead.rule.Cluster;
import dev.bulkhead.workload.Field;
import dev.bulkhead.workload.MalformedWorkloadException;
import dev.bulkhead.workload.WorkloadKinds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Answers one AdmissionReview: bytes in, bytes out. Holds the only mapping from decisions to responses. */
public final class Reviews {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final Gate gate;

    Reviews(Gate gate) {
        this.gate = gate;
    }

    /** Answers for a cluster of that kind, with the kinds of Kubernetes itself. */
    public static Reviews by(Cluster cluster, Clock clock) {
        return new Reviews(new Gate(WorkloadKinds.builtIn(), cluster, clock));
    }

    /** The answer by those policies. What has a uid is answered with 200 and a decision; the rest with 400. */
    public Answer answer(Path path, byte[] body, Supplier<Policies> policies) {
        Field review;
        try {
            review = Field.root(ReviewReader.read(body));
        } catch (IOException e) {
            return unreadable(path, body, e);
        }
        Optional<String> uid = ReviewRequest.uidOf(review);
        if (uid.isEmpty()) {
            return badRequest("expected an AdmissionReview of " + ReviewRequest.API_VERSION + " with request.uid");
        }
        try {
            ReviewRequest request = ReviewRequest.of(review);
            Decision decision =
                    path == Path.MUTATE ? gate.mutate(request, policies.get()) : gate.validate(request, policies.get());
            return respond(uid.get(), path, decision);
        } catch (MalformedWorkloadException e) {
            return respond(uid.get(), path, new Decision.Unjudgeable(String.valueOf(e.getMessage())));
        }
    }

    /** A body that is no JSON still gets a decision where its uid can be made out. */
    private static Answer unreadable(Path path, byte[] body, IOException e) {
        String reason = e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
        // What stands there may be a credential, which must not get into logs.
        String harmless =
                String.valueOf(reason).replaceFirst("(?s)^Unrecognized token '.*?': ", "unrecognized token, ");
        return refuse(path, body, "the review is not readable: " + harmless);
    }

    /** The decision about a review that cannot be judged for that reason, of which perhaps only the beginning is known. */
    static Answer refuse(Path path, byte[] beginning, String reason) {
        return UidScan.uidOf(beginning)
                .map(uid -> respond(uid, path, new Decision.Unjudgeable(reason)))
                .orElseGet(() -> badRequest(reason));
    }

    private static Answer badRequest(String message) {
        return new Answer(400, "text/plain; charset=utf-8", (message + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static Answer respond(String uid, Path path, Decision decision) {
        ObjectNode response = NODES.objectNode().put("uid", uid);
        if (decision instanceof Decision.NotConcerned) {
            response.put("allowed", true);
        } else if (decision instanceof Decision.Unjudgeable unjudgeable) {
            fillUnjudgeable(response, path, unjudgeable.reason());
        } else if (decision instanceof Decision.Judgement judgement) {
            fill(response, path, judgement);
        }
        ObjectNode review =
                NODES.objectNode().put("apiVersion", ReviewRequest.API_VERSION).put("kind", "AdmissionReview");
        review.set("response", response);
        return new Answer(200, "application/json", bytes(review));
    }

    /** Mutation never denies; validation, which comes after it, sees the same object and does. */
    private static void fillUnjudgeable(ObjectNode response, Path path, String reason) {
        String message = "Bulkhead cannot judge this object: " + reason;
        response.put("allowed", path == Path.MUTATE);
        if (path == Path.VALIDATE) {
            fillDenial(response, message);
        }
        response.putObject("auditAnnotations").put("error", Messages.line(message));
    }

    private static void fillDenial(ObjectNode response, String message) {
        response.putObject("status")
                .put("status", "Failure")
                .put("code", 403)
                .put("reason", "Forbidden")
                .put("message", message);
    }

    private static void fill(ObjectNode response, Path path, Decision.Judgement judgement) {
        Verdict verdict = judgement.verdict();
        boolean denied = path == Path.VALIDATE && verdict.outcome() == Verdict.Outcome.DENIED;
        response.put("allowed", !denied);
        if (denied) {
            fillDenial(response, Messages.denial(judgement.workload(), judgement.demands(), verdict));
        }
        if (path == Path.MUTATE) {
            Patch patch = verdict.patch();
            if (!patch.isEmpty()) {
                response.put("patchType", "JSONPatch");
                response.put("patch", Base64.getEncoder().encodeToString(bytes(patch.toJson())));
            }
        }
        List<String> warnings = path == Path.MUTATE ? Messages.notes(verdict) : Messages.warnings(verdict);
        if (!warnings.isEmpty()) {
            warnings.forEach(response.putArray("warnings")::add);
        }
        annotate(response.putObject("auditAnnotations"), judgement);
    }

    private static void annotate(ObjectNode annotations, Decision.Judgement judgement) {
        Verdict verdict = judgement.verdict();
        annotations.put(
                "policy",
                String.join(",", judgement.demands().policies()) + " "
                        + judgement.demands().profile());
        annotations.put("verdict", verdict.outcome().label());
        if (!verdict.findings().isEmpty()) {
            annotations.put("violations", Messages.violations(verdict.findings()));
        }
        if (!verdict.exemptions().isEmpty()) {
            annotations.put("exemption", String.join(",", verdict.exemptions()));
        }
    }

    private static byte[] bytes(JsonNode node) {
        try {
            return JSON.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree made here cannot be written", e);
        }
    }
}
