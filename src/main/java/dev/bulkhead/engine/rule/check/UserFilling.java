package dev.bulkhead.engine.rule.check;

import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.bulkhead.engine.image.ImageUser.UserId;
import dev.bulkhead.engine.rule.HardeningPass;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import dev.bulkhead.engine.workload.Volume;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The user, the group and the volumes' group of containers that name no user. What is set, on the container or on the
 * pod, stays; at the pod's level is filled in only what is meant for all that inherit it.
 */
final class UserFilling {
    private final HardeningPass hardening;
    private final String ruleId;
    private final Pod pod;
    private final Field onPod;

    /** One container to fill in for. */
    private record Wanting(Container container, ContainerUser.Given given) {}

    UserFilling(HardeningPass hardening, String ruleId) {
        this.hardening = hardening;
        this.ruleId = ruleId;
        this.pod = hardening.pod();
        this.onPod = pod.securityContext();
    }

    void fill() {
        if (onPod.get("runAsUser").isPresent()) {
            return;
        }
        ContainerUsers users = new ContainerUsers(pod, hardening.context());
        List<Wanting> wanting = new ArrayList<>(0);
        int lacking = 0;
        int lackingGroup = 0;
        for (Container container : pod.containers()) {
            if (container.securityContext().get("runAsGroup").isAbsent()) {
                lackingGroup++;
            }
            if (container.securityContext().get("runAsUser").isPresent()) {
                continue;
            }
            lacking++;
            if (users.of(container) instanceof ContainerUser.Given given
                    && RunAsUser.isGiven(hardening, container, given)) {
                wanting.add(new Wanting(container, given));
            }
        }
        if (wanting.isEmpty()) {
            return;
        }
        Optional<UserId> same = sameOfAll(wanting);
        boolean podLevel = hardening.podEditable() && same.isPresent() && wanting.size() == lacking;
        fillUsers(wanting, podLevel ? same : Optional.empty());
        // A container with a user and no group would inherit a group that is not its user's.
        boolean groupOnPod = podLevel && withoutGroup(wanting) == lackingGroup;
        fillGroups(wanting, groupOnPod ? same : Optional.empty());
        fillVolumesGroup(wanting);
    }

    private static Optional<UserId> sameOfAll(List<Wanting> wanting) {
        UserId first = wanting.get(0).given().id();
        return wanting.stream().allMatch(one -> one.given().id().equals(first)) ? Optional.of(first) : Optional.empty();
    }

    private static long withoutGroup(List<Wanting> wanting) {
        return wanting.stream()
                .filter(one ->
                        one.container().securityContext().get("runAsGroup").isAbsent())
                .count();
    }

    private void fillUsers(List<Wanting> wanting, Optional<UserId> forPod) {
        if (forPod.isPresent()) {
            hardening.fill(onPod.get("runAsUser"), LongNode.valueOf(forPod.get().uid()));
            return;
        }
        for (Wanting one : wanting) {
            hardening.fill(
                    one.container().securityContext().get("runAsUser"),
                    LongNode.valueOf(one.given().id().uid()));
        }
    }

    /** Without a group, a user that the image does not list would be in group 0. */
    private void fillGroups(List<Wanting> wanting, Optional<UserId> forPod) {
        if (onPod.get("runAsGroup").isPresent()) {
            return;
        }
        if (forPod.isPresent()) {
            forPod.get().gid().ifPresent(gid -> hardening.fill(onPod.get("runAsGroup"), LongNode.valueOf(gid)));
            return;
        }
        for (Wanting one : wanting) {
            Field own = one.container().securityContext().get("runAsGroup");
            if (own.isAbsent()) {
                one.given().id().gid().ifPresent(gid -> hardening.fill(own, LongNode.valueOf(gid)));
            }
        }
    }

    /** Claims belong to root when they are new, so that a user that is not the image's own could not write to them. */
    private void fillVolumesGroup(List<Wanting> wanting) {
        Field fsGroup = onPod.get("fsGroup");
        if (!hardening.podEditable() || fsGroup.isPresent()) {
            return;
        }
        Predicate<String> claims = claims();
        Set<Long> groups = new HashSet<>(0);
        for (Wanting one : wanting) {
            if (one.given().fsGroup().isPresent() && mountsAny(one.container(), claims)) {
                groups.add(one.given().fsGroup().get());
            }
        }
        if (groups.isEmpty()) {
            return;
        }
        if (groups.size() > 1 || !hardening.mayFillPod("runAsNonRoot") || !hardening.mayFillPod(ruleId)) {
            hardening.note("the pod's claims may not be writable to the users that are filled in; set"
                    + " securityContext.fsGroup");
            return;
        }
        hardening.fill(fsGroup, LongNode.valueOf(groups.iterator().next()));
        Field policy = onPod.get("fsGroupChangePolicy");
        if (policy.isAbsent()) {
            hardening.fill(policy, TextNode.valueOf("OnRootMismatch"));
        }
    }

    /** The names of the volumes that are claims. A StatefulSet's own are in no list of its template but mounted by name. */
    private Predicate<String> claims() {
        Set<String> claims = new HashSet<>(0);
        Set<String> others = new HashSet<>(0);
        for (Volume volume : pod.volumes()) {
            boolean isClaim = volume.field().get("persistentVolumeClaim").isPresent()
                    || volume.field().get("ephemeral").isPresent();
            (isClaim ? claims : others).add(volume.name());
        }
        return hardening.context().template() ? name -> !others.contains(name) : claims::contains;
    }

    private static boolean mountsAny(Container container, Predicate<String> claims) {
        for (Field mount : container.volumeMounts()) {
            if (!mount.get("readOnly").isTrue() && claims.test(mount.get("name").textOrEmpty())) {
                return true;
            }
        }
        return false;
    }
}
