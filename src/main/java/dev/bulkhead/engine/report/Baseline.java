package dev.bulkhead.engine.report;

import dev.bulkhead.engine.evaluation.FindingList;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.Note;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The findings of an earlier report, which are tolerated in later ones. A finding is recognised by its {@link FindingKey},
 * and how many have the same key; one that leads to more than it did is new.
 *
 * @param entries sorted, each key and level once
 */
public record Baseline(List<Entry> entries) {
    public Baseline {
        entries = entries.stream().sorted().toList();
    }

    /** What a finding leads to, from the least to the most severe. */
    public enum Level {
        NOTE,
        WARN,
        HARDEN,
        DENY;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** The level of that name, if there is one. */
        public static Optional<Level> named(String label) {
            return Arrays.stream(values())
                    .filter(level -> level.label().equals(label))
                    .findFirst();
        }

        static Optional<Level> of(Action action) {
            return switch (action) {
                case DENY -> Optional.of(DENY);
                case HARDEN -> Optional.of(HARDEN);
                case WARN -> Optional.of(WARN);
                case AUDIT, OFF -> Optional.empty();
            };
        }
    }

    /**
     * Findings with the same key.
     *
     * @param count how many, at least 1
     */
    public record Entry(FindingKey key, Level level, int count) implements Comparable<Entry> {
        private static final Comparator<Entry> ORDER =
                Comparator.comparing(Entry::key).thenComparing(Entry::level, Comparator.reverseOrder());

        @Override
        public int compareTo(Entry other) {
            return ORDER.compare(this, other);
        }
    }

    /**
     * What came of comparing a report with a baseline.
     *
     * @param known how many findings are in the baseline
     * @param fresh how many are not
     * @param resolved what is in the baseline and was not found
     */
    public record Comparison(int known, int fresh, List<Entry> resolved) {
        public Comparison {
            resolved = List.copyOf(resolved);
        }

        /** How many findings are resolved. */
        public int resolvedCount() {
            return resolved.stream().mapToInt(Entry::count).sum();
        }
    }

    /** The findings of a report with one of these levels. */
    public static Baseline of(Report report, Set<Level> levels) {
        Counts counts = new Counts();
        for (ReportedWorkload workload : report.workloads()) {
            for (ReportedFinding finding : workload.findings()) {
                levelOf(finding)
                        .filter(levels::contains)
                        .ifPresent(level -> counts.add(FindingKey.of(workload, finding), level, 1));
            }
            for (FindingList.Omitted omitted : workload.omitted()) {
                Level.of(omitted.action())
                        .filter(levels::contains)
                        .ifPresent(level -> counts.add(FindingKey.of(workload, omitted), level, omitted.count()));
            }
            if (levels.contains(Level.NOTE)) {
                workload.notes().forEach(note -> counts.add(FindingKey.of(workload, note), Level.NOTE, 1));
            }
        }
        return new Baseline(counts.entries());
    }

    private static Optional<Level> levelOf(ReportedFinding finding) {
        return finding.exemption().isPresent() ? Optional.empty() : Level.of(finding.action());
    }

    /**
     * The report with what is known marked; it counts by what is new.
     *
     * @param levels those of which a finding that is not in the baseline is called new
     * @param scope the keys that the report would have
     */
    public Report compare(Report report, Set<Level> levels, Predicate<FindingKey> scope) {
        Counts left = new Counts();
        entries.forEach(entry -> left.add(entry.key(), entry.level(), entry.count()));
        Comparing comparing = new Comparing(left, levels);
        List<ReportedWorkload> compared =
                report.workloads().stream().map(comparing::compare).toList();
        List<Entry> resolved =
                left.entries().stream().filter(entry -> scope.test(entry.key())).toList();
        return report.compared(compared, new Comparison(comparing.known, comparing.fresh, resolved));
    }

    /** How many findings there are, or are left, with each key and level. */
    private static final class Counts {
        private final Map<FindingKey, Map<Level, Integer>> counts = new TreeMap<>();

        void add(FindingKey key, Level level, int count) {
            counts.computeIfAbsent(key, any -> new EnumMap<>(Level.class)).merge(level, count, Math::addExact);
        }

        /** Takes as many as that away which lead to as much or more, the least severe first; returns how many there were. */
        int take(FindingKey key, Level level, int wanted) {
            Map<Level, Integer> levels = counts.getOrDefault(key, Map.of());
            int taken = 0;
            for (Map.Entry<Level, Integer> left : levels.entrySet()) {
                if (left.getKey().compareTo(level) >= 0) {
                    int now = Math.min(left.getValue(), wanted - taken);
                    left.setValue(left.getValue() - now);
                    taken += now;
                }
            }
            return taken;
        }

        List<Entry> entries() {
            List<Entry> entries = new ArrayList<>();
            counts.forEach((key, levels) -> levels.forEach((level, count) -> {
                if (count > 0) {
                    entries.add(new Entry(key, level, count));
                }
            }));
            return entries;
        }
    }

    private static final class Comparing {
        private final Counts left;
        private final Set<Level> levels;
        private int known;
        private int fresh;

        Comparing(Counts left, Set<Level> levels) {
            this.left = left;
            this.levels = levels;
        }

        ReportedWorkload compare(ReportedWorkload workload) {
            List<ReportedFinding> findings = workload.findings().stream()
                    .map(finding -> levelOf(finding)
                            .flatMap(level -> state(FindingKey.of(workload, finding), level))
                            .map(finding::with)
                            .orElse(finding))
                    .toList();
            List<FindingList.Omitted> omitted = new ArrayList<>();
            for (FindingList.Omitted more : workload.omitted()) {
                Optional<Level> level = Level.of(more.action());
                int taken = level.isEmpty() ? 0 : left.take(FindingKey.of(workload, more), level.get(), more.count());
                known += taken;
                if (taken < more.count()) {
                    fresh += level.filter(levels::contains).isPresent() ? more.count() - taken : 0;
                    omitted.add(new FindingList.Omitted(
                            more.rule(), more.container(), more.action(), more.count() - taken));
                }
            }
            List<Note> knownNotes = workload.notes().stream()
                    .filter(note -> state(FindingKey.of(workload, note), Level.NOTE)
                            .filter(state -> state == BaselineState.KNOWN)
                            .isPresent())
                    .toList();
            return workload.compared(findings, omitted, knownNotes);
        }

        private Optional<BaselineState> state(FindingKey key, Level level) {
            if (left.take(key, level, 1) == 1) {
                known++;
                return Optional.of(BaselineState.KNOWN);
            }
            if (levels.contains(level)) {
                fresh++;
                return Optional.of(BaselineState.NEW);
            }
            return Optional.empty();
        }
    }
}
