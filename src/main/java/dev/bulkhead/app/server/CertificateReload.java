package dev.bulkhead.app.server;

import dev.bulkhead.app.certificate.ServedCertificate;
import dev.bulkhead.app.config.GateConfig;
import dev.bulkhead.app.tls.TlsImplementation;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.tls.TlsConfiguration;
import io.quarkus.tls.TlsConfigurationRegistry;
import io.smallrye.common.annotation.Identifier;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jboss.logging.Logger;

/** Makes the server use new key material: new connections get it, open connections continue. */
@Singleton
final class CertificateReload {
    private static final Logger LOG = Logger.getLogger(CertificateReload.class);

    private final ServedCertificate certificate;
    private final TlsConfigurationRegistry registry;
    private final TlsImplementation implementation;
    private final Vertx vertx;
    private final WorkerExecutor reading;
    private volatile int seen;
    private volatile String trouble = "";

    CertificateReload(
            @Identifier(GateConfig.TLS) ServedCertificate certificate,
            TlsConfigurationRegistry registry,
            TlsImplementation implementation,
            Vertx vertx) {
        this.certificate = certificate;
        this.registry = registry;
        this.implementation = implementation;
        this.vertx = vertx;
        this.reading = vertx.createSharedWorkerExecutor("certificate", 1);
    }

    /** Watches the certificate's files, if it comes from files. */
    void watch(@Observes StartupEvent start, GateConfig config) {
        GateConfig.Tls tls = config.tls();
        if (tls.cert().isEmpty() || tls.key().isEmpty()) {
            return;
        }
        Path certificate = tls.cert().get();
        Path key = tls.key().get();
        seen = fingerprint(certificate, key);
        vertx.setPeriodic(
                tls.reloadEvery().toMillis(),
                timer -> reading.executeBlocking(
                        () -> {
                            int now = fingerprint(certificate, key);
                            if (now != seen && reload()) {
                                seen = now;
                            }
                            return true;
                        },
                        true));
    }

    /** Reloads soon. */
    void now() {
        reading.executeBlocking(this::reload, true);
    }

    /** Material that cannot be used changes nothing; it is tried again at every poll until it is replaced. */
    boolean reload() {
        TlsConfiguration configuration = registry.get(GateConfig.TLS).orElseThrow();
        try {
            certificate.check();
            if (!configuration.reload()) {
                throw new IllegalStateException("the server rejects it");
            }
            implementation.present(configuration.getKeyStoreOptions().getKeyManagerFactory(vertx));
        } catch (Exception e) {
            String reason = String.valueOf(e.getMessage());
            if (!reason.equals(trouble)) {
                LOG.errorf("the new certificate cannot be used, the last one stays in use: %s", reason);
            }
            trouble = reason;
            return false;
        }
        trouble = "";
        LOG.info("new connections get a new certificate");
        return true;
    }

    /** Hashes the contents, since mounted Secrets change through symbolic links. */
    private static int fingerprint(Path certificate, Path key) {
        try {
            return 31 * Arrays.hashCode(Files.readAllBytes(certificate)) + Arrays.hashCode(Files.readAllBytes(key));
        } catch (IOException e) {
            return 0;
        }
    }
}
