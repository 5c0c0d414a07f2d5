package dev.bulkhead.engine.export.falco;

import dev.bulkhead.engine.policy.EffectiveRules;
import dev.bulkhead.engine.policy.EffectiveRules.EffectiveRule;
import dev.bulkhead.engine.policy.PolicyAction;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.workload.ImmutableCopies;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Something that admission rules out and that shows at run time, if it happens all the same.
 *
 * @param rule the id of Bulkhead's rule that rules it out
 * @param tolerated the capabilities that are admitted; only of capabilities
 * @param privileged whether privileged containers are ruled out, too; only of capabilities
 */
record Watch(Control control, String rule, Set<Capability> tolerated, boolean privileged) implements Comparable<Watch> {
    private static final String PRIVILEGED = "privileged";

    private static final Comparator<Watch> ORDER = Comparator.comparing(Watch::control)
            .thenComparing(Watch::rule)
            .thenComparing(watch -> watch.tolerated().size())
            .thenComparing(watch -> watch.tolerated().toString())
            .thenComparing(Watch::privileged);

    Watch {
        tolerated = ImmutableCopies.of(tolerated.stream().sorted().toList());
    }

    /** What there is to watch. */
    enum Control {
        USER,
        FILESYSTEM,
        SOCKET,
        CAPABILITIES;

        /** The ids of the rules that decide about it, the one that counts first. */
        List<String> rules() {
            return switch (this) {
                case USER -> List.of("runAsNonRoot");
                case FILESYSTEM -> List.of("readOnlyRootFilesystem");
                case SOCKET -> List.of("runtimeSocket", "hostPathVolumes");
                case CAPABILITIES -> List.of("capabilities_restricted", "capabilities_baseline");
            };
        }
    }

    @Override
    public int compareTo(Watch other) {
        return ORDER.compare(this, other);
    }

    /** What there is to watch where these rules are in force. */
    static List<Watch> of(EffectiveRules rules) {
        List<Watch> watched = new ArrayList<>();
        for (Control control : Control.values()) {
            of(control, rules).ifPresent(watched::add);
        }
        return watched;
    }

    private static Optional<Watch> of(Control control, EffectiveRules rules) {
        for (String id : control.rules()) {
            Optional<Watch> watch = rules.rules().stream()
                    .filter(effective -> effective.rule().id().equals(id))
                    .findFirst()
                    .flatMap(effective -> of(control, effective, rules));
            if (watch.isPresent()) {
                return watch;
            }
        }
        return Optional.empty();
    }

    private static Optional<Watch> of(Control control, EffectiveRule effective, EffectiveRules rules) {
        String id = effective.rule().id();
        return switch (control) {
            case USER, FILESYSTEM ->
                isRuledOut(effective, "false")
                        ? Optional.of(new Watch(control, id, Set.of(), false))
                        : Optional.empty();
            case SOCKET ->
                isRuledOut(effective, "/run/docker.sock")
                        ? Optional.of(new Watch(control, id, Set.of(), false))
                        : Optional.empty();
            case CAPABILITIES -> capabilities(effective, rules);
        };
    }

    private static Optional<Watch> capabilities(EffectiveRule effective, EffectiveRules rules) {
        boolean dropped = effective.rule().id().equals("capabilities_restricted") && isRuledOut(effective, "default");
        Set<Capability> tolerated = EnumSet.of(Capability.NET_BIND_SERVICE);
        if (!dropped) {
            tolerated.addAll(Capability.DEFAULTS);
        }
        for (Capability capability : Capability.values()) {
            if (!isRuledOut(effective, capability.name()) || !isRuledOut(effective, "ALL")) {
                tolerated.add(capability);
            }
        }
        if (tolerated.size() == Capability.values().length) {
            return Optional.empty();
        }
        boolean privileged = rules.rules().stream()
                .anyMatch(rule -> rule.rule().id().equals(PRIVILEGED) && isRuledOut(rule, "true"));
        return Optional.of(new Watch(Control.CAPABILITIES, effective.rule().id(), tolerated, privileged));
    }

    /** Whether no pod is admitted with that value, unless an exemption covers it. */
    private static boolean isRuledOut(EffectiveRule effective, String value) {
        for (PolicyAction action : effective.actions()) {
            if (!action.allow().contains(value)
                    && action.mode().limit(action.action().forValue(value)).compareTo(Action.HARDEN) >= 0) {
                return true;
            }
        }
        return false;
    }
}
