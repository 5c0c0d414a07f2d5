package dev.bulkhead.engine.rule.check;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.PodSecurityVersion;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.RuleContext;
import dev.bulkhead.engine.rule.RuleSettings;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Pods that use the host, for tests. */
public final class HostPods {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private static final RuleContext CONTEXT = new RuleContext(
            RuleSettings.DEFAULT, ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR), Optional.empty());

    private final ObjectNode spec = JSON.objectNode();
    private final ObjectNode object = JSON.objectNode();

    public HostPods() {
        object.putObject("metadata").put("name", "web");
        object.set("spec", spec);
        spec.putArray("containers").addObject().put("name", "web");
        spec.putArray("volumes");
    }

    /** A pod with one hostPath volume "host" that nothing mounts. */
    public static HostPods hostPath(String path) {
        HostPods pods = new HostPods();
        pods.volume("host").putObject("hostPath").put("path", path);
        return pods;
    }

    /** A pod with one hostPath volume, mounted read-only by its container. */
    public static Pod mounted(String path) {
        HostPods pods = hostPath(path);
        pods.mount("containers", 0, "host").put("readOnly", true);
        return pods.pod();
    }

    public ObjectNode spec() {
        return spec;
    }

    public ObjectNode volume(String name) {
        return spec.withArrayProperty("volumes").addObject().put("name", name);
    }

    public ObjectNode container(String list, int index) {
        ArrayNode containers = spec.withArrayProperty(list);
        while (containers.size() <= index) {
            String name = list + containers.size();
            containers.addObject().put("name", name);
        }
        return (ObjectNode) containers.get(index);
    }

    public ObjectNode mount(String list, int index, String volume) {
        return container(list, index)
                .withArrayProperty("volumeMounts")
                .addObject()
                .put("name", volume)
                .put("mountPath", "/mnt");
    }

    public Pod pod() {
        return Pod.in(Field.root(object));
    }

    public static List<Finding> findings(Rule rule, Pod pod) {
        List<Finding> findings = new ArrayList<>();
        rule.revisionAt(PodSecurityVersion.LATEST).orElseThrow().check().run(pod, CONTEXT, findings::add);
        return findings;
    }

    public static Finding onlyFinding(Rule rule, Pod pod) {
        List<Finding> findings = findings(rule, pod);
        if (findings.size() != 1) {
            throw new AssertionError("expected one finding of " + rule.id() + ", found " + findings.size());
        }
        return findings.get(0);
    }
}
