package dev.bulkhead.app.cluster.doctor.check;

import dev.bulkhead.app.certificate.CertificateChain;
import dev.bulkhead.app.cluster.doctor.Answer;
import dev.bulkhead.app.cluster.doctor.Check;
import dev.bulkhead.app.cluster.doctor.ConsolePlace;
import dev.bulkhead.app.cluster.doctor.Encoded;
import dev.bulkhead.app.cluster.doctor.Facts;
import dev.bulkhead.app.cluster.doctor.Source;
import dev.bulkhead.app.cluster.doctor.UnreadableException;
import java.time.Duration;
import java.util.Optional;

/** The certificate that the console serves is there, and valid. Who trusts it is not known here. */
final class ConsoleCertificate implements Check {
    private static final Duration SOON = Duration.ofDays(7);

    @Override
    public String id() {
        return "console-certificate";
    }

    @Override
    public Answer answer(Facts facts) throws UnreadableException {
        Optional<String> secret = facts.place().console().flatMap(ConsolePlace::certificate);
        if (secret.isEmpty()) {
            return Answer.ok("none is set: nothing but kubectl port-forward, or a proxy, reaches the console");
        }
        Optional<CertificateChain> served = facts.one(Source.CONSOLE_CERTIFICATE)
                .map(found -> Encoded.text(found.path("data").path("tls.crt")))
                .flatMap(CertificateChain::parse);
        if (served.isEmpty()) {
            return Answer.warning(
                    "the Secret " + secret.get() + " holds no certificate: the console does not start",
                    "create it, or look at what issues it");
        }
        CertificateChain chain = served.get();
        String renewal = "what issues the Secret " + secret.get() + " should have renewed it";
        if (!facts.now().isBefore(chain.expiry())) {
            return Answer.warning("it expired on " + chain.expiry() + ": browsers refuse it", renewal);
        }
        return facts.now().isBefore(chain.expiry().minus(SOON))
                ? Answer.ok("it is valid until " + chain.expiry())
                : Answer.warning("it expires on " + chain.expiry(), renewal);
    }
}
