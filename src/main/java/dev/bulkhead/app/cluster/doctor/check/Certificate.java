package dev.bulkhead.app.cluster.doctor.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.certificate.CertificateChain;
import dev.bulkhead.app.cluster.doctor.Answer;
import dev.bulkhead.app.cluster.doctor.Check;
import dev.bulkhead.app.cluster.doctor.Encoded;
import dev.bulkhead.app.cluster.doctor.Facts;
import dev.bulkhead.app.cluster.doctor.Place;
import dev.bulkhead.app.cluster.doctor.Source;
import dev.bulkhead.app.cluster.doctor.UnreadableException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The certificate that the replicas serve is valid, for the Service, and trusted by the API server. */
final class Certificate implements Check {
    @Override
    public String id() {
        return "certificate";
    }

    private static final Duration SOON = Duration.ofDays(7);

    @Override
    public Answer answer(Facts facts) throws UnreadableException {
        Place place = facts.place();
        Optional<CertificateChain> served = facts.one(Source.CERTIFICATE)
                .map(secret -> Encoded.text(secret.path("data").path("tls.crt")))
                .flatMap(CertificateChain::parse);
        if (served.isEmpty()) {
            return Answer.problem(
                    "the Secret " + place.certificate() + " holds no certificate",
                    "with certificates.source: self a ready replica writes it; otherwise look at what issues it");
        }
        CertificateChain chain = served.get();
        String renewal = "it should have been renewed; the log of the leader, or of cert-manager, says why it was not";
        if (!facts.now().isBefore(chain.expiry())) {
            return Answer.problem("it expired on " + chain.expiry() + ": the API server does not trust it", renewal);
        }
        String name = place.name() + "." + place.home() + ".svc";
        if (!chain.isFor(name)) {
            return Answer.problem(
                    "it is not for " + name + ", by which the API server calls", "issue one for that name");
        }
        for (Source source : List.of(Source.MUTATING, Source.VALIDATING)) {
            for (JsonNode configuration : facts.all(source)) {
                for (JsonNode webhook : configuration.path("webhooks")) {
                    if (!chain.isTrustedBy(Encoded.text(webhook.at("/clientConfig/caBundle")), facts.now())) {
                        return Answer.problem(
                                "the CA bundle of webhook "
                                        + webhook.path("name").asText() + " does not trust it: calls fail",
                                "the leader fills in the CA bundle; its log says what prevents that");
                    }
                }
            }
        }
        return facts.now().isBefore(chain.expiry().minus(SOON))
                ? Answer.ok("it is trusted, and valid until " + chain.expiry())
                : Answer.warning("it expires on " + chain.expiry(), renewal);
    }
}
