package dev.bulkhead.engine.rule.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.Yaml;
import dev.bulkhead.engine.edit.JsonPatch;
import dev.bulkhead.engine.image.ImageLookup;
import dev.bulkhead.engine.image.KnownImages;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.HardeningPass;
import dev.bulkhead.engine.rule.HardeningRule;
import dev.bulkhead.engine.rule.Note;
import dev.bulkhead.engine.rule.PodSecurityVersion;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.RuleContext;
import dev.bulkhead.engine.rule.RuleSettings;
import dev.bulkhead.engine.rule.WorkMeter;
import dev.bulkhead.engine.workload.ClaimLookup;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.ContainerKind;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * One rule's turn at hardening a pod, at one version, with what exemptions excuse.
 *
 * @param excused the names of the containers whose findings are excused, by rule; the pod's own name is empty
 * @param template whether it is a template's pod
 * @param controlled whether it belongs to a controller
 * @param added whether ephemeral containers are being added to a pod that runs, which alone can then be changed
 * @param images what is known of images
 */
record Turn(
        Rule rule,
        JsonNode document,
        int minor,
        RuleSettings settings,
        Optional<String> namespace,
        Map<String, Set<String>> excused,
        boolean added,
        boolean template,
        boolean controlled,
        ImageLookup images) {
    /** A pod with that spec, in flow YAML without its braces. */
    static Turn of(String rule, String spec) {
        return new Turn(
                RuleRegistry.named(rule).orElseThrow(),
                Yaml.tree("{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {" + spec + "}}"),
                ClusterCapabilities.NEWEST_MINOR,
                RuleSettings.DEFAULT,
                Optional.of("driftwood"),
                Map.of(),
                false,
                false,
                false,
                KnownImages.LOOKUP);
    }

    Turn at(int other) {
        return new Turn(rule, document, other, settings, namespace, excused, added, template, controlled, images);
    }

    Turn withUser(RuleSettings.User user) {
        RuleSettings others = new RuleSettings(
                settings.scratch(),
                Optional.of(user),
                settings.sandboxClasses(),
                settings.images(),
                settings.unknownUser());
        return new Turn(rule, document, minor, others, namespace, excused, added, template, controlled, images);
    }

    Turn with(RuleSettings others) {
        return new Turn(rule, document, minor, others, namespace, excused, added, template, controlled, images);
    }

    /** The pod as a controller's template. */
    Turn ofTemplate() {
        return new Turn(rule, document, minor, settings, namespace, excused, added, true, controlled, images);
    }

    /** The pod as one of a controller that was admitted. */
    Turn ofController() {
        return new Turn(rule, document, minor, settings, namespace, excused, added, template, true, images);
    }

    /** With more knowledge of images, which counts before the table. */
    Turn knowing(ImageLookup more) {
        return new Turn(
                rule,
                document,
                minor,
                settings,
                namespace,
                excused,
                added,
                template,
                controlled,
                more.orElse(KnownImages.LOOKUP));
    }

    Turn inNoNamespace() {
        return new Turn(
                rule, document, minor, settings, Optional.empty(), excused, added, template, controlled, images);
    }

    Turn excusing(String ruleId, String... containers) {
        Map<String, Set<String>> more = new HashMap<>(excused);
        more.put(ruleId, Set.of(containers));
        return new Turn(rule, document, minor, settings, namespace, more, added, template, controlled, images);
    }

    Turn addingEphemeralContainers() {
        return new Turn(rule, document, minor, settings, namespace, excused, true, template, controlled, images);
    }

    Turn annotated(String key, String value) {
        ObjectNode copy = document.deepCopy();
        ((ObjectNode) copy.get("metadata")).withObjectProperty("annotations").put(key, value);
        return new Turn(rule, copy, minor, settings, namespace, excused, added, template, controlled, images);
    }

    private RuleContext context() {
        return new RuleContext(
                settings,
                new ClusterCapabilities(minor, Optional.empty(), ClaimLookup.NONE, images),
                namespace,
                template,
                controlled,
                WorkMeter.unlimited());
    }

    private List<Finding> findings(Rule of, Pod pod) {
        List<Finding> findings = new ArrayList<>();
        of.revisionAt(PodSecurityVersion.of(minor))
                .ifPresent(revision -> revision.check().run(pod, context(), findings::add));
        return findings;
    }

    private boolean isExcused(Finding finding) {
        String container = finding.subject().asContainer().map(Container::name).orElse("");
        return excused.getOrDefault(finding.rule().id(), Set.of()).contains(container);
    }

    private boolean isWithinReach(Finding finding) {
        return !added
                || finding.subject()
                        .asContainer()
                        .filter(container -> container.kind() == ContainerKind.EPHEMERAL)
                        .isPresent();
    }

    private HardeningPass.Scope scope() {
        return added
                ? HardeningPass.Scope.WHOLE_POD.changingOnly(container -> container.kind() == ContainerKind.EPHEMERAL)
                : HardeningPass.Scope.WHOLE_POD;
    }

    /** What the turn notes. */
    List<String> notes() {
        return take().notes().stream().map(Note::message).toList();
    }

    HardeningPass take() {
        Pod pod = Pod.in(Field.root(document));
        List<Finding> open = findings(rule, pod).stream()
                .filter(finding -> finding.unset() && !isExcused(finding) && isWithinReach(finding))
                .toList();
        List<Finding> forgiven = RuleRegistry.ALL.stream()
                .flatMap(other -> findings(other, pod).stream())
                .filter(this::isExcused)
                .toList();
        HardeningPass hardening = new HardeningPass(rule, pod, context(), open, forgiven, scope());
        ((HardeningRule) rule).harden(hardening);
        return hardening;
    }

    /** The patch's paths and values, sorted. Two ways of applying it agree, and a second turn changes nothing. */
    List<String> additions() {
        JsonPatch patch = JsonPatch.of(take().edits());
        JsonNode result = patch.applyTo(document);
        assertThat(io.fabric8.zjsonpatch.JsonPatch.apply(patch.toJson(), document))
                .isEqualTo(result);
        assertThat(new Turn(rule, result, minor, settings, namespace, excused, added, template, controlled, images)
                        .take()
                        .edits())
                .as("a second turn")
                .isEmpty();
        return patch.operations().stream()
                .map(add -> add.path() + " " + add.value())
                .sorted()
                .toList();
    }

    /** The reasons by the container's name. */
    Map<String, String> notHardenedReason() {
        HardeningPass hardening = take();
        Map<String, String> notHardened = new TreeMap<>();
        for (Finding finding : hardening.open()) {
            hardening
                    .notHardenedReason(finding)
                    .ifPresent(reason -> notHardened.put(
                            finding.subject().asContainer().map(Container::name).orElse(""), reason));
        }
        return notHardened;
    }
}
