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
    private final Rule rule;
    private final Pod pod;
    private final RuleContext context;
    private final List<Finding> open;
    private final List<Finding> excused;
    private final Scope scope;
    private final List<Edit.Addition> edits = new ArrayList<>();
    private final Map<Finding, String> notHardened = new LinkedHashMap<>();
    private final List<Note> notes = new ArrayList<>();
    private final Set<String> relaxed = new HashSet<>(0);
    private @Nullable Map<String, Set<Optional<Container>>> excusedContainers;

    /**
     * What the pass may change, and what the policies have other rules do meanwhile.
     *
     * @param addedOnly on a running pod: the containers that are being added, which alone can still be changed
     * @param denied whether the pod is denied because of the rule of that id
     * @param active whether the rule of that id fills in or denies
     * @param filling whether the rule of that id fills in what is unset
     * @param filled whether the rule of that id, which had its turn before, has filled in something
     */
    public record Scope(
            Optional<Predicate<Container>> addedOnly,
            Predicate<String> denied,
            Predicate<String> active,
            Predicate<String> filling,
            Predicate<String> filled) {
        /** A whole pod that no rule denies, with every rule filling in. */
        public static final Scope WHOLE_POD =
                new Scope(Optional.empty(), id -> false, id -> true, id -> true, id -> false);

        /** The same where only these containers can still be changed. */
        public Scope changingOnly(Predicate<Container> added) {
            return new Scope(Optional.of(added), denied, active, filling, filled);
        }

        /** The same where these rules deny the pod. */
        public Scope denying(Predicate<String> rules) {
            return new Scope(addedOnly, rules, active, filling, filled);
        }
    }

    /**
     * Begins the pass of that rule.
     *
     * @param open its unset findings that nothing excuses
     * @param excused the findings of all rules that an exemption excuses
     */
    public HardeningPass(
            Rule rule, Pod pod, RuleContext context, List<Finding> open, List<Finding> excused, Scope scope) {
        this.rule = rule;
        this.pod = pod;
        this.context = context;
        this.open = List.copyOf(open);
        this.excused = List.copyOf(excused);
        this.scope = scope;
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

    /** Whether fields of the pod itself may be filled, not only those of some containers. */
    public boolean podEditable() {
        return scope.addedOnly().isEmpty();
    }

    /** Whether fields of that container may be filled. */
    public boolean isEditable(Container container) {
        return scope.addedOnly().map(added -> added.test(container)).orElse(true);
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
        return podEditable() && excusedBy(ruleId).isEmpty();
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
        return scope.denied().test(ruleId);
    }

    /** Whether the policies have that rule fill in or deny, so that it has its turn too. */
    public boolean isActive(String ruleId) {
        return scope.active().test(ruleId);
    }

    /** Whether the policies have that rule fill in what is unset. */
    public boolean isFilling(String ruleId) {
        return scope.filling().test(ruleId);
    }

    /** Whether that rule, which had its turn before this one, has filled in something. */
    public boolean hasFilled(String ruleId) {
        return scope.filled().test(ruleId);
    }

    public void fill(Field place, JsonNode value) {
        edits.add(new Edit.Fill(place, value));
    }

    /** Makes that addition. */
    public void add(Edit.Addition edit) {
        edits.add(edit);
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

    /** Adds a note that it depends on something unknown whether a container starts. */
    public void note(String message) {
        note(message, "");
    }

    /**
     * Adds a note that a container may not start.
     *
     * @param source where what it says is known from
     */
    public void note(String message, String source) {
        note(Starts.UNKNOWN, message, source);
    }

    /**
     * Adds a note.
     *
     * @param starts what it means for the containers that it is about
     * @param source where what it says is known from; empty if from the pod and the policy
     */
    public void note(Starts starts, String message, String source) {
        notes.add(new Note(rule.info(), message, source, starts));
    }

    public List<Note> notes() {
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
