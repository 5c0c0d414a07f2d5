package dev.bulkhead.app.server;

import dev.bulkhead.app.certificate.CertificateFiles;
import dev.bulkhead.app.certificate.UnusableCertificateException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * The file with the CA that the webhook configurations are to trust. It is read again and again, so only changes are
 * logged: when it cannot be read, when the reason is another one, and when it can be read again. Thread-safe.
 */
final class CaFile {
    private static final Logger LOG = Logger.getLogger(CaFile.class);

    private final Path file;
    private Optional<String> problem = Optional.empty();

    CaFile(Path file) {
        this.file = file;
    }

    /** The certificates in the file, as PEM; empty while it holds none that can be read. */
    synchronized Optional<String> read() {
        try {
            int count = CertificateFiles.authorities(file).size();
            String pem = Files.readString(file, StandardCharsets.US_ASCII);
            if (problem.isPresent()) {
                LOG.infof("%s can be read again; it holds %d certificates", file, count);
            }
            problem = Optional.empty();
            return Optional.of(pem);
        } catch (UnusableCertificateException e) {
            report(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            report(file + ": cannot be read: " + e.getClass().getSimpleName());
        }
        return Optional.empty();
    }

    private void report(String reason) {
        if (!problem.equals(Optional.of(reason))) {
            LOG.warnf("no CA for the webhook configurations: %s", reason);
        }
        problem = Optional.of(reason);
    }
}
