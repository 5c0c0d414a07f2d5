package dev.bulkhead.engine.workload;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a kubelet reports of the containers of a pod. */
public final class ContainerStatuses {
    private static final List<String> LISTS =
            List.of("initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses");

    private ContainerStatuses() {}

    /**
     * The statuses of all kinds of containers, by the container's name.
     *
     * @param pod as the API server stores it
     * @throws MalformedWorkloadException when the status is not of the form that the API server stores
     */
    public static Map<String, Field> byName(Field pod) {
        Field status = pod.get("status");
        Map<String, Field> byName = new HashMap<>();
        for (String list : LISTS) {
            status.get(list).items().forEach(one -> byName.put(one.get("name").textOrEmpty(), one));
        }
        return byName;
    }
}
