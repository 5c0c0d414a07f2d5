package dev.bulkhead.app.cli;

import dev.bulkhead.app.cli.output.TextLayout;
import dev.bulkhead.app.cluster.scan.ClusterReader;
import dev.bulkhead.app.cluster.scan.InstalledSettings;
import dev.bulkhead.app.cluster.scan.ScanEvaluation;
import dev.bulkhead.app.cluster.scan.preview.PreviewInput;
import dev.bulkhead.app.cluster.scan.preview.PreviewMaker;
import dev.bulkhead.app.cluster.watch.PolicySnapshot;
import dev.bulkhead.app.cluster.watch.PolicySnapshot.Terms;
import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.preview.OwnerLabels;
import dev.bulkhead.engine.preview.Preview;
import dev.bulkhead.engine.preview.PreviewPolicies;
import dev.bulkhead.engine.proposal.Proposal;
import dev.bulkhead.engine.report.Report;
import dev.bulkhead.engine.report.ReportedWorkload;
import dev.bulkhead.engine.rule.WorkMeter;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** What was read of a cluster for one scan, and what comes of it. */
final class ScannedCluster {
    private final ClusterReader.Reading reading;
    private final Map<String, Map<String, Long>> written;
    private final Instant now;
    private final Duration longestExemption;
    private final OwnerLabels ownerLabels;
    private final Consumer<String> remarks;

    /**
     * Evaluates nothing yet.
     *
     * @param written what kubelets say of containers, as {@link PreviewInput} has it
     * @param longestExemption how far ahead an exemption may expire
     * @param remarks takes what a person should know besides, in a sentence without its end each
     */
    ScannedCluster(
            ClusterReader.Reading reading,
            Map<String, Map<String, Long>> written,
            Instant now,
            Duration longestExemption,
            OwnerLabels ownerLabels,
            Consumer<String> remarks) {
        this.reading = reading;
        this.written = written;
        this.now = now;
        this.longestExemption = longestExemption;
        this.ownerLabels = ownerLabels;
        this.remarks = remarks;
    }

    /** What the webhook evaluates by, or would after an installation with the chart's defaults. */
    PolicySet installed() {
        InstalledSettings settings = reading.settings();
        Terms terms = new Terms(
                settings.builtIn(), settings.defaultPolicy(), settings.exemptionNamespaces(), longestExemption);
        return PolicySnapshot.of(reading.policies(), reading.exemptions(), terms, now, PolicySnapshot.none(terms))
                .policies();
    }

    /** Whether the cluster has Bulkhead's resources. */
    boolean hasBulkhead() {
        return reading.knowsPolicies();
    }

    /** The same as it is evaluated by now; the default profile where the cluster has no policies. */
    PreviewPolicies inForce() {
        if (reading.knowsPolicies()) {
            return new PreviewPolicies("the cluster's policies", installed(), Map.of(), List.of());
        }
        Profile profile = Profile.LEAST_PRIVILEGE;
        remarks.accept("the cluster has no policies of Bulkhead: evaluated by " + profile);
        return new PreviewPolicies(profile.toString(), PolicySet.of(profile), Map.of(), List.of());
    }

    /** Everything that was read, the worst first, each with what a compromise of it reaches. */
    Report report(PreviewPolicies policies) {
        WorkloadEvaluation evaluation = new WorkloadEvaluation(policies.policies(), reading.cluster(), now);
        ScanEvaluation.Result result = new ScanEvaluation(reading.kinds())
                .in(reading.surroundings(evaluation))
                .evaluate(reading.inventory(), evaluation, this::namespace);
        List<ReportedWorkload> worstFirst = result.workloads().stream()
                .map(workload -> workload.report().with(workload.exposure()))
                .sorted(Comparator.comparing(ReportedWorkload::verdict).reversed())
                .toList();
        return new Report(policies.name(), worstFirst, 0, result.problems());
    }

    /** What enforcing these policies would do. */
    Preview preview(PreviewPolicies policies) {
        return maker(policies).preview();
    }

    /**
     * The exemptions that would have everything admitted.
     *
     * @param home where they are to be applied
     */
    List<Proposal> exemptions(PreviewPolicies policies, String home) {
        return maker(policies).exemptions(longestExemption, home);
    }

    private PreviewMaker maker(PreviewPolicies policies) {
        PreviewInput input = new PreviewInput(
                reading.inventory(),
                reading.kinds(),
                reading.cluster(),
                this::namespace,
                reading.observedPods().byUid(),
                written,
                reading.settings().excludedNamespaces(),
                ownerLabels);
        return new PreviewMaker(input, policies, Optional.empty(), now, WorkMeter.unlimited());
    }

    private Namespace namespace(String name) {
        return Optional.ofNullable(reading.namespaces().get(name)).orElseGet(() -> Namespace.named(name));
    }

    /** How many workloads are denied in namespaces that admission does not evaluate. */
    long deniedButExcluded(Report report) {
        return report.count(workload -> workload.verdict() == Outcome.DENIED
                && reading.settings().excludedNamespaces().contains(workload.namespace()));
    }

    /** Says why there is no exemption for some, if there are any. */
    void tellExcluded(long count, String what) {
        if (count > 0) {
            remarks.accept("no exemption is needed for " + TextLayout.counted(count, what)
                    + " in namespaces that are excluded from admission: "
                    + reading.settings().excludedNamespaces().stream().sorted().collect(Collectors.joining(", ")));
        }
    }
}
