package dev.bulkhead.app.console;

import dev.bulkhead.app.certificate.CertificateFiles;
import dev.bulkhead.app.certificate.KeyPairAndChain;
import dev.bulkhead.app.certificate.ServedCertificate;
import dev.bulkhead.app.certificate.UnusableCertificateException;
import dev.bulkhead.app.config.ConfigurationException;
import dev.bulkhead.app.config.GateConfig;
import dev.bulkhead.app.listener.OwnListener;
import io.vertx.core.net.KeyCertOptions;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.jboss.logging.Logger;

/** The console's certificate, from files that may be renewed at any time. */
final class ConsoleCertificate {
    private static final Logger LOG = Logger.getLogger(ConsoleCertificate.class);

    private final CertificateFiles files;
    private final ServedCertificate served;
    private String trouble = "";

    private ConsoleCertificate(CertificateFiles files) {
        this.files = files;
        this.served = new ServedCertificate(files);
    }

    /** Empty where none is configured. */
    static Optional<ConsoleCertificate> of(GateConfig.ConsoleTls tls, Clock clock) {
        Optional<Path> certificate = tls.cert();
        Optional<Path> key = tls.key();
        if (certificate.isPresent() != key.isPresent()) {
            throw new ConfigurationException(
                    "bulkhead.console.tls", "expected both cert and key, found only one of them");
        }
        return certificate.map(path -> new ConsoleCertificate(new CertificateFiles(path, key.orElseThrow(), clock)));
    }

    /** What the files hold now. */
    KeyCertOptions load() {
        return served.options();
    }

    /** Has the listener present what the files hold, whenever they change. */
    void watch(OwnListener listener, Duration every) {
        listener.vertx()
                .setPeriodic(
                        every.toMillis(),
                        timer -> listener.vertx()
                                .executeBlocking(
                                        () -> {
                                            renew(listener);
                                            return true;
                                        },
                                        true));
    }

    /** Files that cannot be used change nothing; they are tried again until they are replaced. */
    private void renew(OwnListener listener) {
        try {
            KeyPairAndChain now = files.load();
            // A renewed issuer can come with the same certificate.
            if (served.current()
                    .filter(last -> last.chain().equals(now.chain()))
                    .isEmpty()) {
                listener.present(load());
                LOG.info("new connections to the console get a new certificate");
            }
            trouble = "";
        } catch (UnusableCertificateException | RuntimeException e) {
            String reason = String.valueOf(e.getMessage());
            if (!reason.equals(trouble)) {
                LOG.errorf("the console's new certificate cannot be used, the last one stays in use: %s", reason);
            }
            trouble = reason;
        }
    }
}
