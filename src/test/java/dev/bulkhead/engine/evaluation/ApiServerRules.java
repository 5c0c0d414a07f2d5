package dev.bulkhead.engine.evaluation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the API server refuses of the combinations that hardening could make, written apart from the code under test. An
 * empty set means that a pod breaks none of them.
 */
final class ApiServerRules {
    private static final List<String> LISTS = List.of("initContainers", "containers", "ephemeralContainers");
    private static final List<String> NOT_ON_WINDOWS_PODS = List.of(
            "seccompProfile",
            "seLinuxOptions",
            "appArmorProfile",
            "fsGroup",
            "fsGroupChangePolicy",
            "sysctls",
            "runAsUser",
            "runAsGroup",
            "supplementalGroups",
            "supplementalGroupsPolicy");
    private static final List<String> NOT_ON_WINDOWS_CONTAINERS = List.of(
            "seccompProfile",
            "seLinuxOptions",
            "appArmorProfile",
            "capabilities",
            "readOnlyRootFilesystem",
            "privileged",
            "allowPrivilegeEscalation",
            "procMount",
            "runAsUser",
            "runAsGroup");

    private ApiServerRules() {}

    static Set<String> brokenBy(JsonNode pod) {
        Set<String> broken = new TreeSet<>();
        JsonNode spec = pod.path("spec");
        boolean windows = spec.path("os").path("name").asText().equals("windows");
        boolean ownUsers = isFalse(spec.path("hostUsers"));
        for (JsonNode container : containers(pod)) {
            container(broken, container, windows, ownUsers);
        }
        if (ownUsers && (isTrue(spec, "hostPID") || isTrue(spec, "hostIPC") || isTrue(spec, "hostNetwork"))) {
            broken.add("hostUsers false with a host namespace");
        }
        if (windows) {
            JsonNode security = spec.path("securityContext");
            NOT_ON_WINDOWS_PODS.stream()
                    .filter(security::hasNonNull)
                    .forEach(field -> broken.add("pod-level " + field + " on Windows"));
            List.of("hostUsers", "hostPID", "hostIPC", "shareProcessNamespace").stream()
                    .filter(spec::hasNonNull)
                    .forEach(field -> broken.add(field + " on Windows"));
        }
        if (isTrue(spec, "shareProcessNamespace") && isTrue(spec, "hostPID")) {
            broken.add("shareProcessNamespace with hostPID");
        }
        if (hasTwice(spec.path("volumes"), "name")) {
            broken.add("two volumes of one name");
        }
        seccomp(broken, spec.path("securityContext").path("seccompProfile"));
        seccompAnnotations(broken, pod);
        for (JsonNode volume : spec.path("volumes")) {
            if (volume.path("name").asText().length() > 63) {
                broken.add("volume name too long");
            }
        }
        return broken;
    }

    private static void container(Set<String> broken, JsonNode container, boolean windows, boolean ownUsers) {
        JsonNode security = container.path("securityContext");
        if (isFalse(security.path("allowPrivilegeEscalation"))) {
            if (isTrue(security, "privileged")) {
                broken.add("allowPrivilegeEscalation false with privileged");
            }
            for (JsonNode added : security.path("capabilities").path("add")) {
                if (added.asText().equals("CAP_SYS_ADMIN")) {
                    broken.add("allowPrivilegeEscalation false with CAP_SYS_ADMIN");
                }
            }
        }
        if (security.path("procMount").asText().equals("Unmasked") && !ownUsers) {
            broken.add("procMount Unmasked without hostUsers false");
        }
        if (windows) {
            NOT_ON_WINDOWS_CONTAINERS.stream()
                    .filter(security::hasNonNull)
                    .forEach(field -> broken.add("container " + field + " on Windows"));
        }
        if (hasTwice(container.path("volumeMounts"), "mountPath")) {
            broken.add("two mounts at one path");
        }
        seccomp(broken, security.path("seccompProfile"));
    }

    private static void seccomp(Set<String> broken, JsonNode profile) {
        if (profile.hasNonNull("localhostProfile")
                != profile.path("type").asText().equals("Localhost")) {
            broken.add("localhostProfile and type Localhost come together");
        }
    }

    /** A legacy annotation and the field of the same pod or container must not contradict each other. */
    private static void seccompAnnotations(Set<String> broken, JsonNode pod) {
        JsonNode annotations = pod.path("metadata").path("annotations");
        contradict(
                broken,
                annotations.path("seccomp.security.alpha.kubernetes.io/pod").asText(""),
                pod.path("spec").path("securityContext").path("seccompProfile"));
        for (JsonNode container : containers(pod)) {
            String key = "container.seccomp.security.alpha.kubernetes.io/"
                    + container.path("name").asText();
            contradict(
                    broken,
                    annotations.path(key).asText(""),
                    container.path("securityContext").path("seccompProfile"));
        }
    }

    private static void contradict(Set<String> broken, String annotation, JsonNode field) {
        if (annotation.isEmpty() || field.isMissingNode() || field.isNull()) {
            return;
        }
        String said = field.path("type").asText();
        String expected = switch (annotation) {
            case "runtime/default", "docker/default" -> "RuntimeDefault";
            case "unconfined" -> "Unconfined";
            default -> "Localhost";
        };
        boolean sameProfile = !expected.equals("Localhost")
                || annotation.equals(
                        "localhost/" + field.path("localhostProfile").asText());
        if (!said.equals(expected) || !sameProfile) {
            broken.add("seccomp annotation and field differ");
        }
    }

    static List<JsonNode> containers(JsonNode pod) {
        List<JsonNode> containers = new ArrayList<>();
        for (String list : LISTS) {
            pod.path("spec").path(list).forEach(containers::add);
        }
        return containers;
    }

    private static boolean hasTwice(JsonNode list, String key) {
        Set<String> seen = new HashSet<>();
        if (list instanceof ArrayNode) {
            for (JsonNode item : list) {
                if (!seen.add(item.path(key).asText())) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isTrue(JsonNode object, String field) {
        return object.path(field).isBoolean() && object.path(field).booleanValue();
    }

    private static boolean isFalse(JsonNode node) {
        return node.isBoolean() && !node.booleanValue();
    }
}
