package dev.bulkhead.app.cluster.doctor.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.certificate.CertificateChain;
import dev.bulkhead.app.cluster.doctor.Answer;
import dev.bulkhead.app.cluster.doctor.Check;
import dev.bulkhead.app.cluster.doctor.Encoded;
import dev.bulkhead.app.cluster.doctor.Facts;
import dev.bulkhead.app.cluster.doctor.Source;
import dev.bulkhead.app.cluster.doctor.UnreadableException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The API server knows a CA for each webhook that is still valid. */
final class CaBundle implements Check {
    @Override
    public String id() {
        return "ca-bundle";
    }

    private static final Duration SOON = Duration.ofDays(14);

    @Override
    public Answer answer(Facts facts) throws UnreadableException {
        Optional<Instant> first = Optional.empty();
        for (Source source : List.of(Source.MUTATING, Source.VALIDATING)) {
            for (JsonNode configuration : facts.all(source)) {
                for (JsonNode webhook : configuration.path("webhooks")) {
                    Optional<Instant> until = CertificateChain.parse(Encoded.text(webhook.at("/clientConfig/caBundle")))
                            .map(CertificateChain::lastExpiry);
                    if (until.isEmpty()) {
                        return Answer.problem(
                                "webhook " + webhook.path("name").asText() + " has no CA bundle: calls fail",
                                "the leader, or cert-manager, fills it in; its log says what prevents that");
                    }
                    first = first.filter(known -> known.isBefore(until.get())).or(() -> until);
                }
            }
        }
        if (first.isEmpty()) {
            return Answer.problem("there are no webhooks", "see the check webhooks");
        }
        Instant until = first.get();
        String renewal = "a new CA should be in the CA bundle by now; the log of the leader says what prevents that";
        if (!facts.now().isBefore(until)) {
            return Answer.problem("the CA in the CA bundle expired on " + until + ": calls fail", renewal);
        }
        return facts.now().isBefore(until.minus(SOON))
                ? Answer.ok("every webhook has one, valid until " + until)
                : Answer.warning("the CA in the CA bundle expires on " + until, renewal);
    }
}
