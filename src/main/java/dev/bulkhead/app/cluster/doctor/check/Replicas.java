package dev.bulkhead.app.cluster.doctor.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.cluster.doctor.Answer;
import dev.bulkhead.app.cluster.doctor.Check;
import dev.bulkhead.app.cluster.doctor.Facts;
import dev.bulkhead.app.cluster.doctor.Place;
import dev.bulkhead.app.cluster.doctor.Source;
import dev.bulkhead.app.cluster.doctor.UnreadableException;
import java.util.Optional;

/** Enough replicas are ready. */
final class Replicas implements Check {
    @Override
    public String id() {
        return "replicas";
    }

    @Override
    public Answer answer(Facts facts) throws UnreadableException {
        Optional<JsonNode> deployment = facts.one(Source.DEPLOYMENT);
        Place place = facts.place();
        if (deployment.isEmpty()) {
            return Answer.problem(
                    "there is no Deployment of Bulkhead in namespace " + place.home(),
                    "name its namespace by --bulkhead-namespace, or install it: docs/install.md");
        }
        int wanted = deployment.get().at("/spec/replicas").asInt(1);
        int ready = deployment.get().at("/status/readyReplicas").asInt(0);
        String pods = "kubectl -n " + place.home() + " describe pods -l app.kubernetes.io/name=bulkhead";
        if (ready == 0) {
            return Answer.problem("none of " + wanted + " is ready: the API server gets no answer", pods);
        }
        if (ready < wanted) {
            return Answer.warning(ready + " of " + wanted + " are ready", pods);
        }
        return wanted == 1
                ? Answer.warning(
                        "there is only one: while it is replaced, the API server gets no answer",
                        "set replicas: 2 in the chart's values")
                : Answer.ok("all " + wanted + " are ready");
    }
}
