package dev.bulkhead.engine.evaluation;

import dev.bulkhead.Yaml;
import dev.bulkhead.engine.policy.Exemption;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.document.PolicyReader;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.Workload;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Evaluates YAML by YAML, as tests write it. */
public final class Evaluations {
    public static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
    public static final ClusterCapabilities CLUSTER = ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR);

    private Evaluations() {}

    static Workload workload(String yaml) {
        return WorkloadKinds.builtIn().find(Yaml.tree(yaml)).orElseThrow();
    }

    /** The policies and exemptions in these documents, which must all be well-formed. */
    public static PolicySet policies(String... documents) {
        List<Policy> policies = new ArrayList<>();
        List<Exemption> exemptions = new ArrayList<>();
        for (String document : documents) {
            PolicyReader.Reading reading = PolicyReader.read(
                    Yaml.tree(document), Instant.parse("2026-01-01T00:00:00Z"), Duration.ofDays(3650));
            if (reading instanceof PolicyReader.Reading.OfPolicy of) {
                policies.add(of.policy());
            } else if (reading instanceof PolicyReader.Reading.OfExemption of) {
                exemptions.add(of.exemption());
            } else {
                throw new AssertionError(reading);
            }
        }
        return new PolicySet(policies, exemptions);
    }

    static Verdict evaluate(String pod, PolicySet policies) {
        return evaluate(pod, policies, Namespace.named("driftwood"), NOW, Optional.empty());
    }

    static Verdict evaluate(String yaml, PolicySet policies, Namespace namespace, Instant now, Optional<String> user) {
        return new WorkloadEvaluation(policies, CLUSTER, now)
                .asItArrives(workload(yaml), namespace, user)
                .verdict();
    }

    /** The unexcused findings with that action, as {@code rule=value}. */
    static List<String> leadingTo(Action action, Verdict verdict) {
        return verdict.leadingTo(action).stream()
                .map(evaluated -> evaluated.finding().rule().id() + "="
                        + evaluated.finding().value())
                .toList();
    }
}
