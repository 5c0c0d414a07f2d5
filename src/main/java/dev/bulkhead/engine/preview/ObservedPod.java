package dev.bulkhead.engine.preview;

import dev.bulkhead.engine.workload.ImmutableCopies;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What a pod's status says of its containers, as far as a preview reads it. The pods of a workload are mostly equal.
 *
 * @param hardened the ids of the rules by which Bulkhead filled something in
 */
public record ObservedPod(Set<String> hardened, List<ObservedContainer> containers) implements Comparable<ObservedPod> {
    /** Comparable, so that hash tables stay fast when users choose names with equal hash codes. */
    private static final Comparator<ObservedPod> ORDER = Comparator.comparing(
                    ObservedPod::containers, ObservedPod::compare)
            .thenComparing(pod -> String.join(",", pod.hardened()));

    public ObservedPod {
        hardened = ImmutableCopies.of(hardened);
        containers = List.copyOf(containers);
    }

    @Override
    public int compareTo(ObservedPod other) {
        return ORDER.compare(this, other);
    }

    private static int compare(List<ObservedContainer> some, List<ObservedContainer> others) {
        for (int i = 0; i < Math.min(some.size(), others.size()); i++) {
            int order = ObservedContainer.ORDER.compare(some.get(i), others.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(some.size(), others.size());
    }

    /**
     * A container.
     *
     * @param image as {@link ImageName} has it
     * @param user as whom its first process was started, where the runtime says so
     * @param restarts how often it was started again
     * @param ready whether it runs and is ready, or has done its work before the others
     * @param fault why it does not start because of what was filled in, if so
     */
    public record ObservedContainer(
            String name, String image, OptionalLong user, int restarts, boolean ready, Optional<Fault> fault) {
        private static final Comparator<ObservedContainer> ORDER = Comparator.comparing(ObservedContainer::name)
                .thenComparing(ObservedContainer::image)
                .thenComparing(container -> container.user().orElse(-1))
                .thenComparing(ObservedContainer::restarts)
                .thenComparing(ObservedContainer::ready)
                .thenComparing(container -> container.fault().map(Fault::ruleId).orElse(""))
                .thenComparing(container -> container.fault().map(Fault::cause).orElse(""))
                .thenComparing(
                        container -> container.fault().flatMap(Fault::path).orElse(""));

        /** Whether it runs, and never had to be started again. */
        boolean isSteady() {
            return ready && restarts == 0 && fault.isEmpty();
        }
    }

    /**
     * Why a container does not start.
     *
     * @param ruleId the rule that filled in what keeps it from starting
     * @param cause in words that follow "because"
     * @param path where it failed to write, if it says so
     */
    public record Fault(String ruleId, String cause, Optional<String> path) {}
}
