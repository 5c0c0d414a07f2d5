package dev.bulkhead.app.cluster.doctor.check;

import dev.bulkhead.app.cluster.doctor.Answer;
import dev.bulkhead.app.cluster.doctor.Check;
import dev.bulkhead.app.cluster.doctor.Facts;
import dev.bulkhead.app.cluster.doctor.Listed;
import dev.bulkhead.app.cluster.doctor.UnreadableException;
import dev.bulkhead.app.cluster.watch.PolicySnapshot.ExemptionState;
import java.util.ArrayList;
import java.util.List;

/** Every exemption counts. */
final class Exemptions implements Check {
    @Override
    public String id() {
        return "exemptions";
    }

    @Override
    public Answer answer(Facts facts) throws UnreadableException {
        List<String> invalid = new ArrayList<>();
        List<String> elsewhere = new ArrayList<>();
        List<String> expired = new ArrayList<>();
        List<ExemptionState> states = facts.policies().exemptionStates();
        for (ExemptionState state : states) {
            String name = state.identity().namespace() + "/" + state.identity().name();
            if (!state.problems().isEmpty()) {
                invalid.add(name);
            } else if (!state.honoured()) {
                elsewhere.add(name);
            } else if (state.inForce().stream()
                    .anyMatch(exemption -> !facts.now().isBefore(exemption.expires()))) {
                expired.add(name);
            }
        }
        List<String> idle = new ArrayList<>();
        add(idle, "invalid", invalid);
        add(idle, "in a namespace whose exemptions do not count", elsewhere);
        add(idle, "expired", expired);
        return idle.isEmpty()
                ? Answer.ok(states.isEmpty() ? "there are none" : states.size() + " in force")
                : Answer.warning(
                        "without effect: " + String.join("; ", idle),
                        "fix, renew or delete them: kubectl get exemptions -A");
    }

    private static void add(List<String> idle, String why, List<String> names) {
        if (!names.isEmpty()) {
            idle.add(why + ": " + Listed.of(names));
        }
    }
}
