package dev.bulkhead.app.cluster.doctor.check;

import dev.bulkhead.app.cluster.doctor.Answer;
import dev.bulkhead.app.cluster.doctor.Check;
import dev.bulkhead.app.cluster.doctor.Facts;
import dev.bulkhead.app.cluster.doctor.Source;
import dev.bulkhead.app.cluster.doctor.UnreadableException;
import dev.bulkhead.engine.rule.ClusterCapabilities;

/** The version of Kubernetes is supported. */
final class ApiServerVersion implements Check {
    @Override
    public String id() {
        return "kubernetes";
    }

    private static final int OLDEST_MINOR = 30;

    @Override
    public Answer answer(Facts facts) throws UnreadableException {
        String version = facts.one(Source.VERSION)
                .map(found -> found.path("gitVersion").asText())
                .orElse("");
        int minor = facts.minor().orElse(0);
        if (minor < OLDEST_MINOR) {
            return Answer.problem(version + " is older than 1." + OLDEST_MINOR, "upgrade the cluster");
        }
        return minor > ClusterCapabilities.NEWEST_MINOR
                ? Answer.warning(
                        version + " is newer than 1." + ClusterCapabilities.NEWEST_MINOR
                                + ", the newest that this version of Bulkhead knows",
                        "upgrade Bulkhead when there is a newer version")
                : Answer.ok(version + " is supported");
    }
}
