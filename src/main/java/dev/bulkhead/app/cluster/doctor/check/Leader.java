package dev.bulkhead.app.cluster.doctor.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.cluster.doctor.Answer;
import dev.bulkhead.app.cluster.doctor.Check;
import dev.bulkhead.app.cluster.doctor.Facts;
import dev.bulkhead.app.cluster.doctor.Source;
import dev.bulkhead.app.cluster.doctor.Timestamps;
import dev.bulkhead.app.cluster.doctor.UnreadableException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** A replica leads: it writes certificates, webhook configurations and statuses. */
final class Leader implements Check {
    /** How far the clock of this machine may be ahead of those of the nodes. */
    private static final Duration SKEW = Duration.ofMinutes(1);

    @Override
    public String id() {
        return "leader";
    }

    @Override
    public Answer answer(Facts facts) throws UnreadableException {
        String log = "the logs of the replicas say why none of them leads";
        Optional<JsonNode> lease = facts.one(Source.LEASE);
        if (lease.isEmpty()) {
            return Answer.problem(
                    "no replica has ever led: there is no Lease "
                            + facts.place().name(),
                    log);
        }
        JsonNode spec = lease.get().path("spec");
        String holder = spec.path("holderIdentity").asText();
        Optional<Instant> until = Timestamps.read(spec.path("renewTime"))
                .map(renewed -> renewed.plusSeconds(
                                spec.path("leaseDurationSeconds").asLong(15))
                        .plus(SKEW));
        if (holder.isEmpty() || until.isEmpty() || until.get().isBefore(facts.now())) {
            return Answer.problem(
                    "no replica leads: certificates are not renewed, and webhook configurations not repaired", log);
        }
        return Answer.ok("replica " + holder + " leads");
    }
}
