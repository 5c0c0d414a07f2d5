package dev.bulkhead.app.cluster.doctor.check;

import dev.bulkhead.app.cluster.doctor.Answer;
import dev.bulkhead.app.cluster.doctor.Check;
import dev.bulkhead.app.cluster.doctor.Facts;
import dev.bulkhead.app.cluster.doctor.Listed;
import dev.bulkhead.app.cluster.doctor.UnreadableException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** Exemptions that will expire soon. */
final class ExpiringExemptions implements Check {
    @Override
    public String id() {
        return "exemptions-expiring";
    }

    private static final Duration SOON = Duration.ofDays(14);

    @Override
    public Answer answer(Facts facts) throws UnreadableException {
        Instant now = facts.now();
        List<String> soon = facts.policies().exemptionStates().stream()
                .flatMap(state -> state.inForce().stream())
                .filter(exemption ->
                        now.isBefore(exemption.expires()) && !now.plus(SOON).isBefore(exemption.expires()))
                .map(exemption -> exemption.name() + " on "
                        + exemption
                                .expires()
                                .truncatedTo(ChronoUnit.DAYS)
                                .toString()
                                .substring(0, 10) + " ("
                        + exemption.owner() + ")")
                .toList();
        return soon.isEmpty()
                ? Answer.ok("none expires within " + SOON.toDays() + " days")
                : Answer.warning(
                        soon.size() + " within " + SOON.toDays() + " days: " + Listed.of(soon),
                        "have the owner fix the workload, or extend the exemption after a review");
    }
}
