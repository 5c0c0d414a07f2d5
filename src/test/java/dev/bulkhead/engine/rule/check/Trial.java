package dev.bulkhead.engine.rule.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.edit.JsonPatch;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.HardeningPass;
import dev.bulkhead.engine.rule.HardeningRule;
import dev.bulkhead.engine.rule.Note;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.RuleContext;
import dev.bulkhead.engine.rule.RuleSettings;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A pod before one rule: what the rule finds in it, and what it makes of it. */
public record Trial(Rule rule, JsonNode document, RuleContext context) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_SINGLE_QUOTES)
            .enable(JsonReadFeature.ALLOW_UNQUOTED_FIELD_NAMES)
            .build();

    /** A pod with that spec; names need no quotes, texts may stand in single ones. */
    public static Trial of(Rule rule, String spec) {
        ObjectNode document = JSON.createObjectNode();
        document.put("apiVersion", "v1").put("kind", "Pod");
        document.putObject("metadata").put("name", "web");
        document.set("spec", json(spec));
        return of(rule, document);
    }

    public static Trial of(Rule rule, JsonNode document) {
        return new Trial(
                rule,
                document,
                new RuleContext(RuleSettings.DEFAULT, ClusterCapabilities.offline(37), Optional.of("driftwood")));
    }

    static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    Trial with(RuleSettings settings) {
        return new Trial(rule, document, new RuleContext(settings, context.cluster(), context.namespace()));
    }

    Trial in(ClusterCapabilities cluster) {
        return new Trial(rule, document, new RuleContext(context.settings(), cluster, context.namespace()));
    }

    Trial inClusterWithClasses(String... runtimeClasses) {
        return in(new ClusterCapabilities(37, Optional.of(Set.of(runtimeClasses))));
    }

    Trial annotated(String key, String value) {
        ObjectNode copy = document.deepCopy();
        ((ObjectNode) copy.get("metadata")).withObjectProperty("annotations").put(key, value);
        return new Trial(rule, copy, context);
    }

    Pod pod() {
        return Pod.in(Field.root(document));
    }

    public List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        rule.revisions().get(0).check().run(pod(), context, findings::add);
        return findings;
    }

    List<String> places() {
        return findings().stream().map(finding -> finding.place().pointer()).toList();
    }

    /** The only finding there is. */
    Finding finding() {
        List<Finding> findings = findings();
        assertThat(findings).hasSize(1);
        return findings.get(0);
    }

    /** What the rule notes. */
    List<String> notes() {
        return harden().notes().stream().map(Note::message).toList();
    }

    HardeningPass harden() {
        return harden(true);
    }

    HardeningPass harden(boolean podEditable) {
        List<Finding> open = findings().stream().filter(Finding::unset).toList();
        HardeningPass.Scope scope = podEditable
                ? HardeningPass.Scope.WHOLE_POD
                : HardeningPass.Scope.WHOLE_POD.changingOnly(container -> open.stream()
                        .anyMatch(finding -> finding.subject().asContainer().equals(Optional.of(container))));
        HardeningPass hardening = new HardeningPass(rule, pod(), context, open, List.of(), scope);
        ((HardeningRule) rule).harden(hardening);
        return hardening;
    }

    /** The pod after hardening, which two ways of applying the patch agree on, and which hardening leaves as it is. */
    Trial hardened() {
        return hardened(true);
    }

    Trial hardened(boolean podEditable) {
        Trial once = apply(harden(podEditable));
        assertThat(once.harden(podEditable).edits()).isEmpty();
        return once;
    }

    private Trial apply(HardeningPass hardening) {
        JsonPatch patch = JsonPatch.of(hardening.edits());
        JsonNode result = patch.applyTo(document);
        assertThat(io.fabric8.zjsonpatch.JsonPatch.apply(patch.toJson(), document))
                .isEqualTo(result);
        return new Trial(rule, result, context);
    }

    /** Why the only finding was left. */
    String reasonLeft() {
        return reasonLeft(true);
    }

    String reasonLeft(boolean podEditable) {
        HardeningPass hardening = harden(podEditable);
        assertThat(hardening.edits()).isEmpty();
        assertThat(hardening.open()).hasSize(1);
        return hardening.notHardenedReason(hardening.open().get(0)).orElseThrow();
    }

    JsonNode spec() {
        return document.get("spec");
    }
}
