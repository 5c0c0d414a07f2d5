package dev.bulkhead.app.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.app.certificate.CertificateAuthority;
import dev.bulkhead.app.certificate.KeyPairAndChain;
import dev.bulkhead.app.certificate.PemFiles;
import dev.bulkhead.app.certificate.Trust;
import dev.bulkhead.app.config.GateConfig;
import dev.bulkhead.app.listener.OwnListener;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConsoleCertificateTest {
    private static final Clock CLOCK = Clock.systemUTC();
    private static final CertificateAuthority AUTHORITY = CertificateAuthority.create(Duration.ofDays(2), CLOCK);

    private static final int TRIES = 1000;

    @TempDir
    Path directory;

    private record TlsFiles(Optional<Path> cert, Optional<Path> key) implements GateConfig.ConsoleTls {}

    private void write(KeyPairAndChain pair, List<? extends Certificate> chain) throws IOException {
        PemFiles.write(directory.resolve("new.crt"), chain);
        PemFiles.write(directory.resolve("tls.key"), List.of(pair.key()));
        Files.move(directory.resolve("new.crt"), directory.resolve("tls.crt"), StandardCopyOption.ATOMIC_MOVE);
    }

    private static List<Certificate> presented(int port) throws IOException, GeneralSecurityException {
        try (SSLSocket socket = (SSLSocket)
                Trust.only(AUTHORITY.certificate()).getSocketFactory().createSocket("127.0.0.1", port)) {
            socket.startHandshake();
            return List.of(socket.getSession().getPeerCertificates());
        }
    }

    @Test
    void presentsAnotherChainOfTheSameCertificate() throws Exception {
        KeyPairAndChain pair = AUTHORITY.issue(List.of("localhost"), List.of(), Duration.ofDays(1));
        write(pair, List.of(pair.leaf()));
        ConsoleCertificate certificate = ConsoleCertificate.of(
                        new TlsFiles(
                                Optional.of(directory.resolve("tls.crt")), Optional.of(directory.resolve("tls.key"))),
                        CLOCK)
                .orElseThrow();
        OwnListener listener = OwnListener.create(
                new OwnListener.Options("127.0.0.1", 0, 20, 8192, Optional.of(certificate.load())), new Silence());
        listener.listen();
        try {
            certificate.watch(listener, Duration.ofMillis(20));
            assertThat(presented(listener.port())).containsExactly(pair.leaf());

            write(pair, pair.chain());
            List<Certificate> chain = presented(listener.port());
            for (int i = 0; i < TRIES && chain.size() == 1; i++) {
                Thread.sleep(20);
                chain = presented(listener.port());
            }
            assertThat(chain).hasSize(2);
        } finally {
            listener.close(Duration.ofSeconds(1));
        }
    }

    private static final class Silence implements OwnListener.Handlers {
        @Override
        public void handle(HttpServerRequest request) {
            request.connection().close();
        }

        @Override
        public void refuseUnreadable(HttpServerRequest request) {
            request.connection().close();
        }
    }
}
