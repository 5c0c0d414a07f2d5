package dev.bulkhead.engine.workload;

import java.util.Optional;

/**
 * An object that is a pod or makes pods.
 *
 * @param apiVersion as written
 * @param kind as written
 * @param namespace the object's namespace, if the manifest names one
 * @param name the object's name; its {@code generateName} if it has none; else empty
 * @param object the whole object
 * @param pod the pod that it is or would make
 * @param isPod whether the object is itself a pod; in the cluster only pods are hardened
 */
public record Workload(
        String apiVersion,
        String kind,
        Optional<String> namespace,
        String name,
        Field object,
        Pod pod,
        boolean isPod) {}
