package dev.bulkhead.app.cluster.secondlayer;

import dev.bulkhead.app.cluster.webhook.WorkloadScope;
import dev.bulkhead.engine.policy.Exemption;
import dev.bulkhead.engine.policy.PolicySet;
import java.util.List;

/** An export, and what it was made from. */
record Export(PolicySet policies, List<Exemption> exemptions, int minor, WorkloadScope scope, ExpectedLayer layer) {
    boolean isOf(PolicySet others, List<Exemption> active, int version, WorkloadScope workloads) {
        return policies == others && exemptions.equals(active) && minor == version && scope.equals(workloads);
    }
}
