package dev.bulkhead.app.cluster.scan.preview;

import dev.bulkhead.app.cluster.scan.ScanEvaluation;
import dev.bulkhead.app.cluster.scan.ScannedWorkload;
import dev.bulkhead.app.cluster.scan.WorkloadDetails;
import dev.bulkhead.app.cluster.scan.WorkloadId;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.preview.HardenedImages;
import dev.bulkhead.engine.preview.ObservedPod;
import dev.bulkhead.engine.preview.OwnPods;
import dev.bulkhead.engine.preview.Preview;
import dev.bulkhead.engine.preview.PreviewPolicies;
import dev.bulkhead.engine.preview.PreviewedWorkload;
import dev.bulkhead.engine.preview.StartForecast;
import dev.bulkhead.engine.preview.StartForecast.Forecast;
import dev.bulkhead.engine.proposal.ExemptionProposer;
import dev.bulkhead.engine.proposal.Proposal;
import dev.bulkhead.engine.rule.WorkMeter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Makes one preview of what is known of a cluster. Used by one thread. */
public final class PreviewMaker {
    private final PreviewInput input;
    private final PreviewPolicies policies;
    private final Predicate<String> wanted;
    private final Optional<Set<String>> namespaces;
    private final Instant now;
    private final WorkMeter work;
    private final WorkloadEvaluation evaluation;
    private final ScanEvaluation scan;

    /**
     * Makes nothing yet.
     *
     * @param namespaces whose workloads are previewed, by name; empty for all
     * @param work ends it at its deadline by {@link dev.bulkhead.engine.rule.EvaluationTimeoutException}
     */
    public PreviewMaker(
            PreviewInput input,
            PreviewPolicies policies,
            Optional<Set<String>> namespaces,
            Instant now,
            WorkMeter work) {
        this.input = input;
        this.policies = policies;
        this.namespaces = namespaces;
        this.wanted = input.evaluated(namespaces);
        this.now = now;
        this.work = work;
        this.evaluation = new WorkloadEvaluation(policies.policies(), input.cluster(), now, work);
        this.scan = new ScanEvaluation(input.kinds());
    }

    private Namespace labelled(String name) {
        return policies.labelled(input.namespaces().apply(name));
    }

    private ScanEvaluation.Result evaluate() {
        return scan.evaluate(input.inventory(), wanted, evaluation, this::labelled);
    }

    /** What would come of enforcing the policies. */
    public Preview preview() {
        ScanEvaluation.Result result = evaluate();
        Map<WorkloadId, WorkloadDetails> details = WorkloadDetails.read(input.inventory(), input.kinds(), name -> true);
        HardenedImages hardened = hardened(details);
        StartForecast forecast = new StartForecast(input.cluster().images(), hardened);
        List<PreviewedWorkload> workloads = new ArrayList<>();
        for (ScannedWorkload workload : result.workloads()) {
            work.check();
            WorkloadDetails of = details.getOrDefault(workload.id(), WorkloadDetails.none(workload.id()));
            workloads.add(previewed(workload, of, forecast));
        }
        return new Preview(policies.name(), workloads, excluded(details), result.problems(), policies.remarks());
    }

    /** What runs in the namespaces in view: who may not see the others learns nothing of what runs there. */
    private HardenedImages hardened(Map<WorkloadId, WorkloadDetails> details) {
        HardenedImages hardened = new HardenedImages();
        details.forEach((id, of) -> {
            if (isInView(id.namespace())) {
                of.pods().stream()
                        .flatMap(uid -> Optional.ofNullable(input.observed().get(uid)).stream())
                        .forEach(hardened::add);
            }
        });
        return hardened;
    }

    private boolean isInView(String namespace) {
        return namespaces.map(names -> names.contains(namespace)).orElse(true);
    }

    private int excluded(Map<WorkloadId, WorkloadDetails> details) {
        return (int) details.keySet().stream()
                .map(WorkloadId::namespace)
                .filter(name -> input.excludedNamespaces().contains(name) && isInView(name))
                .count();
    }

    private PreviewedWorkload previewed(ScannedWorkload workload, WorkloadDetails details, StartForecast forecast) {
        Namespace namespace = labelled(workload.id().namespace());
        OwnPods pods = new OwnPods();
        for (String uid : details.pods()) {
            ObservedPod observed = input.observed().get(uid);
            if (observed != null) {
                pods.add(observed, input.written().getOrDefault(uid, Map.of()));
            }
        }
        Forecast starts = forecast.of(
                workload.report(),
                new StartForecast.Known(
                        details.images(),
                        evaluation.rulesFor(namespace, details::podLabels).settings(),
                        pods));
        return new PreviewedWorkload(
                workload.report(),
                input.ownerLabels().ownerOf(details.labels(), namespace.labels()),
                workload.pods(),
                starts.starts(),
                starts.evidence());
    }

    /**
     * The exemptions that would have everything admitted that is there now.
     *
     * @param longest how far ahead an exemption may expire
     * @param home Bulkhead's namespace
     */
    public List<Proposal> exemptions(Duration longest, String home) {
        return new ExemptionProposer(
                        policies.policies(), input.cluster(), now, ExemptionProposer.expiry(now, longest), home, work)
                .propose(scan.denied(input.inventory(), evaluate(), this::labelled));
    }
}
