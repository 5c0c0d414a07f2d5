package dev.bulkhead.app.api;

import dev.bulkhead.app.api.Problem.Status;
import dev.bulkhead.app.cli.output.JsonReport;
import dev.bulkhead.app.config.GateConfig;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.report.Report;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.WorkMeter;
import dev.bulkhead.engine.workload.WellKnownKinds;
import dev.bulkhead.engine.workload.WorkloadKinds;
import dev.bulkhead.manifest.DocumentReader;
import dev.bulkhead.manifest.check.ManifestCheck;
import dev.bulkhead.manifest.check.ReportTooLargeException;
import dev.bulkhead.manifest.syntax.Limits;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** Evaluates manifests within the limits of the API, and reports on them as JSON. Thread-safe. */
public final class ManifestReports {
    /** What a report calls the manifest. */
    static final String NAME = "manifest";

    /** Some 10 MB of report. */
    private static final int MOST_REPORTED = 20_000;

    /** Trees take many times the memory of their bytes, and the webhook shares the heap. */
    private static final int MOST_DOCUMENTS = 10_000;

    private static final int MOST_VALUES = 200_000;
    private static final int MOST_ALIASED = 50_000;

    private final DocumentReader reader;
    private final WorkloadKinds kinds;
    private final Clock clock;

    /**
     * Reports as {@code bulkhead check} does.
     *
     * @param kinds that hold pods, besides those of widely used projects
     */
    public ManifestReports(GateConfig config, WorkloadKinds kinds, Clock clock) {
        this.reader = new DocumentReader(new Limits(
                Math.toIntExact(config.api().maxBody().asLongValue()),
                MOST_DOCUMENTS,
                Limits.STANDARD.depth(),
                MOST_VALUES,
                MOST_ALIASED));
        this.kinds = WellKnownKinds.besides(kinds);
        this.clock = clock;
    }

    /**
     * Evaluates a manifest.
     *
     * @param inForce the policies, unless the parameters name a profile
     * @param cluster the cluster's capabilities, unless the parameters name a version
     * @param namespaces what is known of a namespace; what it throws ends the evaluation
     * @throws ProblemException as {@link ManifestEvaluator#check} does
     */
    public byte[] check(
            byte[] manifest,
            CheckParameters parameters,
            Supplier<PolicySet> inForce,
            Supplier<ClusterCapabilities> cluster,
            Function<String, Namespace> namespaces,
            WorkMeter work) {
        PolicySet policies = parameters.profile().map(PolicySet::pinned).orElseGet(inForce);
        ManifestCheck check = new ManifestCheck(
                kinds,
                policies,
                parameters.minor().map(ClusterCapabilities::offline).orElseGet(cluster),
                clock.instant(),
                parameters.namespace(),
                namespaces,
                work);
        Report report;
        try {
            report = check.run(NAME, manifest, reader, MOST_REPORTED, nameOf(policies));
        } catch (ReportTooLargeException e) {
            throw new ProblemException(Problem.ofTooMuch(
                    Status.UNPROCESSABLE,
                    "There are more than " + MOST_REPORTED
                            + " findings and edits to report. Send fewer objects at once."));
        }
        if (!report.problems().isEmpty()) {
            throw new ProblemException(Problem.ofManifest(report.problems().stream()
                    .map(error -> new ManifestError(error.line(), error.column(), error.message()))
                    .toList()));
        }
        if (report.isEmpty()) {
            throw new ProblemException(
                    Problem.ofManifest(List.of(new ManifestError(0, 0, "there are no objects in it"))));
        }
        StringWriter json = new StringWriter();
        try {
            JsonReport.write(report, json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String nameOf(PolicySet policies) {
        List<String> profiles = policies.policies().stream()
                .map(Policy::profile)
                .map(String::valueOf)
                .distinct()
                .toList();
        return profiles.size() == 1 ? profiles.get(0) : "policy";
    }
}
