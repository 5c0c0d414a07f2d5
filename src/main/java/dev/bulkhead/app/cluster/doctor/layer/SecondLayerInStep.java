package dev.bulkhead.app.cluster.doctor.layer;

import dev.bulkhead.app.cluster.doctor.Answer;
import dev.bulkhead.app.cluster.doctor.Check;
import dev.bulkhead.app.cluster.doctor.Facts;
import dev.bulkhead.app.cluster.doctor.InstalledRecord;
import dev.bulkhead.app.cluster.doctor.Source;
import dev.bulkhead.app.cluster.doctor.UnreadableException;
import dev.bulkhead.app.cluster.secondlayer.LayerComparison;
import dev.bulkhead.app.cluster.secondlayer.PolicyKind;
import dev.bulkhead.app.cluster.secondlayer.Slots;
import dev.bulkhead.app.cluster.webhook.WorkloadScope;
import java.util.Optional;

/** The API server's own admission policies say what is in force. */
public final class SecondLayerInStep implements Check {
    @Override
    public String id() {
        return "second-layer";
    }

    @Override
    public Answer answer(Facts facts) throws UnreadableException {
        String name = facts.place().name();
        int each = facts.place().secondLayer();
        if (each == 0) {
            return Answer.ok("not installed: secondLayer.enabled is false");
        }
        Optional<WorkloadScope> scope =
                InstalledRecord.of(facts).of("ValidatingWebhookConfiguration").flatMap(WorkloadScope::of);
        if (scope.isEmpty()) {
            return Answer.problem(
                    "the ConfigMap " + name + " does not record what the webhook is installed for, and so the leader"
                            + " leaves the second layer as it is",
                    "restore it: helm upgrade " + name);
        }
        int minor = facts.minor().orElse(0);
        if (minor < PolicyKind.VALIDATING.since()) {
            return Answer.problem("Kubernetes 1." + minor + " has no ValidatingAdmissionPolicy", "upgrade the cluster");
        }
        LayerComparison comparison = LayerComparison.of(
                new Slots(name, each),
                facts.policies().policies(),
                minor,
                facts.now(),
                scope.get(),
                facts.all(Source.SECOND_LAYER));
        if (!comparison.differences().isEmpty()) {
            return Answer.problem(
                    "not in step with the policies: " + String.join("; ", comparison.differences()),
                    "the leader restores policies within seconds: its log, and the events of the ConfigMap " + name
                            + ", say what prevents it; bindings are restored by helm upgrade " + name
                            + ", and secondLayer.policies says how many there are");
        }
        int count = comparison.expected();
        return Answer.ok((count == 1 ? "its policy says" : "its " + count + " policies say") + " what is in force"
                + (minor < PolicyKind.MUTATING.since()
                        ? "; what is unset is not filled in, which needs Kubernetes 1." + PolicyKind.MUTATING.since()
                        : ""));
    }
}
