package dev.bulkhead.engine;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.policy.DefaultPolicy;
import dev.bulkhead.engine.policy.Exemption;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.policy.document.PolicyReader;
import dev.bulkhead.engine.policy.document.PolicyReader.Reading;
import dev.bulkhead.engine.report.ObjectOrigin;
import dev.bulkhead.engine.report.ReportedWorkload;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.WellKnownKinds;
import dev.bulkhead.engine.workload.Workload;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The check of manifests for Java programs: evaluates an object as the webhook would evaluate it when it is created.
 *
 * <pre>{@code
 * WorkloadCheck check = WorkloadCheck.withProfile("least-privilege");
 * Optional<ReportedWorkload> workload = check.evaluate(new ObjectMapper().readTree(manifest));
 * workload.ifPresent(found -> System.out.println(found.verdict() + ": " + found.findings()));
 * }</pre>
 *
 * <p>Immutable; several threads may use one. It reads no file, no cluster and no clock.
 */
public final class WorkloadCheck {
    private static final String DEFAULT_NAMESPACE = "default";

    private final WorkloadKinds kinds;
    private final PolicySet policies;
    private final ClusterCapabilities cluster;
    private final Instant now;

    private WorkloadCheck(WorkloadKinds kinds, PolicySet policies, ClusterCapabilities cluster, Instant now) {
        this.kinds = kinds;
        this.policies = policies;
        this.cluster = cluster;
        this.now = now;
    }

    /**
     * A check by one profile, for the newest version of Kubernetes that Bulkhead knows.
     *
     * @param profile such as {@code least-privilege} or {@code restricted@v1.33}
     * @throws IllegalArgumentException if no profile is called so
     */
    public static WorkloadCheck withProfile(String profile) {
        Profile parsed = Profile.parse(profile)
                .orElseThrow(() -> new IllegalArgumentException("expected " + Profile.NAMES + ", found " + profile));
        return of(PolicySet.of(parsed), Instant.EPOCH);
    }

    /**
     * A check by policies and exemptions, as they are applied to a cluster. Where none of the policies matches, the
     * built-in one applies.
     *
     * @param documents {@code LeastPrivilegePolicy} and {@code Exemption} of {@code bulkhead.dev/v1alpha1}
     * @param now the time against which exemptions expire
     * @throws IllegalArgumentException if a document is wrong; the message names the document, from 1, and each field
     */
    public static WorkloadCheck withPolicies(List<? extends JsonNode> documents, Instant now) {
        List<Policy> policies = new ArrayList<>();
        List<Exemption> exemptions = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        int number = 0;
        for (JsonNode document : documents) {
            number++;
            Reading reading = PolicyReader.read(document, now, PolicyReader.LONGEST_EXEMPTION);
            if (reading instanceof Reading.OfPolicy of) {
                policies.add(of.policy());
            } else if (reading instanceof Reading.OfExemption of) {
                exemptions.add(of.exemption());
            } else if (reading instanceof Reading.Refused refused) {
                String which = "document " + number;
                problems.add(refused.problems().stream()
                        .map(problem -> which + ", " + problem.pointer() + ": " + problem.message())
                        .collect(Collectors.joining("\n")));
            }
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", problems));
        }
        Optional<Policy> fallback = DefaultPolicy.FALLBACK.fallback(Policy.builtIn(Profile.LEAST_PRIVILEGE));
        return of(new PolicySet(policies, fallback, exemptions), now);
    }

    private static WorkloadCheck of(PolicySet policies, Instant now) {
        return new WorkloadCheck(
                WellKnownKinds.besides(WorkloadKinds.builtIn()),
                policies,
                ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR),
                now);
    }

    /** The same check for a cluster of Kubernetes 1.{@code minor}. */
    public WorkloadCheck forKubernetes(int minor) {
        return new WorkloadCheck(kinds, policies, ClusterCapabilities.offline(minor), now);
    }

    /**
     * The same check, which also evaluates a custom kind.
     *
     * @param declaration such as {@code argoproj.io/Rollout=/spec/template}
     * @throws IllegalArgumentException if that is no declaration of a kind, or the kind is known already
     */
    public WorkloadCheck withKind(String declaration) {
        return new WorkloadCheck(kinds.with(List.of(declaration)), policies, cluster, now);
    }

    /**
     * Evaluates one object in the namespace that it names, or else in {@code default}, without labels of the namespace.
     * Of a List, pass each item.
     *
     * @return empty if objects of that kind hold no pod
     * @throws dev.bulkhead.engine.workload.MalformedWorkloadException if it is of such a kind but not of its shape
     */
    public Optional<ReportedWorkload> evaluate(JsonNode object) {
        return evaluate(object, workload -> Namespace.named(workload.namespace().orElse(DEFAULT_NAMESPACE)));
    }

    /**
     * Evaluates one object in a namespace, whose labels select policies. The object stays as it is.
     *
     * @return empty if objects of that kind hold no pod
     * @throws dev.bulkhead.engine.workload.MalformedWorkloadException if it is of such a kind but not of its shape
     */
    public Optional<ReportedWorkload> evaluate(JsonNode object, Namespace namespace) {
        return evaluate(object, workload -> namespace);
    }

    private Optional<ReportedWorkload> evaluate(JsonNode object, Function<Workload, Namespace> namespace) {
        WorkloadEvaluation evaluation = new WorkloadEvaluation(policies, cluster, now);
        return kinds.find(object.<JsonNode>deepCopy())
                .map(workload -> ReportedWorkload.of(
                        evaluation.asManifest(workload, namespace.apply(workload)), object, ObjectOrigin.NO_FILE));
    }
}
