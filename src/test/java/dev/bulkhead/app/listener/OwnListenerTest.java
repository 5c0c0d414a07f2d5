package dev.bulkhead.app.listener;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.app.certificate.CertificateAuthority;
import dev.bulkhead.app.certificate.KeyPairAndChain;
import dev.bulkhead.app.cluster.FakeApiServer;
import dev.bulkhead.app.listener.OwnListener.Options;
import dev.bulkhead.app.listener.OwnListener.Times;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.KeyCertOptions;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509KeyManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clients that take places and give none back, on the loopback interface. */
class OwnListenerTest {
    private static final int LARGE = 64 << 20;
    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration SHORT = Duration.ofMillis(300);

    private static final CertificateAuthority AUTHORITY =
            CertificateAuthority.create(Duration.ofDays(2), Clock.systemUTC());

    private final List<Socket> sockets = new ArrayList<>();
    private Optional<OwnListener> running = Optional.empty();

    @AfterEach
    void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        running.ifPresent(listener -> listener.close(Duration.ZERO));
    }

    private OwnListener start(int connections, Times times, Optional<KeyCertOptions> certificate) throws IOException {
        OwnListener[] self = new OwnListener[1];
        OwnListener listener = OwnListener.create(
                new Options("127.0.0.1", 0, connections, 4096, certificate), times, new OwnListener.Handlers() {
                    @Override
                    public void handle(HttpServerRequest request) {
                        request.response().endHandler(ended -> self[0].end(request.connection()));
                        request.response()
                                .end(
                                        request.path().equals("/large")
                                                ? Buffer.buffer(new byte[LARGE])
                                                : Buffer.buffer("ok"));
                    }

                    @Override
                    public void refuseUnreadable(HttpServerRequest request) {
                        request.connection().close();
                    }
                });
        self[0] = listener;
        running = Optional.of(listener);
        listener.listen();
        return listener;
    }

    private Socket connect(OwnListener listener) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.setSoTimeout(30_000);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.port()));
        sockets.add(socket);
        return socket;
    }

    private static void ask(Socket socket, String path) throws IOException {
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    /** The status line; empty if the connection is closed instead. */
    private static String status(Socket socket) {
        StringBuilder line = new StringBuilder();
        try {
            InputStream in = socket.getInputStream();
            for (int c = in.read(); c >= 0 && c != '\r'; c = in.read()) {
                line.append((char) c);
            }
        } catch (IOException e) {
            return "";
        }
        return line.toString();
    }

    private static void readHead(Socket socket) throws IOException {
        StringBuilder head = new StringBuilder();
        InputStream in = socket.getInputStream();
        while (head.indexOf("\r\n\r\n") < 0) {
            int c = in.read();
            assertThat(c).as("inside %s", head).isNotNegative();
            head.append((char) c);
        }
    }

    private boolean isServed(OwnListener listener) {
        try {
            Socket socket = connect(listener);
            ask(socket, "/");
            boolean served = status(socket).equals("HTTP/1.1 200 OK");
            socket.close();
            return served;
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether the server has closed the connection. */
    private static boolean isClosed(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException e) {
            return true;
        }
    }

    @Test
    void clientThatReadsNoAnswerGivesItsPlaceBack() throws IOException {
        OwnListener listener = start(1, new Times(LONG, LONG, SHORT, Duration.ofMillis(50)), Optional.empty());
        Socket slow = connect(listener);
        ask(slow, "/large");
        assertThat(status(slow)).isEqualTo("HTTP/1.1 200 OK");

        FakeApiServer.await("the place of a client that does not read", () -> isServed(listener));

        assertThat(slow.isClosed()).as("by its own client").isFalse();
    }

    @Test
    void clientThatReadsItsAnswerSlowlyGetsAllOfIt() throws Exception {
        OwnListener listener = start(1, new Times(LONG, SHORT, LONG, Duration.ofMillis(20)), Optional.empty());
        Socket reader = connect(listener);
        ask(reader, "/large");
        readHead(reader);
        // The answer has been handed over; the connection is in flight for several times as long as it may be idle.
        long read = 0;
        for (int part = 0; part < 8; part++) {
            Thread.sleep(SHORT.dividedBy(2).toMillis());
            read += reader.getInputStream().readNBytes(1 << 20).length;
        }
        assertThat(read + reader.getInputStream().readNBytes(LARGE - (8 << 20)).length)
                .isEqualTo(LARGE);
    }

    @Test
    void clientThatAsksForNothingGivesItsPlaceBack() throws IOException {
        OwnListener listener = start(1, new Times(LONG, SHORT, LONG, Duration.ofMillis(50)), Optional.empty());
        Socket silent = connect(listener);
        silent.getOutputStream().write("GET / HT".getBytes(StandardCharsets.US_ASCII));

        assertThat(isClosed(silent)).isTrue();
        FakeApiServer.await("the place of a silent client", () -> isServed(listener));
    }

    private static KeyCertOptions certificate() throws GeneralSecurityException, IOException {
        KeyPairAndChain pair = AUTHORITY.issue(List.of("localhost"), List.of(), Duration.ofDays(1));
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("k", pair.key(), new char[0], pair.chain().toArray(Certificate[]::new));
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store, new char[0]);
        return KeyCertOptions.wrap((X509KeyManager) keys.getKeyManagers()[0]);
    }

    private boolean isServedByTls(OwnListener listener) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            X509Certificate authority = AUTHORITY.certificate();
            store.setCertificateEntry("a", authority);
            TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(store);
            TrustManager[] managers = trust.getTrustManagers();
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers, null);
            Socket plain = connect(listener);
            Socket socket = context.getSocketFactory().createSocket(plain, "localhost", listener.port(), true);
            ask(socket, "/");
            boolean served = status(socket).equals("HTTP/1.1 200 OK");
            socket.close();
            return served;
        } catch (IOException e) {
            return false;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void handshakesThatDoNotEndAreLimitedInNumber() throws Exception {
        OwnListener listener = start(2, new Times(LONG, LONG, LONG, LONG), Optional.of(certificate()));
        assertThat(isServedByTls(listener)).isTrue();
        Socket first = connect(listener);
        Socket second = connect(listener);
        first.getOutputStream().write(22);
        second.getOutputStream().write(22);

        FakeApiServer.await("the limit of handshakes", () -> !isServedByTls(listener));
        assertThat(isClosed(connect(listener))).isTrue();
        first.close();
        FakeApiServer.await("the place of a handshake that was given up", () -> isServedByTls(listener));
    }

    @Test
    void connectionsThatArriveWhileTheCertificateIsReplacedAreServed() throws Exception {
        OwnListener listener = start(2, new Times(LONG, LONG, LONG, LONG), Optional.of(certificate()));

        for (int i = 0; i < 20; i++) {
            KeyCertOptions next = certificate();
            listener.present(next);
            assertThat(isServedByTls(listener))
                    .as("after %d replacements", i + 1)
                    .isTrue();
        }
    }

    @Test
    void handshakesThatDoNotEndAreLimitedInTime() throws Exception {
        OwnListener listener = start(2, new Times(SHORT, LONG, LONG, LONG), Optional.of(certificate()));
        Socket first = connect(listener);
        Socket second = connect(listener);
        first.getOutputStream().write(22);

        assertThat(isClosed(first)).isTrue();
        assertThat(isClosed(second)).isTrue();
        FakeApiServer.await("the places of handshakes", () -> isServedByTls(listener));

        listener.present(certificate());
        Socket third = connect(listener);
        assertThat(isClosed(third)).as("also with another certificate").isTrue();
    }
}
