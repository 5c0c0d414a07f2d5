package dev.bulkhead.manifest.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Finds values in what Bulkhead reads that the API server rejects, so that a pod which can never be created is not
 * called hardened. See {@code pkg/apis/core/validation} in Kubernetes.
 */
final class RejectedValues {
    private static final int MOST = 20;
    private static final long HIGHEST_ID = Integer.MAX_VALUE;
    private static final long HIGHEST_PORT = 65_535;
    private static final String LOCALHOST = "Localhost";
    private static final Set<String> PROFILE_TYPES = Set.of("RuntimeDefault", LOCALHOST, "Unconfined");

    private final List<Remark> found = new ArrayList<>();

    private RejectedValues() {}

    /** The values of the pod that no API server accepts. */
    static List<Remark> in(Pod pod) {
        RejectedValues search = new RejectedValues();
        search.inspectPod(pod);
        pod.containers().forEach(search::inspect);
        return List.copyOf(search.found);
    }

    private void inspectPod(Pod pod) {
        Field context = pod.securityContext();
        inspectBoth(context);
        number(context.get("fsGroup"), 0, HIGHEST_ID);
        context.get("supplementalGroups").items().forEach(group -> number(group, 0, HIGHEST_ID));
        oneOf(context.get("fsGroupChangePolicy"), "Always", "OnRootMismatch");
        oneOf(context.get("supplementalGroupsPolicy"), "Merge", "Strict");
        oneOf(pod.spec().get("os").get("name"), "linux", "windows");
        oneOf(pod.spec().get("restartPolicy"), "", "Always", "OnFailure", "Never");
    }

    private void inspect(Container container) {
        Field context = container.securityContext();
        inspectBoth(context);
        oneOf(context.get("procMount"), "Default", "Unmasked");
        oneOf(container.field().get("imagePullPolicy"), "", "Always", "IfNotPresent", "Never");
        Field escalation = context.get("allowPrivilegeEscalation");
        if (escalation.isFalse()) {
            if (context.get("privileged").isTrue()) {
                reject(escalation, "false cannot stand beside privileged: true");
            }
            if (context.get("capabilities").get("add").items().stream()
                    .anyMatch(added -> added.textOrEmpty().equals("CAP_SYS_ADMIN"))) {
                reject(escalation, "false cannot stand beside the capability CAP_SYS_ADMIN");
            }
        }
        for (Field port : container.field().get("ports").items()) {
            number(port.get("containerPort"), 1, HIGHEST_PORT);
            number(port.get("hostPort"), 0, HIGHEST_PORT);
        }
    }

    /** What the pod's and a container's security context have in common. */
    private void inspectBoth(Field context) {
        number(context.get("runAsUser"), 0, HIGHEST_ID);
        number(context.get("runAsGroup"), 0, HIGHEST_ID);
        profile(context.get("seccompProfile"), false);
        profile(context.get("appArmorProfile"), true);
    }

    private static boolean isBlank(Field field) {
        return field.textOrEmpty().isBlank();
    }

    /** @param named whether the profile's name may not be blank */
    private void profile(Field profile, boolean named) {
        if (profile.isAbsent()) {
            return;
        }
        Field type = profile.get("type");
        Field file = profile.get("localhostProfile");
        if (type.isAbsent()) {
            reject(profile, "needs a type: " + listed(PROFILE_TYPES.stream()));
        } else if (!PROFILE_TYPES.contains(type.textOrEmpty())) {
            reject(type, "expected " + listed(PROFILE_TYPES.stream()));
        } else if (type.textOrEmpty().equals(LOCALHOST) && (file.isAbsent() || (named && isBlank(file)))) {
            reject(profile, "needs a localhostProfile where its type is Localhost");
        } else if (file.isPresent() && !type.textOrEmpty().equals(LOCALHOST)) {
            reject(file, "may stand only where the type is Localhost");
        }
    }

    private void number(Field field, long lowest, long highest) {
        if (field.isAbsent()) {
            return;
        }
        JsonNode value = field.node();
        boolean fits = value.isIntegralNumber()
                && value.canConvertToLong()
                && value.longValue() >= lowest
                && value.longValue() <= highest;
        if (!fits) {
            reject(field, "expected a whole number from " + lowest + " to " + highest);
        }
    }

    private void oneOf(Field field, String... values) {
        Optional<String> text = field.text();
        if (text.isPresent() && Stream.of(values).noneMatch(text.get()::equals)) {
            reject(field, "expected " + listed(Stream.of(values)));
        }
    }

    private static String listed(Stream<String> values) {
        return String.join(
                ", ", values.filter(value -> !value.isEmpty()).sorted().toList());
    }

    private void reject(Field field, String expected) {
        if (found.size() >= MOST) {
            return;
        }
        found.add(new Remark(field.pointer(), "the API server rejects this " + field.name() + ": " + expected));
    }
}
