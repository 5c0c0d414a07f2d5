package dev.bulkhead.engine.export.falco;

import dev.bulkhead.engine.export.falco.FalcoException.Comparison;
import dev.bulkhead.engine.policy.Exemption;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What exemptions excuse at run time. */
final class Excuses {
    private static final String CAPABILITIES_KEPT = "default";

    private Excuses() {}

    /** The exception for an exemption; empty if it excuses nothing of what is watched. */
    static Optional<FalcoException> of(Exemption exemption, Watch watch) {
        Optional<List<Comparison>> what = what(exemption, watch);
        if (what.isEmpty()) {
            return Optional.empty();
        }
        Exemption.Match match = exemption.match();
        List<Comparison> comparisons = new ArrayList<>();
        comparisons.add(Comparison.in(FalcoFilter.NAMESPACE, match.namespaces()));
        if (!match.workloads().isEmpty()) {
            comparisons.add(Comparison.regex(FalcoFilter.POD, PodNames.of(match.workloads())));
        }
        if (!match.containers().isEmpty()) {
            comparisons.add(Comparison.in(FalcoFilter.CONTAINER, match.containers()));
        }
        comparisons.addAll(what.get());
        return Optional.of(new FalcoException(exemption.name(), comparisons));
    }

    /** The values that narrow it; none where everything that is watched is excused. */
    private static Optional<List<Comparison>> what(Exemption exemption, Watch watch) {
        Set<String> values = exemption.allow().getOrDefault(watch.rule(), Set.of());
        boolean any = values.contains(Exemption.ANY);
        return switch (watch.control()) {
            case USER, FILESYSTEM -> any || values.contains("false") ? Optional.of(List.of()) : Optional.empty();
            case SOCKET -> {
                List<SocketFile> files = any ? List.of() : SocketFile.shownBy(values);
                yield any
                        ? Optional.of(List.of())
                        : files.isEmpty()
                                ? Optional.empty()
                                : Optional.of(List.of(Comparison.regex("fd.name", SocketFile.regex(files))));
            }
            case CAPABILITIES -> capabilities(exemption, watch, values);
        };
    }

    private static Optional<List<Comparison>> capabilities(Exemption exemption, Watch watch, Set<String> values) {
        // A privileged container has every capability, whatever it drops.
        Set<String> privileged = exemption.allow().getOrDefault("privileged", Set.of());
        Set<Capability> excused = Capability.named(values);
        if (values.contains(CAPABILITIES_KEPT)) {
            excused.addAll(Capability.DEFAULTS);
        }
        excused.removeAll(watch.tolerated());
        boolean all = values.contains(Exemption.ANY)
                || (watch.privileged() && (privileged.contains(Exemption.ANY) || privileged.contains("true")));
        if (all) {
            return Optional.of(List.of());
        }
        if (excused.isEmpty()) {
            return Optional.empty();
        }
        Set<Capability> may = EnumSet.noneOf(Capability.class);
        may.addAll(excused);
        may.addAll(watch.tolerated());
        return Optional.of(List.of(Comparison.regex("thread.cap_effective", Capability.onlyThese(may))));
    }
}
