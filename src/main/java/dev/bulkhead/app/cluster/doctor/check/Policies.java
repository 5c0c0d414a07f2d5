package dev.bulkhead.app.cluster.doctor.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.cluster.doctor.Answer;
import dev.bulkhead.app.cluster.doctor.Check;
import dev.bulkhead.app.cluster.doctor.Facts;
import dev.bulkhead.app.cluster.doctor.Listed;
import dev.bulkhead.app.cluster.doctor.Source;
import dev.bulkhead.app.cluster.doctor.UnreadableException;
import dev.bulkhead.app.cluster.resource.StatusText;
import dev.bulkhead.app.cluster.watch.PolicySnapshot.PolicyState;
import java.util.ArrayList;
import java.util.List;

/** Every policy is in force as written. */
final class Policies implements Check {
    @Override
    public String id() {
        return "policies";
    }

    @Override
    public Answer answer(Facts facts) throws UnreadableException {
        List<String> invalid = new ArrayList<>();
        for (PolicyState state : facts.policies().policyStates()) {
            if (!state.problems().isEmpty()) {
                invalid.add(state.identity().name() + " (" + StatusText.of(state.problems()) + ")");
            }
        }
        List<String> unseen = new ArrayList<>();
        for (JsonNode policy : facts.all(Source.POLICIES)) {
            JsonNode metadata = policy.path("metadata");
            if (policy.at("/status/observedGeneration").asLong()
                    < metadata.path("generation").asLong()) {
                unseen.add(metadata.path("name").asText());
            }
        }
        if (!invalid.isEmpty()) {
            return Answer.problem(
                    "invalid, and so replaced by what was valid before or by the strictest values: "
                            + Listed.of(invalid),
                    "bulkhead policy lint names the line; fix and apply it");
        }
        if (!unseen.isEmpty()) {
            return Answer.warning(
                    "changed since the leader wrote their status: " + Listed.of(unseen),
                    "if this lasts for more than a minute, look at the check leader");
        }
        int count = facts.all(Source.POLICIES).size();
        return Answer.ok(
                count == 0
                        ? "there are none: the built-in policy is in force"
                        : (count == 1 ? "the only one is" : "all " + count + " are") + " in force as written");
    }
}
