package dev.bulkhead.app.console.view;

import dev.bulkhead.app.cluster.watch.PolicySnapshot.ExemptionState;
import dev.bulkhead.engine.policy.Exemption;
import dev.bulkhead.engine.report.ReportedFinding;
import dev.bulkhead.engine.rule.Action;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An exemption and what it does, as far as a viewer sees that.
 *
 * @param name with its namespace
 * @param exemption what is in force of it; empty where nothing is
 * @param namespaces that it is for and that the viewer sees
 * @param lastUse when it was last used at admission, as far as that is known; empty if it is also for namespaces that the
 *     viewer does not see, because it may have been used there
 * @param problems why nothing of it is in force
 */
public record SeenExemption(
        String name,
        State state,
        Optional<Exemption> exemption,
        List<String> namespaces,
        List<Excused> excused,
        Optional<Instant> lastUse,
        List<String> problems) {
    private static final Comparator<SeenExemption> UNUSED_FIRST = Comparator.comparing(SeenExemption::state)
            .thenComparing(seen -> seen.exemption().map(Exemption::expires).orElse(Instant.MIN))
            .thenComparing(SeenExemption::name);

    public SeenExemption {
        namespaces = List.copyOf(namespaces);
        excused = List.copyOf(excused);
        problems = List.copyOf(problems);
    }

    /** Whether an exemption does anything, in the order in which they are shown. */
    public enum State {
        UNUSED("unused"),
        EXPIRED("expired"),
        INVALID("not in force"),
        /** It may be in use in namespaces that the viewer does not see. */
        UNUSED_HERE("not used in your namespaces"),
        USED("in use");

        private final String label;

        State(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }
    }

    /** A workload that an exemption excuses, and what of it. */
    public record Excused(Seen.Row row, List<ReportedFinding> findings) {
        /** Whether it would be denied without the exemption. */
        public boolean denied() {
            return findings.stream().anyMatch(finding -> finding.action() == Action.DENY);
        }

        /** The ids of the rules for which it is denied all the same. */
        public List<String> deniedFor() {
            return row.workload().report().leadingTo(Action.DENY).stream()
                    .map(finding -> finding.rule().id())
                    .distinct()
                    .sorted()
                    .toList();
        }
    }

    /** What the viewer sees of them, the unused ones first. */
    public static List<SeenExemption> of(ConsoleData data, Seen seen) {
        Map<String, List<Excused>> excused = excused(seen);
        Map<String, Instant> lastUses = data.lastUses();
        Instant now = data.now();
        List<SeenExemption> exemptions = new ArrayList<>();
        for (ExemptionState state : data.policies().exemptionStates()) {
            if (state.inForce().isPresent()) {
                Exemption exemption = state.inForce().get();
                List<String> namespaces = exemption.match().namespaces().stream()
                        .filter(seen.viewer()::sees)
                        .sorted()
                        .toList();
                if (!namespaces.isEmpty()) {
                    exemptions.add(of(
                            exemption,
                            namespaces,
                            excused.getOrDefault(exemption.name(), List.of()),
                            Optional.ofNullable(lastUses.get(exemption.name())),
                            now));
                }
            } else if (seen.viewer().everything()) {
                exemptions.add(invalid(state));
            }
        }
        exemptions.sort(UNUSED_FIRST);
        return exemptions;
    }

    /** By the exemption's name. */
    private static Map<String, List<Excused>> excused(Seen seen) {
        Map<String, List<Excused>> excused = new HashMap<>();
        for (Seen.Row row : seen.rows()) {
            Map<String, List<ReportedFinding>> byExemption = new LinkedHashMap<>();
            row.workload()
                    .report()
                    .excused()
                    .forEach(finding -> byExemption
                            .computeIfAbsent(finding.exemption().orElseThrow(), name -> new ArrayList<>())
                            .add(finding));
            byExemption.forEach((name, findings) -> excused.computeIfAbsent(name, key -> new ArrayList<>())
                    .add(new Excused(row, List.copyOf(findings))));
        }
        return excused;
    }

    private static SeenExemption of(
            Exemption exemption,
            List<String> namespaces,
            List<Excused> excused,
            Optional<Instant> lastUse,
            Instant now) {
        boolean whole = namespaces.size() == exemption.match().namespaces().size();
        State unused = whole ? State.UNUSED : State.UNUSED_HERE;
        State used = excused.isEmpty() ? unused : State.USED;
        return new SeenExemption(
                exemption.name(),
                now.isBefore(exemption.expires()) ? used : State.EXPIRED,
                Optional.of(exemption),
                namespaces,
                excused,
                whole ? lastUse : Optional.empty(),
                List.of());
    }

    private static SeenExemption invalid(ExemptionState state) {
        List<String> problems = new ArrayList<>();
        if (!state.honoured()) {
            problems.add("exemptions of its namespace are not honoured");
        }
        state.problems().forEach(problem -> problems.add(problem.message()));
        return new SeenExemption(
                state.identity().namespace() + "/" + state.identity().name(),
                State.INVALID,
                Optional.empty(),
                List.of(),
                List.of(),
                Optional.empty(),
                problems);
    }
}
