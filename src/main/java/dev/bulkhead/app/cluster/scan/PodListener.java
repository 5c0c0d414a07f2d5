package dev.bulkhead.app.cluster.scan;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Is handed the pods of the cluster, one after the other, by one thread. What it keeps of a pod is its own choice; it must
 * not wait for the network, because the pods behind it wait as well.
 */
public interface PodListener {
    /** A pod was read or has changed; the same pod may arrive several times without a change. */
    void arrived(JsonNode pod);

    /** A pod no longer exists. */
    void deleted(String namespace, String name, String uid);
}
