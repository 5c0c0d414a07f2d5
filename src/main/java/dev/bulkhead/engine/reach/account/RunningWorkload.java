package dev.bulkhead.engine.reach.account;

import dev.bulkhead.engine.reach.PodExposure;

/**
 * A workload that has pods.
 *
 * @param label its kind and name, for sentences
 */
public record RunningWorkload(String namespace, String label, PodExposure pods) {}
