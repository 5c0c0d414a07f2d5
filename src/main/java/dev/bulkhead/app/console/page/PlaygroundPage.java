package dev.bulkhead.app.console.page;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.app.console.access.Viewer;
import dev.bulkhead.app.console.page.diff.ManifestChange;
import dev.bulkhead.app.console.page.diff.YamlDiff;
import dev.bulkhead.app.console.page.markup.Phrases;
import dev.bulkhead.app.console.page.markup.Sentence;
import dev.bulkhead.app.console.view.ConsoleData;
import dev.bulkhead.app.console.view.KnownNamespaces;
import dev.bulkhead.app.console.view.Seen;
import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.report.Report;
import dev.bulkhead.engine.report.ReportedFinding;
import dev.bulkhead.engine.report.ReportedProblem;
import dev.bulkhead.engine.report.ReportedWorkload;
import dev.bulkhead.engine.report.SourceLocation;
import dev.bulkhead.engine.rule.EvaluationTimeoutException;
import dev.bulkhead.engine.rule.Note;
import dev.bulkhead.engine.rule.WorkMeter;
import dev.bulkhead.engine.workload.WellKnownKinds;
import dev.bulkhead.manifest.Document;
import dev.bulkhead.manifest.DocumentReader;
import dev.bulkhead.manifest.ReadResult;
import dev.bulkhead.manifest.check.ManifestCheck;
import dev.bulkhead.manifest.check.ReportTooLargeException;
import dev.bulkhead.manifest.syntax.Limits;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Whether a manifest would pass. Nothing of it is stored. */
final class PlaygroundPage implements ConsolePages.Page {
    static final String MANIFEST = "manifest";
    private static final String PROFILE = "profile";
    private static final String NAMESPACE = "namespace";
    private static final Duration WITHIN = Duration.ofSeconds(5);
    private static final int MOST_BYTES = 256 << 10;
    private static final int MOST_REPORTED = 2_000;

    static final String EXAMPLE = """
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: web
            spec:
              selector:
                matchLabels: {app: web}
              template:
                metadata:
                  labels: {app: web}
                spec:
                  containers:
                  - name: web
                    image: nginxinc/nginx-unprivileged
                    securityContext:
                      privileged: true
            """;

    private final ConsoleData data;
    private final DocumentReader reader = new DocumentReader(new Limits(MOST_BYTES, 200, 200, 20_000, 2_000));

    PlaygroundPage(ConsoleData data) {
        this.data = data;
    }

    /** A value to choose. */
    record Choice(String value, String text, boolean chosen) {}

    /** What is found in a line, or somewhere near it. */
    record Found(int line, String action, String outcome, String rule, String message, String fix) {}

    /** A workload of the manifest. */
    record Checked(String name, String kind, String verdict, List<Found> findings, List<String> notes) {}

    /** A line of what was pasted. */
    record Line(int number, String text, String css) {}

    record Content(
            String manifest,
            List<Choice> profiles,
            List<Choice> namespaces,
            boolean checked,
            List<String> problems,
            List<String> warnings,
            List<Checked> workloads,
            List<Line> lines,
            List<YamlDiff.Line> hardened) {}

    /** What a person sent. */
    private record Sent(String manifest, String profile, String namespace) {
        static Sent of(PageRequest request) {
            return new Sent(field(request, MANIFEST), field(request, PROFILE), field(request, NAMESPACE));
        }

        private static String field(PageRequest request, String name) {
            return request.form().getOrDefault(name, List.of()).stream()
                    .findFirst()
                    // Browsers send the lines of a form with CRLF.
                    .map(text -> text.replace("\r\n", "\n").replace('\r', '\n'))
                    .orElse("");
        }
    }

    @Override
    public Optional<ConsolePages.Rendering> render(PageRequest request, Seen seen) {
        Sent sent = Sent.of(request);
        List<Choice> profiles = profiles(sent.profile());
        List<Choice> namespaces = namespaces(request.viewer(), sent.namespace());
        if (!request.form().containsKey(MANIFEST)) {
            return Optional.of(rendering(
                    Sentence.of("Paste a manifest, and see what would be denied, what filled in, and why."),
                    new Content(
                            EXAMPLE,
                            profiles,
                            namespaces,
                            false,
                            List.of(),
                            List.of(),
                            List.of(),
                            List.of(),
                            List.of())));
        }
        Report report = check(sent, request.viewer());
        return Optional.of(rendering(
                answer(report),
                new Content(
                        sent.manifest(),
                        profiles,
                        namespaces,
                        true,
                        sentences(report.problems()),
                        sentences(report.warnings()),
                        report.workloads().stream().map(PlaygroundPage::checked).toList(),
                        report.workloads().isEmpty() ? List.of() : lines(sent.manifest(), report),
                        report.workloads().isEmpty() ? List.of() : hardened(sent.manifest(), report))));
    }

    /** With the lines that they are about, as far as those are known. */
    private static List<String> sentences(List<ReportedProblem> problems) {
        return problems.stream()
                .map(problem -> (problem.line() > 0 ? "Line " + problem.line() + ": " : "") + problem.message())
                .toList();
    }

    private static ConsolePages.Rendering rendering(Sentence answer, Content content) {
        return new ConsolePages.Rendering("playground", "", "Playground", "Would this pass?", answer, content);
    }

    private static Sentence answer(Report report) {
        if (report.workloads().isEmpty()) {
            return Sentence.of(report.problems().isEmpty() ? "There is no workload in it." : "It cannot be evaluated.");
        }
        long denied = report.count(Outcome.DENIED);
        if (denied > 0) {
            return Sentence.of(
                    report.workloads().size() == 1
                            ? "No, it would be denied."
                            : Phrases.number(denied) + " of "
                                    + Phrases.counted(report.workloads().size(), "workload") + " would be denied.");
        }
        return Sentence.of(
                report.count(Outcome.HARDENED) > 0 ? "Yes, with safe values filled in." : "Yes, it passes as it is.");
    }

    private Report check(Sent sent, Viewer viewer) {
        byte[] manifest = sent.manifest().getBytes(StandardCharsets.UTF_8);
        Optional<Profile> profile = Profile.parse(sent.profile());
        String namespace = sent.namespace().isBlank() ? "default" : sent.namespace();
        long end = System.nanoTime() + WITHIN.toNanos();
        ManifestCheck check = new ManifestCheck(
                WellKnownKinds.besides(data.kinds()),
                profile.map(PolicySet::pinned).orElseGet(() -> data.policies().policies()),
                data.cluster(),
                data.now(),
                namespace,
                KnownNamespaces.in(data, profile.isPresent() ? Optional.empty() : Optional.of(viewer)),
                WorkMeter.until(() -> System.nanoTime() - end > 0));
        try {
            return check.run(MANIFEST, manifest, reader, MOST_REPORTED, sent.profile());
        } catch (KnownNamespaces.UnseenException e) {
            return problem("you may not list pods in the namespace " + e.namespace()
                    + ", so choose a profile, or another namespace");
        } catch (ReportTooLargeException e) {
            return problem("there are more than " + MOST_REPORTED + " findings and edits: paste fewer objects at once");
        } catch (EvaluationTimeoutException e) {
            return problem("it took too long: paste fewer objects at once");
        }
    }

    private static Report problem(String message) {
        return new Report("", List.of(), 0, List.of(new ReportedProblem(MANIFEST, 0, 0, message)));
    }

    private static Checked checked(ReportedWorkload workload) {
        return new Checked(
                workload.name(),
                workload.kind(),
                workload.verdict().label(),
                workload.findings().stream()
                        .map(finding -> new Found(
                                finding.line().orElse(0),
                                finding.action().label(),
                                Seen.outcomeOf(finding.action()),
                                finding.rule().id(),
                                finding.message(),
                                finding.fix()))
                        .toList(),
                workload.notes().stream().map(Note::message).toList());
    }

    /** A line is marked by the strictest finding in it. */
    private static List<Line> lines(String manifest, Report report) {
        Map<Integer, ReportedFinding> worst = new TreeMap<>();
        for (ReportedWorkload workload : report.workloads()) {
            for (ReportedFinding finding : workload.findings()) {
                if (finding.line().isPresent()) {
                    worst.merge(
                            finding.line().getAsInt(),
                            finding,
                            (one, other) -> other.action().isStricterThan(one.action()) ? other : one);
                }
            }
        }
        List<Line> lines = new ArrayList<>();
        int number = 0;
        for (String text : manifest.lines().toList()) {
            number++;
            lines.add(new Line(
                    number,
                    text,
                    Optional.ofNullable(worst.get(number))
                            .map(finding -> finding.action().label())
                            .orElse("")));
        }
        return lines;
    }

    private List<YamlDiff.Line> hardened(String manifest, Report report) {
        Map<Integer, List<ReportedWorkload>> byDocument = new TreeMap<>();
        report.workloads()
                .forEach(workload -> byDocument
                        .computeIfAbsent(
                                workload.location()
                                        .map(SourceLocation::document)
                                        .orElse(0),
                                key -> new ArrayList<>())
                        .add(workload));
        List<YamlDiff.Line> lines = new ArrayList<>();
        for (ReadResult result : reader.read(MANIFEST, manifest.getBytes(StandardCharsets.UTF_8))) {
            if (result instanceof Document document && byDocument.containsKey(document.index())) {
                ObjectNode given = document.root();
                JsonNode changed = given;
                for (ReportedWorkload workload : byDocument.getOrDefault(document.index(), List.of())) {
                    changed = ManifestChange.of(changed, workload);
                }
                if (!lines.isEmpty()) {
                    lines.add(new YamlDiff.Line(" ", "same", "---"));
                }
                lines.addAll(YamlDiff.whole(given, changed));
            }
        }
        return lines;
    }

    private static List<Choice> profiles(String chosen) {
        List<Choice> choices = new ArrayList<>();
        choices.add(new Choice("", "the policies in force in the namespace", chosen.isEmpty()));
        for (Profile.Kind kind : Profile.Kind.values()) {
            choices.add(new Choice(kind.label(), kind.label(), kind.label().equals(chosen)));
        }
        return choices;
    }

    private List<Choice> namespaces(Viewer viewer, String chosen) {
        return data.namespaces().stream()
                .map(Namespace::name)
                .filter(viewer::sees)
                .sorted()
                .map(name -> new Choice(name, name, name.equals(chosen)))
                .toList();
    }
}
