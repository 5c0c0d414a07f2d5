package dev.bulkhead.engine.rule.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.bulkhead.engine.edit.Edit;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.Remedy;
import dev.bulkhead.engine.rule.RuleContext;
import dev.bulkhead.engine.rule.Subject;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import dev.bulkhead.engine.workload.Volume;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Edits that the remedies of several rules share. */
final class RemedyParts {
    /** The user and group where the policy sets none. */
    private static final LongNode NON_ROOT = LongNode.valueOf(10_001);

    private static final List<String> USES_OF_VOLUMES = List.of("volumeMounts", "volumeDevices");

    private RemedyParts() {}

    /** The pod that a finding is in. */
    static Pod podOf(Finding finding) {
        return Pod.in(objectOf(finding));
    }

    /** The spec of the pod that a finding is in. */
    static Field specOf(Finding finding) {
        return objectOf(finding).get("spec");
    }

    /** Whether that pod targets Windows; does not parse the whole pod. */
    static boolean isOnWindows(Finding finding) {
        return specOf(finding).get("os").get("name").textOrEmpty().equals("windows");
    }

    /** The object that holds the metadata and the spec of the pod that a finding is in. */
    static Field objectOf(Finding finding) {
        Field inPod = finding.place();
        if (finding.subject() instanceof Subject.OfContainer of) {
            inPod = of.container().field();
        } else if (finding.subject() instanceof Subject.OfVolume of) {
            inPod = of.volume().field();
        }
        boolean annotation = finding.subject() instanceof Subject.OfAnnotation;
        Field part = above(inPod, annotation ? "metadata" : "spec");
        return part.parent().orElseThrow();
    }

    private static Field above(Field field, String name) {
        Field above = field;
        while (!above.name().equals(name)) {
            above = above.parent().orElseThrow();
        }
        return above;
    }

    /** Removes the finding's volume and its mounts. */
    static Remedy.Edits removal(Finding finding) {
        return context ->
                finding.subject() instanceof Subject.OfVolume of ? remove(finding, List.of(of.volume())) : List.of();
    }

    /** Removes volumes and their mounts from the finding's pod. */
    static List<Edit> remove(Finding finding, List<Volume> volumes) {
        List<Edit> edits = new ArrayList<>();
        Set<String> names = new TreeSet<>();
        for (Volume volume : volumes) {
            edits.add(new Edit.Remove(volume.field()));
            names.add(volume.name());
        }
        for (Container container : podOf(finding).containers()) {
            for (String list : USES_OF_VOLUMES) {
                for (Field use : items(container.field().get(list))) {
                    if (use.node().path("name").isTextual()
                            && names.contains(use.node().path("name").textValue())) {
                        edits.add(new Edit.Remove(use));
                    }
                }
            }
        }
        return edits;
    }

    /** The items; none if it is no list, which other rules report. */
    private static List<Field> items(Field list) {
        return list.node().isArray() ? list.items() : List.of();
    }

    /** Replaces a volume's source by an emptyDir; its mounts stay. */
    static List<Edit> emptyDirInPlaceOf(Volume volume, String source, String medium) {
        JsonNode emptyDir = medium.isEmpty()
                ? JsonNodeFactory.instance.objectNode()
                : JsonNodeFactory.instance.objectNode().put("medium", medium);
        List<Edit> edits = new ArrayList<>();
        edits.add(new Edit.Remove(volume.source(source)));
        if (volume.source("emptyDir").isAbsent()) {
            edits.add(new Edit.Fill(volume.source("emptyDir"), emptyDir));
        }
        return edits;
    }

    /**
     * Sets the type of a seccomp or AppArmor profile to {@code RuntimeDefault} and removes {@code localhostProfile},
     * which the API server rejects beside it.
     */
    static List<Edit> runtimeDefault(Field profile) {
        List<Edit> edits = new ArrayList<>();
        edits.add(Edit.set(profile.get("type"), TextNode.valueOf("RuntimeDefault")));
        Field file = profile.get("localhostProfile");
        if (file.isPresent()) {
            edits.add(new Edit.Remove(file));
        }
        return edits;
    }

    /** The user for a pod that must not run as root. */
    static JsonNode nonRootUser(RuleContext context) {
        return context.settings()
                .user()
                .map(user -> LongNode.valueOf(
                        user.in(context.namespace().orElse("default")).uid()))
                .orElse(NON_ROOT);
    }

    /** Whether the field is true; ignores wrong types, which other rules report. */
    static boolean isTrue(Field field) {
        return field.node().isBoolean() && field.node().booleanValue();
    }

    /** Whether the field is a list that contains the text. */
    static boolean contains(Field list, String text) {
        for (JsonNode item : list.node()) {
            if (item.isTextual() && item.textValue().equals(text)) {
                return true;
            }
        }
        return false;
    }
}
