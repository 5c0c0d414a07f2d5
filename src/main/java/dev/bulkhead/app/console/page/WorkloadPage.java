package dev.bulkhead.app.console.page;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.console.page.diff.ManifestChange;
import dev.bulkhead.app.console.page.diff.YamlDiff;
import dev.bulkhead.app.console.page.markup.Address;
import dev.bulkhead.app.console.page.markup.Moment;
import dev.bulkhead.app.console.page.markup.Phrases;
import dev.bulkhead.app.console.page.markup.Sentence;
import dev.bulkhead.app.console.view.ConsoleData;
import dev.bulkhead.app.console.view.HullMarks;
import dev.bulkhead.app.console.view.Seen;
import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.engine.proposal.Proposal;
import dev.bulkhead.engine.reach.Escape;
import dev.bulkhead.engine.reach.Neighbours;
import dev.bulkhead.engine.reach.Reached;
import dev.bulkhead.engine.report.ReportedFinding;
import dev.bulkhead.engine.report.ReportedWorkload;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.Layer;
import dev.bulkhead.engine.rule.Note;
import dev.bulkhead.engine.rule.StandardControl;
import dev.bulkhead.engine.rule.Starts;
import dev.bulkhead.manifest.ExemptionDocuments;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What one workload can reach, what it lacks, and what to change. */
final class WorkloadPage implements ConsolePages.Page {
    private static final Map<Reached.Kind, String> WORDS = Map.of(
            Reached.Kind.HOST_PATH, "path of the node",
            Reached.Kind.NAMESPACE, "namespace of the node",
            Reached.Kind.API_TOKEN, "API token",
            Reached.Kind.API_RIGHT, "right in the API");

    private final ConsoleData data;
    private final String namespace;
    private final String kind;
    private final String name;

    WorkloadPage(ConsoleData data, String namespace, String kind, String name) {
        this.data = data;
        this.namespace = namespace;
        this.kind = kind;
        this.name = name;
    }

    /** A finding with what a person needs to judge it. */
    record Found(
            String rule,
            String title,
            String why,
            String severity,
            String action,
            String outcome,
            String container,
            String path,
            String message,
            String fix,
            String exemption,
            String notHardened,
            String help,
            List<Reference> standards) {}

    /** A recommendation of a standard. */
    record Reference(String text, String title, String href) {}

    /** A layer with what is found of it. */
    record LayerSection(String layer, String meaning, String state, String sentence, List<Found> findings) {
        /** How many of the findings are denied. */
        public long denied() {
            return findings.stream()
                    .filter(found -> found.action().equals("deny"))
                    .count();
        }
    }

    /**
     * Something that a compromise reaches.
     *
     * @param out where it leads out to; empty if nowhere
     */
    record Within(String kind, String severity, String container, String message, String out) {}

    /** What a person should know besides. */
    record Known(String message, String source, String starts) {}

    record Content(
            String namespace,
            String kind,
            String name,
            String namespaceHref,
            String verdict,
            String starts,
            WorkloadPods pods,
            Optional<Moment> since,
            HullMarks hull,
            List<LayerSection> layers,
            List<Within> reach,
            int reachOmitted,
            boolean rightsKnown,
            String target,
            List<String> steps,
            String neighbours,
            List<Known> notes,
            List<YamlDiff.Line> diff,
            List<String> byHand,
            String exemption,
            String objection,
            long omitted) {}

    @Override
    public Optional<ConsolePages.Rendering> render(PageRequest request, Seen seen) {
        return seen.find(namespace, kind, name, request.parameter(Seen.GROUP))
                .map(row -> new ConsolePages.Rendering(
                        "workload",
                        "",
                        kind + " " + name,
                        "What can it reach, what is missing, what do I change?",
                        answer(row),
                        content(row)));
    }

    private Sentence answer(Seen.Row row) {
        ReportedWorkload report = row.workload().report();
        int open = row.hull().open().size();
        String layers = open == 0
                ? "Every layer holds."
                : Phrases.counted(open, "layer") + " of its hull " + (open == 1 ? "is" : "are") + " open.";
        if (!report.evaluated()) {
            return Sentence.of("No policy is for " + name + ".");
        }
        String out = row.escape()
                .map(way -> "A compromise of it leads to " + way.to().description() + ". ")
                .orElse("");
        return switch (report.verdict()) {
            case DENIED -> Sentence.of(name + " would be denied today. " + out + layers);
            case HARDENED ->
                Sentence.of(
                        switch (report.starts()) {
                            case YES -> name + " is admitted, with safe values filled in. " + out + layers;
                            case UNKNOWN ->
                                name + " is admitted, with safe values filled in; it may not start then. " + out
                                        + layers;
                            case NO ->
                                name + " is admitted, but does not start with what is filled in. " + out + layers;
                        });
            case WARNED -> Sentence.of(name + " is admitted, with warnings. " + out + layers);
            case PASSED -> Sentence.of(name + " passes as it is. " + out + layers);
        };
    }

    private Content content(Seen.Row row) {
        ReportedWorkload report = row.workload().report();
        Instant now = data.now();
        Optional<Proposal> proposal =
                row.verdict() == Outcome.DENIED ? data.exemption(row.workload()) : Optional.empty();
        return new Content(
                namespace,
                kind,
                name,
                Address.of("workloads")
                        .with(WorkloadFilter.NAMESPACE, namespace)
                        .toString(),
                report.verdict().label(),
                report.starts() == Starts.YES ? "" : report.starts().label(),
                WorkloadPods.of(row, data),
                data.trend().since(row.id()).map(since -> Moment.of(since, now)),
                row.hull(),
                layers(row),
                row.workload().reach().items().stream()
                        .map(WorkloadPage::within)
                        .toList(),
                row.workload().reach().omitted(),
                row.workload().reach().rightsKnown(),
                row.escape().map(way -> way.to().description()).orElse(""),
                row.escape().map(Escape::steps).orElse(List.of()),
                row.workload().neighbours().map(WorkloadPage::sentence).orElse(""),
                report.notes().stream().map(WorkloadPage::known).toList(),
                diff(row),
                byHand(report),
                proposal.filter(found -> !found.exemptions().isEmpty())
                        .map(found -> ExemptionDocuments.write(List.of(found)))
                        .orElse(""),
                proposal.flatMap(Proposal::objection).orElse(""),
                report.omitted().stream().mapToLong(omitted -> omitted.count()).sum());
    }

    /** Those in which most is denied first. */
    private List<LayerSection> layers(Seen.Row row) {
        List<LayerSection> layers = new ArrayList<>();
        for (Layer layer : Layer.values()) {
            List<Found> findings = row.workload().report().findings().stream()
                    .filter(finding -> finding.rule().layer() == layer)
                    .sorted(Comparator.comparing(ReportedFinding::action).reversed())
                    .map(this::found)
                    .toList();
            HullMarks.State state = row.hull().of(layer);
            layers.add(new LayerSection(
                    layer.label(), HullMarks.meaning(layer), state.label(), state.sentence(), findings));
        }
        layers.sort(Comparator.comparingLong(LayerSection::denied)
                .thenComparing(layer -> layer.state().equals("open"))
                .reversed());
        return layers;
    }

    private Found found(ReportedFinding finding) {
        return new Found(
                finding.rule().id(),
                finding.rule().title(),
                finding.rule().summary(),
                finding.rule().severity().label(),
                finding.exemption().isPresent() ? "excused" : finding.action().label(),
                finding.exemption().isPresent() ? "excused" : Seen.outcomeOf(finding.action()),
                finding.container().orElse(""),
                finding.path(),
                finding.message(),
                finding.fix(),
                finding.exemption().orElse(""),
                finding.notHardenedReason().orElse(""),
                data.helpOf(finding.rule()),
                finding.rule().standards().stream().map(WorkloadPage::reference).toList());
    }

    private static Reference reference(StandardControl control) {
        return new Reference(
                control.standard().abbreviation() + (control.id().isEmpty() ? "" : " " + control.id()),
                control.standard().label() + ": " + control.name(),
                control.url());
    }

    /** Only what it shares is said of the workload itself; the rest is about its pods. */
    static String sentence(Neighbours neighbours) {
        return neighbours.sharesKernel() && neighbours.nodes() > 0
                ? "It " + neighbours.message() + "."
                : Phrases.capitalized(neighbours.message()) + ".";
    }

    private static Within within(Reached reached) {
        return new Within(
                WORDS.getOrDefault(reached.kind(), reached.kind().label()),
                reached.severity().label(),
                reached.container().orElse(""),
                reached.message(),
                reached.escape().map(way -> way.to().description()).orElse(""));
    }

    private static Known known(Note note) {
        return new Known(note.message(), note.source(), note.starts().label());
    }

    private List<YamlDiff.Line> diff(Seen.Row row) {
        Optional<JsonNode> manifest = data.manifest(row.id());
        return manifest.map(given -> YamlDiff.of(
                        given, ManifestChange.of(given, row.workload().report())))
                .orElse(List.of());
    }

    /** What no edit can put right. */
    private static List<String> byHand(ReportedWorkload report) {
        return report.leadingTo(Action.DENY).stream()
                .filter(finding -> finding.edits().isEmpty())
                .map(finding -> Phrases.capitalized(finding.message()) + ": " + finding.fix())
                .distinct()
                .toList();
    }
}
