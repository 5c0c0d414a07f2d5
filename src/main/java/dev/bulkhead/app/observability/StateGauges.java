package dev.bulkhead.app.observability;

import dev.bulkhead.app.certificate.ServedCertificate;
import dev.bulkhead.app.config.GateConfig;
import dev.bulkhead.engine.policy.Exemption;
import dev.bulkhead.engine.policy.PolicySet;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Gauges of the server's state. */
@Startup
@Singleton
final class StateGauges {
    StateGauges(
            MeterRegistry meters,
            Supplier<PolicySet> policies,
            @Identifier(GateConfig.TLS) ServedCertificate certificate,
            Clock clock,
            GateConfig config,
            @ConfigProperty(name = "quarkus.application.version") String version) {
        if (!config.scan().enabled()) {
            exemptions(meters, policies, "active", exemption -> clock.instant().isBefore(exemption.expires()));
            exemptions(
                    meters, policies, "expired", exemption -> !clock.instant().isBefore(exemption.expires()));
            Gauge.builder("bulkhead.exemptions.next.expiry.timestamp.seconds", () -> nextExpiry(policies.get(), clock))
                    .description("When the next exemption expires, in seconds since 1970; NaN if none is active")
                    .register(meters);
            Gauge.builder("bulkhead.certificate.expiry.timestamp.seconds", certificate, StateGauges::expiry)
                    .description("When the certificate that the webhook serves expires, in seconds since 1970")
                    .register(meters);
        }
        Gauge.builder("bulkhead.build.info", () -> 1)
                .description("What runs, as labels")
                .tag("version", version)
                .tag("java", Runtime.version().toString())
                .register(meters);
    }

    private static void exemptions(
            MeterRegistry meters, Supplier<PolicySet> policies, String state, Predicate<Exemption> isSo) {
        Gauge.builder(
                        "bulkhead.exemptions",
                        () -> policies.get().exemptions().stream().filter(isSo).count())
                .description("Exemptions that are loaded")
                .tag("state", state)
                .register(meters);
    }

    private static double nextExpiry(PolicySet policies, Clock clock) {
        Instant now = clock.instant();
        return policies.exemptions().stream()
                .map(Exemption::expires)
                .filter(now::isBefore)
                .min(Comparator.naturalOrder())
                .map(next -> (double) next.getEpochSecond())
                .orElse(Double.NaN);
    }

    private static double expiry(ServedCertificate certificate) {
        return certificate
                .current()
                .map(served -> (double) served.leaf().getNotAfter().toInstant().getEpochSecond())
                .orElse(Double.NaN);
    }
}
