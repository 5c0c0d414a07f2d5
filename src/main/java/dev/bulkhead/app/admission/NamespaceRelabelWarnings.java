package dev.bulkhead.app.admission;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.admission.AdmissionContext.Caller;
import dev.bulkhead.app.cluster.PodPage;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.EvaluationTimeoutException;
import dev.bulkhead.engine.rule.WorkMeter;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Warns users who relabel a namespace about existing pods that would be denied from then on. The limits on pods and
 * time are those of Pod Security Admission, and pods of one controller count once. The bytes are limited too, and only
 * one namespace's pods are in memory at a time.
 */
public final class NamespaceRelabelWarnings implements ResourceValidator {
    private static final Logger LOG = Logger.getLogger(NamespaceRelabelWarnings.class);

    /** The limit of Pod Security Admission. */
    private static final int MOST_PODS = 3_000;

    /** The limit on all pods of a check, as JSON. */
    private static final long MOST_BYTES = 32L << 20;

    /** A pod may have 1.5 MB, and a few times that in memory. */
    private static final int PAGE = 10;

    private static final Duration LONGEST = Duration.ofSeconds(1);

    private static final Duration SHORTEST_REQUEST = Duration.ofMillis(100);

    private final Supplier<ClusterCapabilities> cluster;
    private final KnownNamespaces known;
    private final Listing listing;
    private final WorkloadKinds kinds;
    private final Clock clock;

    /** Held while pods are listed. */
    private final Semaphore listingPermit = new Semaphore(1);

    /** Lists pods by asking the API server. */
    @FunctionalInterface
    public interface Listing {
        /**
         * A page of the pods in a namespace, from the beginning or after the previous page.
         *
         * @param within the time limit of a request
         * @throws UncheckedIOException when there is no answer in time, or none with pods
         */
        PodPage podsIn(String namespace, int most, Optional<String> from, Duration within);
    }

    /** The cached state of namespaces. */
    @FunctionalInterface
    public interface KnownNamespaces {
        /** Whether the namespace of that name is in that state. */
        boolean isCurrent(String name, String uid, String resourceVersion);
    }

    public NamespaceRelabelWarnings(
            Supplier<ClusterCapabilities> cluster,
            KnownNamespaces known,
            Listing listing,
            WorkloadKinds kinds,
            Clock clock) {
        this.cluster = cluster;
        this.known = known;
        this.listing = listing;
        this.kinds = kinds;
        this.clock = clock;
    }

    @Override
    public Optional<Decision> on(AdmissionRequest request, PolicySet policies, AdmissionContext context) {
        if (!request.apiVersion().equals("v1")
                || !request.kind().equals("Namespace")
                || !request.subResource().isEmpty()) {
            return Optional.empty();
        }
        if (request.operation() != AdmissionRequest.Operation.UPDATE || !policies.readsNamespaces()) {
            return Optional.of(new Decision.Skipped());
        }
        try {
            return Optional.of(advice(request, policies, context));
        } catch (EvaluationTimeoutException e) {
            return Optional.of(unchecked(request, "time ran out"));
        } catch (RuntimeException | Error e) {
            // A missing warning is no reason to reject anything.
            return Optional.of(unchecked(request, Incident.of(e).text()));
        }
    }

    private static Decision unchecked(AdmissionRequest request, String reason) {
        return new Decision.Advice(
                Optional.empty(), List.of("the pods in \"" + request.name() + "\" were not checked: " + reason));
    }

    private Decision advice(AdmissionRequest request, PolicySet policies, AdmissionContext context) {
        Namespace before = namespace(request, request.oldObject());
        Namespace after = namespace(request, request.object());
        if (policies.haveSameRules(before, after) || !isFromApiServer(request, context.caller())) {
            return new Decision.Skipped();
        }
        if (!context.mayAsk()) {
            return new Decision.Postponed();
        }
        return new Decision.Advice(Optional.empty(), warningsInTurn(before, after, policies, context));
    }

    private List<String> warningsInTurn(
            Namespace before, Namespace after, PolicySet policies, AdmissionContext context) {
        if (!waitForTurn()) {
            return List.of("no pods in \"" + after.name()
                    + "\" were looked at, because those of another namespace are being looked at");
        }
        try {
            return warnings(before, after, policies, context);
        } finally {
            listingPermit.release();
        }
    }

    private boolean waitForTurn() {
        try {
            return listingPermit.tryAcquire(LONGEST.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * Pods are listed with Bulkhead's own permissions, and the warnings name them, so that only the API server gets
     * them.
     */
    private boolean isFromApiServer(AdmissionRequest request, Caller caller) {
        return switch (caller) {
            case VERIFIED -> true;
            case UNVERIFIED -> false;
            case UNKNOWN -> {
                Field metadata = request.oldObject().get("metadata");
                yield known.isCurrent(
                        request.name(),
                        metadata.get("uid").textOrEmpty(),
                        metadata.get("resourceVersion").textOrEmpty());
            }
        };
    }

    private static Namespace namespace(AdmissionRequest request, Field object) {
        Map<String, String> labels = new HashMap<>();
        object.get("metadata").get("labels").members().forEach(label -> labels.put(label.name(), label.textOrEmpty()));
        return new Namespace(request.name(), labels);
    }

    private List<String> warnings(Namespace before, Namespace after, PolicySet policies, AdmissionContext context) {
        Instant begin = clock.instant();
        Instant end = begin.plus(LONGEST);
        WorkloadEvaluation evaluation =
                new WorkloadEvaluation(policies, cluster.get(), begin, WorkMeter.until(context::isOver));
        RelabelledPods pods = new RelabelledPods(before, after, evaluation, kinds);
        long bytes = 0;
        Optional<String> from = Optional.empty();
        while (true) {
            PodPage page;
            try {
                page = listing.podsIn(after.name(), PAGE, from, left(end));
            } catch (UncheckedIOException e) {
                LOG.warnf("the pods in \"%s\" could not be checked: %s", after.name(), e.getMessage());
                List<String> warnings = new ArrayList<>(List.of(notListed(after, pods.checked())));
                warnings.addAll(pods.warnings(pods.checked()));
                return warnings;
            }
            long left = page.pods().size() + page.more();
            for (JsonNode pod : page.pods()) {
                if (pods.checked() == MOST_PODS || clock.instant().isAfter(end)) {
                    return pods.warnings(pods.checked() + left);
                }
                left--;
                pods.check(pod);
            }
            bytes += page.bytes();
            from = page.next();
            if (from.isEmpty() || bytes >= MOST_BYTES) {
                return pods.warnings(pods.checked() + left);
            }
        }
    }

    /** The rest of the time, but at least that of a shortest request. */
    private Duration left(Instant end) {
        Duration left = Duration.between(clock.instant(), end);
        return left.compareTo(SHORTEST_REQUEST) < 0 ? SHORTEST_REQUEST : left;
    }

    /** The log says why the list failed; that is for the platform team. */
    private static String notListed(Namespace namespace, int checked) {
        return checked == 0
                ? "the pods in \"" + namespace.name() + "\" were not checked: they could not be listed"
                : "only the first " + checked + " pods in \"" + namespace.name()
                        + "\" were checked: the others could not be listed";
    }
}
