package dev.bulkhead.app.console.page;

import dev.bulkhead.app.cluster.scan.WorkloadId;
import dev.bulkhead.app.cluster.scan.preview.PreviewQuery;
import dev.bulkhead.app.cluster.scan.preview.PreviewRefusedException;
import dev.bulkhead.app.console.page.diff.YamlText;
import dev.bulkhead.app.console.page.markup.Address;
import dev.bulkhead.app.console.page.markup.Phrases;
import dev.bulkhead.app.console.page.markup.Sentence;
import dev.bulkhead.app.console.view.ConsoleData;
import dev.bulkhead.app.console.view.Seen;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.preview.Preview;
import dev.bulkhead.engine.preview.PreviewOutcome;
import dev.bulkhead.engine.preview.PreviewedWorkload;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.Starts;
import dev.bulkhead.engine.text.SafeText;
import dev.bulkhead.manifest.ExemptionDocuments;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What would happen if something were enforced. */
final class PreviewPage implements ConsolePages.Page {
    private static final String PROFILE = PreviewChoice.PROFILE;
    private static final String NAMESPACE = PreviewChoice.NAMESPACE;
    private static final String LABEL = PreviewChoice.LABEL;
    private static final String POLICIES = PreviewChoice.POLICIES;

    private static final int MOST = 200;
    private static final int REASONS = 3;

    private final ConsoleData data;

    PreviewPage(ConsoleData data) {
        this.data = data;
    }

    /** A value to choose. */
    record Choice(String value, String text, boolean chosen) {}

    /**
     * One of the four numbers.
     *
     * @param exempt how many of them would be denied without an exemption
     */
    record Count(String outcome, String label, long count, long exempt, int share, int before) {}

    /**
     * A workload and why it has its outcome.
     *
     * @param exempt whether it would be denied without an exemption
     */
    record Entry(
            String name,
            String kind,
            String namespace,
            String href,
            String owner,
            List<String> reasons,
            int moreReasons,
            String starts,
            boolean exempt) {}

    /** The workloads of an outcome. */
    record Section(String outcome, String title, String sentence, List<Entry> entries, int more) {
        /** Whether there is anything to say of why. */
        public boolean explained() {
            return entries.stream().anyMatch(entry -> !entry.reasons().isEmpty());
        }
    }

    record Content(
            List<Choice> profiles,
            List<Choice> namespaces,
            String label,
            boolean made,
            String problem,
            List<Count> numbers,
            List<Section> sections,
            List<String> remarks,
            String excluded,
            String exemptions,
            String policy) {}

    @Override
    public Optional<ConsolePages.Rendering> render(PageRequest request, Seen seen) {
        Optional<PreviewQuery> query = PreviewChoice.query(request);
        List<Choice> profiles = profiles(request);
        List<Choice> namespaces = namespaces(request, seen);
        String label = request.parameter(LABEL).orElse("");
        if (!label.isEmpty() && PreviewChoice.label(request).isEmpty()) {
            return Optional.of(rendering(
                    Sentence.of("There is no preview of that."),
                    empty(profiles, namespaces, label, "A label is written as key=value.")));
        }
        Optional<String> profile = request.parameter(PROFILE);
        if (query.isEmpty() && profile.isPresent()) {
            return Optional.of(rendering(
                    Sentence.of("There is no preview of that."),
                    empty(
                            profiles,
                            namespaces,
                            label,
                            "There is no profile " + SafeText.line(profile.get()) + ". Expected "
                                    + PreviewChoice.EXPECTED + " for the policies of the cluster, all enforced.")));
        }
        if (query.isEmpty()) {
            return Optional.of(rendering(
                    Sentence.of("Choose a profile, and see what enforcing it would refuse or break."),
                    empty(profiles, namespaces, label, "")));
        }
        try {
            Preview preview = data.preview(query.get());
            return Optional.of(rendering(answer(preview), content(request, preview, profiles, namespaces)));
        } catch (PreviewRefusedException e) {
            return Optional.of(rendering(
                    Sentence.of("There is no preview of that."),
                    empty(profiles, namespaces, label, Phrases.capitalized(String.valueOf(e.getMessage())) + ".")));
        }
    }

    private static ConsolePages.Rendering rendering(Sentence answer, Content content) {
        return new ConsolePages.Rendering(
                "preview", "", "Preview", "What happens if I enforce this here?", answer, content);
    }

    private static Content empty(List<Choice> profiles, List<Choice> namespaces, String label, String problem) {
        return new Content(profiles, namespaces, label, false, problem, List.of(), List.of(), List.of(), "", "", "");
    }

    /** The exemptions as a file; empty where nothing to preview was chosen. */
    Optional<PageAnswer> exemptions(PageRequest request) {
        return PreviewChoice.query(request).map(query -> {
            try {
                return PageAnswer.yaml("exemptions.yaml", ExemptionDocuments.write(data.exemptions(query)));
            } catch (PreviewRefusedException e) {
                return new PageAnswer(
                        503,
                        "text/plain; charset=utf-8",
                        Optional.empty(),
                        Phrases.capitalized(String.valueOf(e.getMessage())) + ".\n");
            }
        });
    }

    /** The policy as a file; empty where no profile was chosen. */
    Optional<PageAnswer> policy(PageRequest request) {
        Optional<Set<String>> namespaces = PreviewChoice.namespaces(request);
        return request.parameter(PROFILE)
                .flatMap(Profile::parse)
                .filter(profile -> request.parameter(LABEL).isEmpty())
                .filter(profile -> namespaces.filter(Set::isEmpty).isEmpty())
                .map(profile -> PageAnswer.yaml("policy.yaml", policy(profile, namespaces)));
    }

    /** For all namespaces only where all were previewed. */
    private static String policy(Profile profile, Optional<Set<String>> namespaces) {
        String match = namespaces.isEmpty()
                ? "  match: {}\n"
                : "  match:\n    namespaceSelector:\n      matchExpressions:\n"
                        + "        - key: kubernetes.io/metadata.name\n          operator: In\n          values:\n"
                        + String.join(
                                "",
                                namespaces.get().stream()
                                        .sorted()
                                        .map(name -> "            - " + YamlText.scalar(name) + "\n")
                                        .toList());
        return "apiVersion: bulkhead.dev/v1alpha1\nkind: LeastPrivilegePolicy\nmetadata:\n  name: "
                + profile.kind().label() + "\nspec:\n" + match + "  profile: " + YamlText.scalar(profile.toString())
                + "\n  mode: enforce\n";
    }

    private static List<Choice> profiles(PageRequest request) {
        String chosen = request.parameter(PROFILE)
                .map(name -> name.equals(PreviewChoice.ENFORCE) ? POLICIES : name)
                .orElse("restricted");
        List<Choice> choices = new ArrayList<>();
        choices.add(new Choice(POLICIES, "the policies of the cluster, all enforced", chosen.equals(POLICIES)));
        boolean known = chosen.equals(POLICIES);
        for (Profile.Kind kind : Profile.Kind.values()) {
            choices.add(new Choice(kind.label(), kind.label(), kind.label().equals(chosen)));
            known |= kind.label().equals(chosen);
        }
        if (!known) {
            choices.add(new Choice(chosen, chosen, true));
        }
        return choices;
    }

    private static List<Choice> namespaces(PageRequest request, Seen seen) {
        Set<String> chosen = PreviewChoice.chosen(request);
        Set<String> all = new TreeSet<>(seen.namespaces());
        all.addAll(chosen);
        return all.stream()
                .map(name -> new Choice(name, name, chosen.contains(name)))
                .toList();
    }

    private static Sentence answer(Preview preview) {
        int all = preview.workloads().size();
        if (all == 0) {
            return Sentence.of("Nothing runs there.");
        }
        long denied = preview.count(PreviewOutcome.DENIED);
        long risky = preview.count(PreviewOutcome.AT_RISK);
        if (denied == 0 && risky == 0) {
            return Sentence.of(
                    "All " + Phrases.counted(all, "workload") + " keep running with " + preview.name() + ".");
        }
        return Sentence.of("Of " + Phrases.counted(all, "workload") + ", " + Phrases.number(denied)
                + " would be denied and " + Phrases.number(risky) + " might not start with " + preview.name() + ".");
    }

    private static Content content(
            PageRequest request, Preview preview, List<Choice> profiles, List<Choice> namespaces) {
        Address query = new Address("", List.of());
        for (String name : List.of(PROFILE, LABEL, NAMESPACE)) {
            for (String value : request.query().getOrDefault(name, List.of())) {
                if (!value.isBlank()) {
                    query = query.with(name, value);
                }
            }
        }
        boolean profile = PreviewChoice.label(request).isEmpty()
                && request.parameter(PROFILE).flatMap(Profile::parse).isPresent();
        return new Content(
                profiles,
                namespaces,
                request.parameter(LABEL).orElse(""),
                true,
                "",
                numbers(preview),
                Arrays.stream(PreviewOutcome.values())
                        .sorted(Comparator.reverseOrder())
                        .map(outcome -> section(preview, outcome))
                        .filter(section -> !section.entries().isEmpty())
                        .toList(),
                preview.remarks(),
                preview.excluded() == 0
                        ? ""
                        : Phrases.counted(preview.excluded(), "workload") + " in namespaces that admission does not"
                                + " evaluate are not counted.",
                preview.count(PreviewOutcome.DENIED) == 0
                        ? ""
                        : new Address("/preview/exemptions.yaml", query.parameters()).toString(),
                profile ? new Address("/preview/policy.yaml", query.parameters()).toString() : "");
    }

    private static List<Count> numbers(Preview preview) {
        List<Count> numbers = new ArrayList<>();
        int before = 0;
        long counted = 0;
        for (PreviewOutcome outcome : PreviewOutcome.values()) {
            long count = preview.count(outcome);
            counted += count;
            long exempt = preview.workloads().stream()
                    .filter(workload -> workload.outcome() == outcome && isExempt(workload))
                    .count();
            int share = preview.workloads().isEmpty()
                    ? 0
                    : (int) (counted * 100 / preview.workloads().size()) - before;
            numbers.add(new Count(outcome.label(), label(outcome), count, exempt, share, before));
            before += share;
        }
        return numbers;
    }

    private static boolean isExempt(PreviewedWorkload workload) {
        return workload.outcome() != PreviewOutcome.DENIED
                && workload.report().excused().stream().anyMatch(finding -> finding.action() == Action.DENY);
    }

    private static String label(PreviewOutcome outcome) {
        return switch (outcome) {
            case PASSES -> "pass";
            case HARDENED -> "hardened";
            case AT_RISK -> "hardened, may break";
            case DENIED -> "denied";
        };
    }

    private static Section section(Preview preview, PreviewOutcome outcome) {
        List<Entry> entries = new ArrayList<>();
        for (Preview.Group group : preview.groups(outcome)) {
            for (PreviewedWorkload workload : group.workloads()) {
                entries.add(entry(workload));
            }
        }
        String sentence = switch (outcome) {
            case PASSES -> "Admitted as they are.";
            case HARDENED -> "Admitted with what is missing filled in; nothing that is known keeps them from starting.";
            case AT_RISK -> "Admitted with what is missing filled in, but they may not start with it, or do not.";
            case DENIED -> "Not created again until they change, or are exempt.";
        };
        return new Section(
                outcome.label(),
                Phrases.capitalized(label(outcome)) + ": " + Phrases.number(entries.size()),
                sentence,
                entries.stream().limit(MOST).toList(),
                Math.max(0, entries.size() - MOST));
    }

    private static Entry entry(PreviewedWorkload workload) {
        var report = workload.report();
        List<String> reasons = workload.outcome() == PreviewOutcome.DENIED
                ? report.leadingTo(Action.DENY).stream()
                        .map(finding -> finding.message())
                        .distinct()
                        .toList()
                : workload.evidence().stream()
                        .filter(evidence ->
                                evidence.starts() != Starts.YES || workload.outcome() == PreviewOutcome.HARDENED)
                        .map(evidence -> evidence.sentence())
                        .distinct()
                        .toList();
        String starts = workload.outcome() == PreviewOutcome.AT_RISK
                ? (workload.starts() == Starts.NO ? "will not start" : "may not start")
                : "";
        return new Entry(
                report.name(),
                report.kind(),
                report.namespace(),
                Seen.addressOf(new WorkloadId(report.namespace(), report.apiVersion(), report.kind(), report.name()))
                        .toString(),
                workload.owner().orElse(""),
                reasons.stream().limit(REASONS).toList(),
                Math.max(0, reasons.size() - REASONS),
                starts,
                isExempt(workload));
    }
}
