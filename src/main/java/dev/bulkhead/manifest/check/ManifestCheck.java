package dev.bulkhead.manifest.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.engine.edit.EditScript;
import dev.bulkhead.engine.edit.JsonPatch;
import dev.bulkhead.engine.edit.Operation;
import dev.bulkhead.engine.evaluation.EvaluatedFinding;
import dev.bulkhead.engine.evaluation.EvaluatedWorkload;
import dev.bulkhead.engine.evaluation.FindingList;
import dev.bulkhead.engine.evaluation.Verdict;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.Remedy;
import dev.bulkhead.engine.rule.RuleContext;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.MalformedWorkloadException;
import dev.bulkhead.engine.workload.Workload;
import dev.bulkhead.engine.workload.WorkloadKinds;
import dev.bulkhead.manifest.Document;
import dev.bulkhead.manifest.ManifestFiles;
import dev.bulkhead.manifest.ManifestObject;
import dev.bulkhead.manifest.ManifestProblem;
import dev.bulkhead.manifest.syntax.Position;
import java.io.ByteArrayInputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Judges manifests as the gate would judge them on their way into a cluster.
 *
 * <p>One document is in memory at a time. The labels of namespaces count wherever in the input these stand: when one
 * comes after workloads that were judged without it, everything is judged once more.
 */
public final class ManifestCheck {
    private final WorkloadKinds kinds;
    private final WorkloadEvaluation evaluation;
    private final String defaultNamespace;

    private final Map<String, Namespace> declared = new HashMap<>();
    private final Map<String, Namespace> used = new HashMap<>();
    private final List<CheckReport.Entry> entries = new ArrayList<>();
    private final List<ManifestProblem> errors = new ArrayList<>();
    private boolean settled;
    private boolean tooLate;
    private int others;

    public ManifestCheck(
            WorkloadKinds kinds,
            PolicySet policies,
            ClusterCapabilities cluster,
            Instant now,
            String defaultNamespace) {
        this.kinds = kinds;
        this.evaluation = new WorkloadEvaluation(policies, cluster, now);
        this.defaultNamespace = defaultNamespace;
    }

    /**
     * Judges everything in the files.
     *
     * @param standardInput what the file named {@code -} holds
     * @param reached is told the file of each document
     */
    public CheckReport run(ManifestFiles files, byte[] standardInput, String profile, Consumer<String> reached) {
        read(files, standardInput, reached);
        if (tooLate) {
            settled = true;
            others = 0;
            entries.clear();
            errors.clear();
            read(files, standardInput, reached);
        }
        return new CheckReport(profile, entries, others, errors);
    }

    private void read(ManifestFiles files, byte[] standardInput, Consumer<String> reached) {
        files.forEach(new ByteArrayInputStream(standardInput), result -> {
            reached.accept(result.fold(Document::file, ManifestProblem::file));
            if (result instanceof Document document) {
                document.objects().forEach(this::inspect);
            } else if (result instanceof ManifestProblem problem) {
                errors.add(problem);
            }
        });
    }

    private void inspect(ManifestObject object) {
        try {
            Field root = Field.root(object.node());
            Optional<Workload> workload = kinds.find(root);
            if (workload.isPresent()) {
                judge(object, workload.get());
            } else {
                others++;
                if (!settled && isNamespace(root)) {
                    declare(root);
                }
            }
        } catch (MalformedWorkloadException e) {
            errors.add(problemAt(object, e));
        }
    }

    private static boolean isNamespace(Field object) {
        return object.get("apiVersion").textOrEmpty().equals("v1")
                && object.get("kind").textOrEmpty().equals("Namespace");
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

    private void judge(ManifestObject object, Workload workload) {
        JsonNode given = object.node().deepCopy();
        String name = workload.namespace().orElse(defaultNamespace);
        Namespace namespace = declared.getOrDefault(name, Namespace.named(name));
        used.put(name, namespace);
        EvaluatedWorkload evaluated = evaluation.asManifest(workload, namespace);
        Verdict verdict = evaluated.verdict();
        FindingList listing = verdict.listing();
        List<CheckReport.Line> findings = listing.findings().stream()
                .map(judged -> line(object, given, judged, evaluated.context()))
                .toList();
        Document document = object.document();
        entries.add(new CheckReport.Entry(
                document.file(),
                document.index(),
                object.position("").line(),
                workload.apiVersion(),
                workload.kind(),
                name,
                workload.name(),
                workload.isPod(),
                !evaluated.rules().policies().isEmpty(),
                verdict.outcome(),
                findings,
                placed(verdict.patch(), object.prefix()),
                verdict.notes(),
                listing.omitted()));
    }

    private static CheckReport.Line line(
            ManifestObject object, JsonNode given, EvaluatedFinding judged, RuleContext context) {
        Finding finding = judged.finding();
        Remedy remedy = finding.remedy();
        List<Operation> edits =
                EditScript.of(remedy.edits().in(context)).onto(given).operations();
        String pointer = finding.place().pointer();
        return new CheckReport.Line(
                finding.rule().id(),
                finding.rule().layer().label(),
                judged.action(),
                finding.subject().asContainer().map(container -> container.name()),
                object.prefix() + pointer,
                object.position(pointer).line(),
                finding.message(),
                judged.exemption(),
                finding.value(),
                remedy.text(),
                edits.stream().map(edit -> edit.below(object.prefix())).toList(),
                judged.left());
    }

    private static JsonPatch placed(JsonPatch patch, String prefix) {
        return prefix.isEmpty()
                ? patch
                : new JsonPatch(patch.operations().stream()
                        .map(add -> add.below(prefix))
                        .toList());
    }

    private static ManifestProblem problemAt(ManifestObject object, MalformedWorkloadException e) {
        Position position = object.position(e.pointer());
        String message = e.getMessage() == null ? "malformed" : e.getMessage();
        return new ManifestProblem(object.document().file(), position.line(), position.column(), message);
    }
}
