package dev.bulkhead.app.admission;

import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.document.DocumentProblem;
import dev.bulkhead.engine.policy.document.PolicyReader;
import dev.bulkhead.engine.policy.document.PolicyReader.Reading;
import dev.bulkhead.engine.policy.lint.LintScope;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.ImmutableCopies;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Rejects policies and exemptions that cannot be read, and warns about those that have no effect. */
public final class PolicyResourceValidator implements ResourceValidator {
    private final Set<String> exemptionNamespaces;
    private final Duration maxExemptionDuration;
    private final Optional<Policy> fallback;
    private final Clock clock;

    /**
     * Validates for these settings.
     *
     * @param fallback the policy for workloads that no other matches, if there is one
     */
    public PolicyResourceValidator(
            Set<String> exemptionNamespaces, Duration maxExemptionDuration, Optional<Policy> fallback, Clock clock) {
        this.exemptionNamespaces = ImmutableCopies.of(exemptionNamespaces);
        this.maxExemptionDuration = maxExemptionDuration;
        this.fallback = fallback;
        this.clock = clock;
    }

    @Override
    public Optional<Decision> on(AdmissionRequest request, PolicySet policies, AdmissionContext context) {
        if (!request.apiVersion().equals(PolicyReader.API_VERSION)
                || !request.subResource().isEmpty()) {
            return Optional.empty();
        }
        if (request.operation() != AdmissionRequest.Operation.CREATE
                && request.operation() != AdmissionRequest.Operation.UPDATE) {
            return Optional.of(new Decision.Skipped());
        }
        if (request.object().get("metadata").get("deletionTimestamp").isPresent()) {
            // While an object is being deleted only its finalizers can change, and they must be removable.
            return Optional.of(new Decision.Skipped());
        }
        Reading reading = PolicyReader.read(request.object().node(), clock.instant(), maxExemptionDuration);
        if (reading instanceof Reading.Refused refused) {
            return Optional.of(new Decision.Advice(Optional.of(refusal(request, refused.problems())), List.of()));
        }
        List<String> warnings =
                reading instanceof Reading.OfPolicy of ? onPolicy(of.policy(), policies) : onExemption(request);
        return Optional.of(new Decision.Advice(Optional.empty(), warnings));
    }

    private List<String> onPolicy(Policy policy, PolicySet policies) {
        List<Policy> others = policies.policies().stream()
                .filter(other -> !policies.fallback().filter(other::equals).isPresent())
                .filter(other -> !other.name().equals(policy.name()))
                .toList();
        return LintScope.on(policy, others, fallback, ClusterCapabilities.NEWEST_MINOR).stream()
                .map(remark -> "/spec/match/" + remark.selector() + ": " + remark.message())
                .toList();
    }

    private List<String> onExemption(AdmissionRequest request) {
        return request.namespace().filter(exemptionNamespaces::contains).isPresent()
                ? List.of()
                : List.of("it has no effect: exemptions count in namespace "
                        + String.join(
                                ", ", exemptionNamespaces.stream().sorted().toList()) + " only");
    }

    private static String refusal(AdmissionRequest request, List<DocumentProblem> problems) {
        StringBuilder message = new StringBuilder("Bulkhead cannot use this " + request.kind() + ":");
        problems.stream()
                .limit(DenialMessages.MOST_FINDINGS)
                .forEach(problem -> message.append("\n- ")
                        .append(problem.pointer())
                        .append(": ")
                        .append(DenialMessages.reason(problem.message())));
        if (problems.size() > DenialMessages.MOST_FINDINGS) {
            message.append("\n- and ")
                    .append(problems.size() - DenialMessages.MOST_FINDINGS)
                    .append(" more");
        }
        return message.toString();
    }
}
