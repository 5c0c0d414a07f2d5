package dev.bulkhead.engine.evaluation;

import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.Subject;
import dev.bulkhead.engine.rule.WorkMeter;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The containers of one pod that a finding affects: the container itself, those that mount the volume, or those that
 * inherit what the pod sets. Caches what is asked for often. Used by one thread.
 */
final class AffectedContainers {
    private static final String SECURITY_CONTEXT = "securityContext";

    /**
     * The members of the security context that a container's own value replaces as a whole. Every other member of the
     * pod's reaches all containers, {@code windowsOptions} too, since the kubelet merges it field by field.
     */
    private static final Set<String> OVERRIDABLE =
            Set.of("appArmorProfile", "runAsGroup", "runAsNonRoot", "runAsUser", "seLinuxOptions", "seccompProfile");

    /** The annotations for one container, whose name ends their key. */
    private static final List<String> CONTAINER_ANNOTATIONS = List.of(
            "container.seccomp.security.alpha.kubernetes.io/", "container.apparmor.security.beta.kubernetes.io/");

    private final Pod pod;
    private final WorkMeter work;
    private final Map<String, Set<String>> filledIn = new HashMap<>();
    private final Map<String, Set<String>> inheriting = new HashMap<>();
    private @Nullable Map<String, Set<String>> byVolume;
    private @Nullable Set<String> all;

    /**
     * Prepares for a pod.
     *
     * @param findings those about containers, with their exemptions: a container whose own value is filled in, by whichever rule,
     *     does not inherit the pod's
     */
    AffectedContainers(Pod pod, List<EvaluatedFinding> findings, WorkMeter work) {
        this.pod = pod;
        this.work = work;
        for (EvaluatedFinding evaluated : findings) {
            Finding finding = evaluated.finding();
            if (finding.unset() && evaluated.leadsTo(Action.HARDEN)) {
                finding.subject()
                        .asContainer()
                        .ifPresent(container -> overridable(finding.place())
                                .ifPresent(member -> filledIn.computeIfAbsent(member, name -> new HashSet<>())
                                        .add(container.name())));
            }
        }
    }

    /** The names of the containers that the finding affects. */
    Set<String> of(Finding finding) {
        Subject subject = finding.subject();
        if (subject instanceof Subject.OfContainer of) {
            return Set.of(of.container().name());
        }
        if (subject instanceof Subject.OfVolume of) {
            return mounting().getOrDefault(of.volume().name(), Set.of());
        }
        if (subject instanceof Subject.OfAnnotation of) {
            return CONTAINER_ANNOTATIONS.stream()
                    .filter(of.key()::startsWith)
                    .findFirst()
                    .map(prefix -> Set.of(of.key().substring(prefix.length())))
                    .orElseGet(this::all);
        }
        return overridable(finding.place())
                .map(member -> inheriting.computeIfAbsent(member, this::inheriting))
                .orElseGet(this::all);
    }

    /** The member of the pod's security context that holds the place, if containers can override it. */
    static Optional<String> overridable(Field place) {
        Field member = place;
        Optional<Field> holder = place.parent();
        while (holder.isPresent() && !holder.get().name().equals(SECURITY_CONTEXT)) {
            member = holder.get();
            holder = member.parent();
        }
        return holder.isPresent() && OVERRIDABLE.contains(member.name())
                ? Optional.of(member.name())
                : Optional.empty();
    }

    private Set<String> inheriting(String member) {
        work.steps(pod.containers().size());
        Set<String> own = filledIn.getOrDefault(member, Set.of());
        return pod.containers().stream()
                .filter(container -> !setsItself(container, member))
                .map(Container::name)
                .filter(name -> !own.contains(name))
                .collect(Collectors.toSet());
    }

    /** Empty SELinux options do not override the pod's. */
    private static boolean setsItself(Container container, String member) {
        Field own = container.securityContext().get(member);
        return own.isPresent()
                && (!own.node().isObject()
                        || own.members().stream()
                                .anyMatch(part -> !part.node().isTextual()
                                        || !part.node().textValue().isEmpty()));
    }

    private Set<String> all() {
        if (all == null) {
            work.steps(pod.containers().size());
            all = pod.containers().stream().map(Container::name).collect(Collectors.toSet());
        }
        return all;
    }

    private Map<String, Set<String>> mounting() {
        if (byVolume == null) {
            Map<String, Set<String>> index = new HashMap<>();
            for (Container container : pod.containers()) {
                List<Field> mounts = container.volumeMounts();
                work.steps(mounts.size());
                for (Field mount : mounts) {
                    index.computeIfAbsent(mount.get("name").textOrEmpty(), name -> new LinkedHashSet<>())
                            .add(container.name());
                }
            }
            byVolume = index;
        }
        return byVolume;
    }
}
