package dev.bulkhead.manifest.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.proposal.DeniedWorkload;
import dev.bulkhead.engine.report.Report;
import dev.bulkhead.engine.report.ReportedProblem;
import dev.bulkhead.engine.report.ReportedWorkload;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.WorkMeter;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.MalformedWorkloadException;
import dev.bulkhead.engine.workload.Workload;
import dev.bulkhead.engine.workload.WorkloadKinds;
import dev.bulkhead.manifest.Document;
import dev.bulkhead.manifest.DocumentReader;
import dev.bulkhead.manifest.ManifestFiles;
import dev.bulkhead.manifest.ManifestObject;
import dev.bulkhead.manifest.ManifestProblem;
import dev.bulkhead.manifest.ReadResult;
import dev.bulkhead.manifest.syntax.Position;
import java.io.ByteArrayInputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Evaluates manifests as the webhook would evaluate them on their way into a cluster.
 *
 * <p>One document is in memory at a time. The labels of namespaces count wherever in the input these stand: when one
 * comes after workloads that were evaluated without it, everything is evaluated once more.
 */
public final class ManifestCheck {
    private final WorkloadKinds kinds;
    private final WorkloadEvaluation evaluation;
    private final String defaultNamespace;
    private final Function<String, Namespace> namespaces;
    private final WorkMeter work;

    private final Map<String, Namespace> declared = new HashMap<>();
    private final Map<String, Namespace> used = new HashMap<>();
    private final List<ReportedWorkload> workloads = new ArrayList<>();
    private final List<ReportedProblem> problems = new ArrayList<>();
    private final List<ReportedProblem> warnings = new ArrayList<>();
    private final List<DeniedWorkload> denied = new ArrayList<>();
    private boolean keepsDenied;
    private boolean settled;
    private boolean tooLate;
    private int left = Integer.MAX_VALUE;
    private int others;

    public ManifestCheck(
            WorkloadKinds kinds,
            PolicySet policies,
            ClusterCapabilities cluster,
            Instant now,
            String defaultNamespace) {
        this(kinds, policies, cluster, now, defaultNamespace, Namespace::named, WorkMeter.unlimited());
    }

    /**
     * A check with a deadline.
     *
     * @param namespaces what is known of a namespace, asked of each that a workload is for; the manifest's own labels of it
     *     come first
     * @param work counts what is done, and ends it by {@link dev.bulkhead.engine.rule.EvaluationTimeoutException}
     */
    public ManifestCheck(
            WorkloadKinds kinds,
            PolicySet policies,
            ClusterCapabilities cluster,
            Instant now,
            String defaultNamespace,
            Function<String, Namespace> namespaces,
            WorkMeter work) {
        this.namespaces = namespaces;
        this.work = work;
        this.kinds = kinds;
        this.evaluation = new WorkloadEvaluation(policies, cluster, now, work);
        this.defaultNamespace = defaultNamespace;
    }

    /** Has the denied workloads kept in memory, so that exemptions can be proposed for them. */
    public void keepDenied() {
        keepsDenied = true;
    }

    /** What is known of a namespace after a run: its labels in the manifests, else what was known before. */
    public Namespace namespace(String name) {
        Namespace there = declared.get(name);
        return there == null ? namespaces.apply(name) : there;
    }

    /** The denied workloads that were kept, in the order of the manifests. */
    public List<DeniedWorkload> denied() {
        return List.copyOf(denied);
    }

    /**
     * Evaluates everything in the files.
     *
     * @param standardInput what the file named {@code -} holds
     * @param reached receives the file of each document
     */
    public Report run(ManifestFiles files, byte[] standardInput, String profile, Consumer<String> reached) {
        return run(
                profile,
                each -> files.forEach(new ByteArrayInputStream(standardInput), result -> {
                    reached.accept(result.fold(Document::file, ManifestProblem::file));
                    each.accept(result);
                }));
    }

    /**
     * Evaluates everything in a manifest.
     *
     * @param file what the report calls it
     * @param reader reads it, within its limits
     * @param mostReported how many findings and operations of patches the report may hold
     * @throws ReportTooLargeException if there are more
     */
    public Report run(String file, byte[] manifest, DocumentReader reader, int mostReported, String profile) {
        left = mostReported;
        return run(profile, each -> reader.read(file, manifest, each));
    }

    private Report run(String profile, Consumer<Consumer<ReadResult>> read) {
        int most = left;
        read.accept(this::inspect);
        if (tooLate) {
            settled = true;
            others = 0;
            left = most;
            workloads.clear();
            problems.clear();
            warnings.clear();
            denied.clear();
            read.accept(this::inspect);
        }
        return new Report(profile, workloads, others, problems, warnings);
    }

    private void inspect(ReadResult result) {
        work.check();
        if (result instanceof Document document) {
            document.warnings().forEach(warning -> add(warnings, warning.reported()));
            Optional<ManifestProblem> advice = document.advice();
            if (advice.isPresent()) {
                add(warnings, advice.get().reported());
            } else {
                document.objects().forEach(this::inspect);
            }
        } else if (result instanceof ManifestProblem problem) {
            add(problems, problem.reported());
        }
    }

    private void inspect(ManifestObject object) {
        try {
            Field root = Field.root(object.node());
            Optional<Workload> workload = kinds.find(root);
            if (workload.isPresent()) {
                List<Remark> rejected = RejectedValues.in(workload.get().pod());
                MisspeltFields.in(workload.get()).forEach(remark -> add(warnings, reported(object, remark)));
                evaluate(object, workload.get(), rejected.isEmpty());
                rejected.forEach(remark -> add(problems, reported(object, remark)));
            } else {
                Optional<Remark> template =
                        kinds.contains(root.get("apiVersion").textOrEmpty(), kindOf(root))
                                ? Optional.empty()
                                : UnknownTemplate.in(object.node());
                template.ifPresentOrElse(remark -> add(warnings, reported(object, remark)), () -> others++);
                if (!settled && isNamespace(root)) {
                    declare(root);
                }
            }
        } catch (MalformedWorkloadException e) {
            add(problems, problemAt(object, e));
        }
    }

    private void add(List<ReportedProblem> to, ReportedProblem problem) {
        count(1);
        to.add(problem);
    }

    private void count(int reported) {
        left -= reported;
        if (left < 0) {
            throw new ReportTooLargeException();
        }
    }

    private static boolean isNamespace(Field object) {
        return object.get("apiVersion").textOrEmpty().equals("v1")
                && kindOf(object).equals("Namespace");
    }

    private static String kindOf(Field object) {
        return object.get("kind").textOrEmpty();
    }

    private void declare(Field object) {
        Map<String, String> labels = new HashMap<>();
        Field metadata = object.get("metadata");
        metadata.get("labels").members().forEach(label -> labels.put(label.name(), label.textOrEmpty()));
        String name = metadata.get("name").textOrEmpty();
        Namespace namespace = new Namespace(name, labels);
        declared.put(name, namespace);
        if (!namespace.equals(used.getOrDefault(name, namespace))) {
            tooLate = true;
        }
    }

    /** @param creatable whether the API server would create it; else it is only reported where it is denied as well */
    private void evaluate(ManifestObject object, Workload workload, boolean creatable) {
        JsonNode given = object.node().deepCopy();
        String name = workload.namespace().orElse(defaultNamespace);
        Namespace known = namespaces.apply(name);
        Namespace namespace = declared.getOrDefault(name, known);
        used.put(name, namespace);
        ReportedWorkload reported = ReportedWorkload.of(evaluation.asManifest(workload, namespace), given, object);
        if (!creatable && reported.verdict() != Outcome.DENIED) {
            return;
        }
        count(reported.findings().size() + reported.patch().operations().size());
        workloads.add(reported);
        if (keepsDenied && reported.verdict() == Outcome.DENIED) {
            denied.add(denied(given, workload, namespace));
        }
    }

    private DeniedWorkload denied(JsonNode given, Workload workload, Namespace namespace) {
        String name = workload.object().get("metadata").get("name").textOrEmpty();
        DeniedWorkload.State state =
                with -> with.asManifest(kinds.find(Field.root(given.deepCopy())).orElseThrow(), namespace);
        return new DeniedWorkload(new DeniedWorkload.Id(namespace.name(), workload.kind(), name), List.of(state));
    }

    private static ReportedProblem problemAt(ManifestObject object, MalformedWorkloadException e) {
        return reported(object, new Remark(e.pointer(), e.getMessage() == null ? "malformed" : e.getMessage()));
    }

    private static ReportedProblem reported(ManifestObject object, Remark remark) {
        Position position = object.position(remark.pointer());
        return new ReportedProblem(object.document().file(), position.line(), position.column(), remark.message());
    }
}
