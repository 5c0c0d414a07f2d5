package dev.bulkhead.engine.rule;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.engine.edit.Edit;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One rule's pass over a pod: the findings it may fix, and what it did about them. Used by one thread. */
public final class HardeningPass {
    private final Pod pod;
    private final RuleContext context;
    private final List<Finding> open;
    private final List<Finding> excused;
    private final boolean podEditable;
    private final Predicate<String> denied;
    private final List<Edit.Addition> edits = new ArrayList<>();
    private final Map<Finding, String> notHardened = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();
    private final Set<String> relaxed = new HashSet<>(0);
    private @Nullable Set<Container> openContainers;
    private @Nullable Map<String, Set<Optional<Container>>> excusedContainers;

    /**
     * Begins the pass.
     *
     * @param open this rule's unset findings that nothing excuses
     * @param excused the findings of all rules that an exemption excuses
     * @param podEditable whether fields of the pod itself may be filled, not only those of the findings' containers
     */
    public HardeningPass(Pod pod, RuleContext context, List<Finding> open, List<Finding> excused, boolean podEditable) {
        this(pod, context, open, excused, podEditable, rule -> false);
    }

    /**
     * Begins the pass of a rule where other rules deny the pod anyway.
     *
     * @param denied whether the pod is denied because of the rule of that id
     */
    public HardeningPass(
            Pod pod,
            RuleContext context,
            List<Finding> open,
            List<Finding> excused,
            boolean podEditable,
            Predicate<String> denied) {
        this.pod = pod;
        this.context = context;
        this.open = List.copyOf(open);
        this.excused = List.copyOf(excused);
        this.podEditable = podEditable;
        this.denied = denied;
    }

    public Pod pod() {
        return pod;
    }

    public RuleContext context() {
        return context;
    }

    public List<Finding> open() {
        return open;
    }

    public boolean podEditable() {
        return podEditable;
    }

    /** Whether fields of that container may be filled. */
    public boolean isEditable(Container container) {
        if (podEditable) {
            return true;
        }
        if (openContainers == null) {
            Set<Container> containers = new HashSet<>();
            open.forEach(finding -> finding.subject().asContainer().ifPresent(containers::add));
            openContainers = containers;
        }
        return openContainers.contains(container);
    }

    /** Whether an exemption covers a finding of that rule in that container. */
    public boolean isExcused(String ruleId, Container container) {
        return excusedBy(ruleId).contains(Optional.of(container));
    }

    /**
     * Whether a safe value at pod level reaches only the containers it is meant for: the pod may be edited, and no
     * finding of that rule is exempt.
     */
    public boolean mayFillPod(String ruleId) {
        return podEditable && excusedBy(ruleId).isEmpty();
    }

    /** The containers with an exempt finding of that rule; an empty Optional stands for the pod. */
    private Set<Optional<Container>> excusedBy(String ruleId) {
        if (excusedContainers == null) {
            Map<String, Set<Optional<Container>>> byRule = new HashMap<>();
            excused.forEach(finding -> byRule.computeIfAbsent(finding.rule().id(), id -> new HashSet<>())
                    .add(finding.subject().asContainer()));
            excusedContainers = byRule;
        }
        return excusedContainers.getOrDefault(ruleId, Set.of());
    }

    /** Whether the pod is denied by that rule. Hardening must not hide the violation from it. */
    public boolean isDenied(String ruleId) {
        return denied.test(ruleId);
    }

    public void fill(Field place, JsonNode value) {
        edits.add(new Edit.Fill(place, value));
    }

    public void append(Field list, JsonNode value) {
        edits.add(new Edit.Append(list, value));
    }

    /** Fills in nothing for this finding; it is denied, and the reason is reported. */
    public void skip(Finding finding, String reason) {
        notHardened.put(finding, reason);
    }

    /** Marks rules that may find less once these edits are applied. */
    public void relax(Collection<String> ruleIds) {
        relaxed.addAll(ruleIds);
    }

    /** The ids of the rules that may find less after the edits. */
    public Set<String> relaxed() {
        return Collections.unmodifiableSet(relaxed);
    }

    /** Adds a note about what was, or was not, filled in. */
    public void note(String note) {
        notes.add(note);
    }

    public List<String> notes() {
        return List.copyOf(notes);
    }

    public List<Edit.Addition> edits() {
        return List.copyOf(edits);
    }

    /** Why the finding was not hardened; empty if it was. */
    public Optional<String> notHardenedReason(Finding finding) {
        return Optional.ofNullable(notHardened.get(finding));
    }
}
