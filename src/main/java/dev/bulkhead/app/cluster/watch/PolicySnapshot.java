package dev.bulkhead.app.cluster.watch;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.engine.policy.DefaultPolicy;
import dev.bulkhead.engine.policy.Exemption;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.document.DocumentProblem;
import dev.bulkhead.engine.policy.document.PolicyReader;
import dev.bulkhead.engine.policy.document.PolicyReader.Reading;
import dev.bulkhead.engine.workload.ImmutableCopies;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The policies and exemptions of a cluster at one moment. An invalid object never loosens anything: a policy stays
 * as it was when it was last valid; of a policy that never was, the strictest setting replaces each invalid part; an
 * invalid exemption does not apply.
 *
 * @param policies what is in force
 * @param policyStates and {@code exemptionStates} the result for each object
 */
public record PolicySnapshot(PolicySet policies, List<PolicyState> policyStates, List<ExemptionState> exemptionStates) {
    public PolicySnapshot {
        policyStates = List.copyOf(policyStates);
        exemptionStates = List.copyOf(exemptionStates);
    }

    /**
     * The settings of the platform team.
     *
     * @param builtIn the policy that is in force before anything is known, and as the fallback besides others
     * @param defaultPolicy whether the built-in policy is the fallback
     * @param exemptionNamespaces where exemptions are honoured
     * @param maxExemptionDuration how far ahead an exemption may expire at most
     */
    public record Terms(
            Policy builtIn,
            DefaultPolicy defaultPolicy,
            Set<String> exemptionNamespaces,
            Duration maxExemptionDuration) {
        public Terms {
            exemptionNamespaces = ImmutableCopies.of(exemptionNamespaces);
        }
    }

    /**
     * A policy object.
     *
     * @param inForce what is in force because of it
     * @param problems why it is not in force as written; empty if it is
     */
    public record PolicyState(Identity identity, Policy inForce, List<DocumentProblem> problems) {
        public PolicyState {
            problems = List.copyOf(problems);
        }
    }

    /**
     * An exemption object.
     *
     * @param inForce empty if it is invalid, or in a namespace whose exemptions are not honoured
     * @param honoured whether exemptions of its namespace are honoured
     */
    public record ExemptionState(
            Identity identity, boolean honoured, Optional<Exemption> inForce, List<DocumentProblem> problems) {
        public ExemptionState {
            problems = List.copyOf(problems);
        }
    }

    /** Identifies an object in the cluster. */
    public record Identity(String namespace, String name, String uid, long generation) {
        static Identity of(JsonNode object) {
            JsonNode metadata = object.path("metadata");
            return new Identity(
                    metadata.path("namespace").asText(""),
                    metadata.path("name").asText(""),
                    metadata.path("uid").asText(""),
                    metadata.path("generation").asLong());
        }
    }

    /** The snapshot before anything is known: the built-in policy is in force. */
    public static PolicySnapshot none(Terms terms) {
        return new PolicySnapshot(new PolicySet(List.of(terms.builtIn()), List.of()), List.of(), List.of());
    }

    /** The snapshot of these objects, given the snapshot before. */
    public static PolicySnapshot of(
            List<JsonNode> policies, List<JsonNode> exemptions, Terms terms, Instant now, PolicySnapshot before) {
        List<PolicyState> policyStates = policies.stream()
                .map(object -> policy(object, terms, now, before))
                .toList();
        List<ExemptionState> exemptionStates =
                exemptions.stream().map(object -> exemption(object, terms, now)).toList();
        List<Policy> inForce = policyStates.stream().map(PolicyState::inForce).toList();
        Optional<Policy> fallback = terms.defaultPolicy().fallback(terms.builtIn());
        List<Exemption> excusing = exemptionStates.stream()
                .flatMap(state -> state.inForce().stream())
                .toList();
        return new PolicySnapshot(new PolicySet(inForce, fallback, excusing), policyStates, exemptionStates);
    }

    private static PolicyState policy(JsonNode object, Terms terms, Instant now, PolicySnapshot before) {
        Identity identity = Identity.of(object);
        Reading reading = PolicyReader.read(object, now, terms.maxExemptionDuration());
        if (reading instanceof Reading.OfPolicy of) {
            return new PolicyState(identity, of.policy(), List.of());
        }
        List<DocumentProblem> problems = reading instanceof Reading.Refused refused ? refused.problems() : List.of();
        Policy inForce = before.policyStates().stream()
                .filter(state -> state.identity().uid().equals(identity.uid()))
                .map(PolicyState::inForce)
                .findFirst()
                .orElseGet(() -> CachedPolicySource.of(
                        identity.name(),
                        object.path("spec"),
                        terms.defaultPolicy().fallback(terms.builtIn()),
                        now));
        return new PolicyState(identity, inForce, problems);
    }

    private static ExemptionState exemption(JsonNode object, Terms terms, Instant now) {
        Identity identity = Identity.of(object);
        boolean honoured = terms.exemptionNamespaces().contains(identity.namespace());
        Reading reading = PolicyReader.read(object, now, terms.maxExemptionDuration());
        if (reading instanceof Reading.OfExemption of) {
            return new ExemptionState(
                    identity, honoured, honoured ? Optional.of(of.exemption()) : Optional.empty(), List.of());
        }
        return new ExemptionState(
                identity,
                honoured,
                Optional.empty(),
                reading instanceof Reading.Refused refused ? refused.problems() : List.of());
    }
}
