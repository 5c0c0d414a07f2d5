package dev.bulkhead.app.cluster.watch;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Is handed the objects of a kind, one after the other, by one thread. What it keeps of an object is its own choice; it
 * must not wait for the network, because the objects behind it wait as well.
 */
public interface ObjectListener {
    /**
     * An object was read or has changed; the same one may arrive several times without a change.
     *
     * @param object is this listener's own, which may change it
     */
    void arrived(ObjectNode object);

    /** An object no longer exists. */
    void deleted(String namespace, String name, String uid);
}
