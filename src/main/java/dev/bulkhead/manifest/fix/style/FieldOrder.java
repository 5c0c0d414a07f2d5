package dev.bulkhead.manifest.fix.style;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.manifest.fix.node.Node;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where people write the fields of Kubernetes objects. */
public final class FieldOrder {
    private static final List<String> CONTAINER = List.of(
            "name",
            "image",
            "imagePullPolicy",
            "restartPolicy",
            "command",
            "args",
            "workingDir",
            "ports",
            "envFrom",
            "env",
            "resources",
            "securityContext",
            "volumeMounts");

    private static final List<String> POD = List.of(
            "serviceAccountName",
            "serviceAccount",
            "automountServiceAccountToken",
            "hostNetwork",
            "hostPID",
            "hostIPC",
            "hostUsers",
            "runtimeClassName",
            "securityContext");

    private static final List<String> OBJECT = List.of("apiVersion", "kind", "metadata");

    private static final List<String> METADATA = List.of("name", "generateName", "namespace", "labels", "annotations");

    private static final List<String> SECURITY_CONTEXT = List.of(
            "runAsNonRoot",
            "runAsUser",
            "runAsGroup",
            "fsGroup",
            "allowPrivilegeEscalation",
            "privileged",
            "readOnlyRootFilesystem",
            "capabilities",
            "seccompProfile",
            "windowsOptions");

    private FieldOrder() {}

    /**
     * The member behind which a field belongs; empty if it belongs before all of them.
     *
     * @param mapping not empty
     */
    public static Optional<Node.Member> before(String name, Node.Mapping mapping) {
        List<Node.Member> members = mapping.members();
        Optional<List<String>> order = order(name, mapping);
        if (order.isEmpty()) {
            return Optional.of(members.get(members.size() - 1));
        }
        List<String> before = order.get().subList(0, order.get().indexOf(name));
        Optional<Node.Member> last = Optional.empty();
        for (Node.Member member : members) {
            if (member.merge() || before.contains(member.name())) {
                last = Optional.of(member);
            }
        }
        return last;
    }

    private static Optional<List<String>> order(String name, Node.Mapping mapping) {
        boolean pod =
                mapping.members().stream().anyMatch(member -> member.name().equals("containers"));
        return switch (name) {
            case "volumeMounts" -> Optional.of(CONTAINER);
            case "securityContext" -> Optional.of(pod ? POD : CONTAINER);
            case "automountServiceAccountToken", "hostUsers", "runtimeClassName" ->
                pod ? Optional.of(POD) : Optional.empty();
            case "annotations" -> Optional.of(METADATA);
            case "metadata" -> Optional.of(OBJECT);
            default -> Optional.empty();
        };
    }

    /** Comparing names that are added at the same place. */
    public static Comparator<String> together() {
        return Comparator.comparingInt(FieldOrder::rank);
    }

    private static int rank(String name) {
        for (List<String> order : List.of(POD, CONTAINER)) {
            if (order.contains(name)) {
                return order.indexOf(name);
            }
        }
        return SECURITY_CONTEXT.contains(name) ? SECURITY_CONTEXT.indexOf(name) : Integer.MAX_VALUE;
    }

    /** The members of a value in the order in which they are written below that name. */
    public static List<Map.Entry<String, JsonNode>> members(JsonNode object) {
        List<Map.Entry<String, JsonNode>> members = new ArrayList<>(object.properties());
        if (members.stream().allMatch(member -> SECURITY_CONTEXT.contains(member.getKey()))) {
            members.sort(Map.Entry.comparingByKey(together()));
        }
        return members;
    }
}
