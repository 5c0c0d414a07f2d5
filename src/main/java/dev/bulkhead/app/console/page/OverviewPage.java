package dev.bulkhead.app.console.page;

import dev.bulkhead.app.cluster.doctor.Answer;
import dev.bulkhead.app.cluster.doctor.Diagnosis;
import dev.bulkhead.app.cluster.doctor.State;
import dev.bulkhead.app.cluster.doctor.WebhookHealth;
import dev.bulkhead.app.cluster.refusal.Refusal;
import dev.bulkhead.app.cluster.watch.PolicySnapshot;
import dev.bulkhead.app.console.page.markup.Address;
import dev.bulkhead.app.console.page.markup.Moment;
import dev.bulkhead.app.console.page.markup.Phrases;
import dev.bulkhead.app.console.page.markup.Sentence;
import dev.bulkhead.app.console.page.trend.Trend;
import dev.bulkhead.app.console.view.ConsoleData;
import dev.bulkhead.app.console.view.Seen;
import dev.bulkhead.engine.policy.Exemption;
import dev.bulkhead.engine.reach.Escape;
import dev.bulkhead.engine.rule.Layer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How well the workloads are contained. */
final class OverviewPage implements ConsolePages.Page {
    private static final Duration SOON = Duration.ofDays(14);
    private static final int WORST = 10;
    private static final int NAMESPACES = 15;

    private final ConsoleData data;

    OverviewPage(ConsoleData data) {
        this.data = data;
    }

    /** A workload among the worst. */
    record Worst(
            String name,
            String kind,
            String namespace,
            String href,
            String verdict,
            String target,
            List<String> steps,
            String why) {}

    /**
     * Who was refused, and how often.
     *
     * @param who empty for those of whom no user is recorded
     */
    record Refused(String who, long times, String href) {}

    /**
     * What is known of the webhook itself.
     *
     * @param remedy what to do; empty where there is nothing to do
     */
    record WebhookFact(String about, String state, String text, String remedy) {}

    /** An exemption that ends soon. */
    record Expiring(String name, String owner, Moment expires) {}

    /** A sample of the trend. */
    record TrendRow(Moment at, int denied, int workloads) {}

    record Overview(
            List<HullPicture.Compartment> hull,
            List<String> layers,
            List<HullPicture.Row> namespaces,
            String allNamespaces,
            List<Worst> worst,
            String leftOut,
            List<Expiring> expiring,
            List<TrendRow> trend,
            String trendPoints,
            List<Refused> refused,
            boolean knowsRefusals,
            List<WebhookFact> webhook,
            Sentence policies,
            List<String> limits) {}

    @Override
    public Optional<ConsolePages.Rendering> render(PageRequest request, Seen seen) {
        List<Seen.Row> rows = seen.rows();
        List<HullPicture.Row> namespaces = HullPicture.byNamespace(rows);
        boolean all = request.parameter("namespaces").isPresent();
        Instant now = data.now();
        Set<String> excluded = data.excludedNamespaces();
        List<Refusal> refusals = data.refusals().orElse(List.of()).stream()
                .filter(refusal -> request.viewer().sees(refusal.namespace()))
                .toList();
        List<Trend.Point> trend = data.trend().points(request.viewer()::sees);
        Overview overview = new Overview(
                HullPicture.of(rows),
                Arrays.stream(Layer.values()).map(Layer::label).toList(),
                all ? namespaces : namespaces.stream().limit(NAMESPACES).toList(),
                all || namespaces.size() <= NAMESPACES ? "" : "All " + Phrases.counted(namespaces.size(), "namespace"),
                rows.stream()
                        .filter(row -> !excluded.contains(row.id().namespace()))
                        .filter(row -> row.worst().isPresent() || row.escape().isPresent())
                        .limit(WORST)
                        .map(OverviewPage::worst)
                        .toList(),
                leftOut(rows, excluded),
                expiring(request),
                trend(trend, now),
                points(trend, now),
                refused(refusals),
                data.refusals().isPresent(),
                webhook(request),
                policies(request),
                data.limits());
        return Optional.of(new ConsolePages.Rendering(
                "overview", "", "Overview", "How well are we contained?", answer(seen), overview));
    }

    private static Sentence answer(Seen seen) {
        long all = seen.rows().size();
        if (all == 0) {
            return Sentence.of("Nothing runs in the namespaces that you see.");
        }
        long holding = seen.rows().stream()
                .filter(row -> row.workload().hull().holdsAllDemanded())
                .count();
        Address list = Address.of("workloads");
        Sentence answer = (holding == all ? Sentence.of("All ") : Sentence.of(Phrases.number(holding) + " of "))
                .and(Phrases.counted(all, "workload"), list)
                .and(" hold every layer that their policies demand.");
        answer = alsoReaching(answer, seen, Escape.Target.CLUSTER, " can become cluster-admin");
        answer = alsoReaching(answer, seen, Escape.Target.NODE, " can become root on the node");
        long denied = seen.denied();
        return denied == 0
                ? answer
                : answer.and(" ")
                        .andDanger(Phrases.number(denied), list.with(WorkloadFilter.VERDICT, "denied"))
                        .and(" would be denied today.");
    }

    private static Sentence alsoReaching(Sentence answer, Seen seen, Escape.Target target, String what) {
        long reaching = seen.rows().stream()
                .filter(row -> row.workload().reach().escapeTo(target).isPresent())
                .count();
        return reaching == 0
                ? answer
                : answer.and(" ")
                        .andDanger(
                                Phrases.number(reaching),
                                Address.of("workloads").with(WorkloadFilter.REACH, target.label()))
                        .and(what + ".");
    }

    /** What is not among the worst because no policy can change it. */
    private static String leftOut(List<Seen.Row> rows, Set<String> excluded) {
        List<Seen.Row> out = rows.stream()
                .filter(row ->
                        excluded.contains(row.id().namespace()) && row.escape().isPresent())
                .toList();
        return out.isEmpty()
                ? ""
                : Phrases.number(out.size()) + " more with a way out " + (out.size() == 1 ? "is" : "are")
                        + " in namespaces that admission does not evaluate: "
                        + out.stream()
                                .map(row -> row.id().namespace())
                                .distinct()
                                .sorted()
                                .collect(Collectors.joining(", "));
    }

    private static Worst worst(Seen.Row row) {
        return new Worst(
                row.id().name(),
                row.id().kind(),
                row.id().namespace(),
                row.address().toString(),
                row.verdict().label(),
                row.escape().map(way -> way.to().description()).orElse(""),
                row.escape().map(Escape::steps).orElse(List.of()),
                row.worst().map(finding -> finding.message()).orElse(""));
    }

    private List<Expiring> expiring(PageRequest request) {
        Instant now = data.now();
        return data.policies().policies().exemptions().stream()
                .filter(exemption -> exemption.match().namespaces().stream().anyMatch(request.viewer()::sees))
                .filter(exemption ->
                        exemption.expires().isAfter(now) && !exemption.expires().isAfter(now.plus(SOON)))
                .sorted(Comparator.comparing(Exemption::expires))
                .map(exemption ->
                        new Expiring(exemption.name(), exemption.owner(), Moment.of(exemption.expires(), now)))
                .toList();
    }

    private static List<TrendRow> trend(List<Trend.Point> points, Instant now) {
        return points.stream()
                .map(point -> new TrendRow(Moment.of(point.at(), now), point.denied(), point.workloads()))
                .toList();
    }

    /** For the chart: the seconds, how many are denied, and how many there are. */
    private static String points(List<Trend.Point> points, Instant now) {
        List<Long> at = new ArrayList<>();
        List<Integer> denied = new ArrayList<>();
        List<Integer> workloads = new ArrayList<>();
        for (Trend.Point point : points) {
            at.add(point.at().getEpochSecond());
            denied.add(point.denied());
            workloads.add(point.workloads());
        }
        if (!at.isEmpty()) {
            at.add(now.getEpochSecond());
            denied.add(denied.get(denied.size() - 1));
            workloads.add(workloads.get(workloads.size() - 1));
        }
        return "[" + at + "," + denied + "," + workloads + "]";
    }

    /** By user, the one with the most first; those of whom no user is recorded come together, and last. */
    private List<Refused> refused(List<Refusal> refusals) {
        Map<String, Long> byUser = new TreeMap<>();
        refusals.forEach(refusal -> byUser.merge(refusal.user().orElse(""), (long) refusal.count(), Long::sum));
        return byUser.entrySet().stream()
                .sorted(Comparator.comparing((Map.Entry<String, Long> entry) ->
                                entry.getKey().isEmpty())
                        .thenComparing(Map.Entry.comparingByValue(Comparator.reverseOrder())))
                .limit(WORST)
                .map(entry -> new Refused(
                        entry.getKey(),
                        entry.getValue(),
                        (entry.getKey().isEmpty()
                                        ? Address.of("refusals")
                                        : Address.of("refusals").with(RefusalsPage.USER, entry.getKey()))
                                .toString()))
                .toList();
    }

    /** How the webhook is, for a person who sees everything. */
    private List<WebhookFact> webhook(PageRequest request) {
        if (!request.viewer().everything()) {
            return List.of();
        }
        return data.webhook().map(WebhookHealth.Health::findings).orElse(List.of()).stream()
                .map(OverviewPage::webhookFact)
                .toList();
    }

    private static WebhookFact webhookFact(Diagnosis.Finding finding) {
        Answer answer = finding.answer();
        boolean known = answer.state() != State.UNKNOWN;
        String text = known
                ? answer.message()
                : "not known, because " + answer.message().replaceFirst("^you may", "the console may");
        return new WebhookFact(
                switch (finding.check()) {
                    case "replicas" -> "Replicas";
                    case "webhooks" -> "Webhook configurations";
                    default -> Phrases.capitalized(finding.check().replace('-', ' '));
                },
                answer.state().toString(),
                text,
                known ? answer.remedy().orElse("") : "bulkhead doctor finds it out with your own rights");
    }

    /** How the policies and the scan are. Who does not see everything is referred to the policies' page. */
    private Sentence policies(PageRequest request) {
        if (!request.viewer().everything()) {
            return Sentence.of("What is in force for you is on the page ")
                    .and("Policies", Address.of("policies"))
                    .and(".");
        }
        PolicySnapshot policies = data.policies();
        long invalid = Stream.concat(
                        policies.policyStates().stream().map(PolicySnapshot.PolicyState::problems),
                        policies.exemptionStates().stream().map(PolicySnapshot.ExemptionState::problems))
                .filter(problems -> !problems.isEmpty())
                .count();
        int unread =
                data.lastScan().map(scan -> scan.result().problems().size()).orElse(0);
        Sentence sentence =
                inForce(policies).and(invalid == 0 ? ", all valid." : "; " + invalid + " not valid as written.");
        return unread == 0 ? sentence : sentence.and(" " + Phrases.counted(unread, "object") + " cannot be evaluated.");
    }

    /** The built-in policy counts as well. What could not be read is not said to be none. */
    private Sentence inForce(PolicySnapshot policies) {
        int written = policies.policyStates().size();
        boolean builtIn = policies.policies().policies().size() > written;
        Address page = Address.of("policies");
        String count = written == 1 ? "1 policy" : Phrases.number(written) + " policies";
        Sentence sentence = Sentence.of("");
        if (data.unread(PoliciesPage.RESOURCE)) {
            sentence = sentence.and("Policies", page).and(" could not be read; the built-in policy");
        } else if (builtIn && written == 0) {
            sentence = sentence.and("The built-in policy", page);
        } else {
            sentence = sentence.and(count, page).and(builtIn ? ", the built-in policy" : "");
        }
        return data.unread(ExemptionsPage.RESOURCE)
                ? sentence.and(" is in force as far as is known; ")
                        .and("exemptions", Address.of("exemptions"))
                        .and(" could not be read")
                : sentence.and(" and ")
                        .and(
                                Phrases.counted(policies.policies().exemptions().size(), "exemption"),
                                Address.of("exemptions"))
                        .and(" are in force");
    }
}
