package dev.bulkhead.engine.policy.document;

import dev.bulkhead.engine.policy.Exemption;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.workload.Field;

/** A policy or an exemption, and the document that declares it. */
public sealed interface Declaration {
    Field document();

    record OfPolicy(Policy policy, Field document) implements Declaration {}

    record OfExemption(Exemption exemption, Field document) implements Declaration {}
}
