package dev.bulkhead.app.cli;

import dev.bulkhead.app.api.ApiServer;
import dev.bulkhead.app.certificate.KeyPairAndChain;
import dev.bulkhead.app.certificate.ServedCertificate;
import dev.bulkhead.app.config.GateConfig;
import dev.bulkhead.app.observability.LogOutput;
import dev.bulkhead.app.server.ExitWatchdog;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.arc.Unremovable;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.vertx.http.HttpServer;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jboss.logging.Logger;

/** The running server: prints where it listens and with which policies, then waits to be stopped. */
@Singleton
@Unremovable
final class ServingApplication implements QuarkusApplication {
    private static final Logger LOG = Logger.getLogger(ServingApplication.class);
    private static final Path EXAMPLE = Path.of("docs", "examples", "review.json");

    private final HttpServer server;
    private final GateConfig config;
    private final ServedCertificate certificate;
    private final ApiServer api;
    private final MeterRegistry meters;
    private volatile Optional<LogOutput> log = Optional.empty();

    ServingApplication(
            HttpServer server,
            GateConfig config,
            @Identifier(GateConfig.TLS) ServedCertificate certificate,
            ApiServer api,
            MeterRegistry meters) {
        this.server = server;
        this.config = config;
        this.certificate = certificate;
        this.api = api;
        this.meters = meters;
    }

    @Override
    public int run(String... args) {
        ExitWatchdog.arm(config.admission().drain().plus(config.admission().exitTimeout()));
        if (config.log().json()) {
            // JSON logs are read by programs, so nothing else is printed.
            LOG.infof("listening on port %d, management on port %d", webhookPort(), managementPort());
            api.port().ifPresent(port -> LOG.infof("API on port %d", port));
        } else {
            System.out.println(banner());
        }
        log = LogOutput.begin(ConfigProvider.getConfig(), meters);
        Quarkus.waitForExit();
        return 0;
    }

    /** What is logged from now on must not wait for more: the process ends soon. */
    void stop(@Observes ShutdownEvent stop) {
        log.ifPresent(LogOutput::close);
    }

    private String banner() {
        String url = "https://localhost:" + webhookPort();
        return String.join(
                System.lineSeparator(),
                "Bulkhead " + Version.current() + " is listening.",
                "  webhook      " + url + "/validate, " + url + "/mutate",
                "  management   http://localhost:" + managementPort() + "/q/health/ready, /q/metrics",
                "  api          " + api(),
                "  policy       " + policy(),
                "  certificate  " + certificate.current().map(this::described).orElse("none"),
                example()
                        .map(file -> String.join(
                                System.lineSeparator(),
                                "Ask it about an example:",
                                "  curl -k " + url + "/validate -H 'Content-Type: application/json' -d @" + file))
                        .orElse(""));
    }

    private int webhookPort() {
        return chosen(server.getSecurePort(), config.admission().port());
    }

    private int managementPort() {
        return chosen(server.getManagementPort(), config.management().port());
    }

    /** The server reports a port only if it has just chosen it; otherwise it is the configured one. */
    private static int chosen(int reported, int configured) {
        return reported > 0 ? reported : configured;
    }

    private String api() {
        OptionalInt port = api.port();
        return port.isPresent()
                ? "http://" + config.api().host() + ":" + port.getAsInt() + "/api/v1/rules, /api/v1/check, /api/openapi"
                : "off; --api-port turns it on";
    }

    private String policy() {
        if (config.cluster().enabled()) {
            return "the cluster's; while it has none, built in, profile "
                    + config.policy().profile();
        }
        return config.policy()
                .files()
                .map(files -> files.stream().map(Path::toString).collect(Collectors.joining(", ")))
                .orElseGet(() -> "built in, profile " + config.policy().profile());
    }

    private String described(KeyPairAndChain served) {
        String origin = config.tls()
                .cert()
                .map(file -> "from " + file)
                .orElseGet(() -> config.cluster().enabled()
                        ? "shared in Secret " + config.tls().secret()
                        : "issued for this process");
        return origin + ", valid until " + served.leaf().getNotAfter().toInstant();
    }

    /** The example review as the shell can name it, where it can be found. */
    private Optional<String> example() {
        return Stream.concat(Stream.of(EXAMPLE), config.home().map(home -> home.resolve(EXAMPLE)).stream())
                .filter(Files::isReadable)
                .map(file -> file.toString().matches("[\\w./+-]+") ? file.toString() : "'" + file + "'")
                .findFirst();
    }
}
