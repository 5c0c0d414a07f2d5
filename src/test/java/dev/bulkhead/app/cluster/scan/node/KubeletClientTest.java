package dev.bulkhead.app.cluster.scan.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.bulkhead.Yaml;
import dev.bulkhead.app.certificate.CertificateAuthority;
import dev.bulkhead.app.certificate.KeyPairAndChain;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KubeletClientTest {
    private static final Clock CLOCK = Clock.systemUTC();
    private static final CertificateAuthority AUTHORITY = CertificateAuthority.create(Duration.ofDays(2), CLOCK);
    private static final CertificateAuthority OTHER = CertificateAuthority.create(Duration.ofDays(2), CLOCK);

    private static final String SUMMARY = """
            {"node": {"nodeName": "n", "fs": {"usedBytes": 99999999}},
             "pods": [
              {"podRef": {"name": "web", "namespace": "shop", "uid": "u-1"},
               "containers": [
                 {"name": "app", "startTime": "2026-01-01T00:00:00Z", "cpu": {"usageNanoCores": 5},
                  "rootfs": {"time": "t", "availableBytes": 1, "usedBytes": 5242880, "inodesUsed": 12},
                  "logs": {"usedBytes": 77777777}},
                 {"name": "quiet", "rootfs": {"usedBytes": 40960}},
                 {"name": "starting"}],
               "volume": [{"name": "data", "usedBytes": 88888888}],
               "ephemeral-storage": {"usedBytes": 66666666}},
              {"containers": [{"rootfs": {"usedBytes": 3000000}, "name": "late"}], "podRef": {"uid": "u-2"}},
              {"containers": [{"name": "lost", "rootfs": {"usedBytes": 3000000}}]},
              7],
             "more": [[1, {"a": []}]]}
            """;

    private final List<HttpsServer> servers = new ArrayList<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();

    private interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    private static Answer answering(int status, String body) {
        return exchange -> {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        };
    }

    /** A kubelet whose certificate is for these names, by that CA. */
    private KubeletAddress kubelet(
            CertificateAuthority authority, List<String> certified, Set<String> names, Answer answer)
            throws IOException, GeneralSecurityException {
        return kubelet(authority.issue(certified, List.of(), Duration.ofDays(1)), "127.0.0.1", names, answer);
    }

    private KubeletAddress kubelet(KeyPairAndChain pair, String ip, Set<String> names, Answer answer)
            throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("k", pair.key(), new char[0], pair.chain().toArray(Certificate[]::new));
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getByName(ip), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext("/", exchange -> {
            try (exchange) {
                asked.add(exchange.getRequestURI() + " "
                        + exchange.getRequestHeaders().getFirst("Authorization"));
                answer.to(exchange);
            }
        });
        server.start();
        servers.add(server);
        return new KubeletAddress("n", ip, server.getAddress().getPort(), names);
    }

    @AfterEach
    void stop() {
        servers.forEach(server -> server.stop(0));
    }

    private static KubeletClient trusting(CertificateAuthority authority) throws IOException, GeneralSecurityException {
        String pem = "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder().encodeToString(authority.certificate().getEncoded())
                + "\n-----END CERTIFICATE-----\n";
        return new KubeletClient(KubeletTrust.in(pem.getBytes(StandardCharsets.US_ASCII)), Duration.ofSeconds(30));
    }

    private static KubeletClient.Answers ask(KubeletAddress... kubelets) throws IOException, GeneralSecurityException {
        return trusting(AUTHORITY).ask(List.of(kubelets), "narrow-token");
    }

    @Test
    void readsWhatProgramsHaveWrittenToTheirRootFileSystems() throws Exception {
        KubeletAddress node = kubelet(AUTHORITY, List.of("n"), Set.of("n"), answering(200, SUMMARY));

        KubeletClient.Answers answers = ask(node);

        assertThat(answers.problems()).isEmpty();
        assertThat(answers.written())
                .isEqualTo(Map.of("u-1", Map.of("app", 5_242_880L), "u-2", Map.of("late", 3_000_000L)));
        assertThat(asked).containsExactly("/stats/summary Bearer narrow-token");
    }

    @Test
    void kubeletOfAnotherCaLearnsNoToken() throws Exception {
        KubeletAddress node = kubelet(OTHER, List.of("n"), Set.of("n"), answering(200, SUMMARY));

        KubeletClient.Answers answers = ask(node);

        assertThat(answers.written()).isEmpty();
        assertThat(answers.problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem)
                        .startsWith("the kubelet of node n tells no statistics: ")
                        .endsWith("its certificate is issued by no CA that is trusted, or is not valid now"));
        assertThat(asked).isEmpty();
    }

    @Test
    void kubeletOfAnotherNodeLearnsNoToken() throws Exception {
        KubeletAddress node = kubelet(AUTHORITY, List.of("worker-7"), Set.of("n"), answering(200, SUMMARY));

        assertThat(ask(node).problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem).contains("its certificate is for worker-7, not for n"));
        assertThat(asked).isEmpty();
    }

    private static InetAddress ipv6(int first, int last) throws UnknownHostException {
        byte[] bytes = new byte[16];
        bytes[0] = (byte) first;
        bytes[15] = (byte) last;
        return InetAddress.getByAddress(bytes);
    }

    @Test
    void kubeletIsKnownByItsIpv6AddressHoweverThatIsWritten() throws Exception {
        for (String written : List.of("::1", "0:0:0:0:0:0:0:1")) {
            KeyPairAndChain pair = AUTHORITY.issue(List.of(), List.of(ipv6(0, 1)), Duration.ofDays(1));
            KubeletAddress node = kubelet(pair, written, Set.of("n", written), answering(200, SUMMARY));
            KubeletClient.Answers answers = ask(node);

            assertThat(answers.problems()).isEmpty();
            assertThat(answers.written()).hasSize(2);
        }
        KeyPairAndChain other = AUTHORITY.issue(List.of(), List.of(ipv6(0xfd, 2)), Duration.ofDays(1));
        asked.clear();
        assertThat(ask(kubelet(other, "::1", Set.of("n", "::1"), answering(200, SUMMARY)))
                        .problems())
                .singleElement()
                .satisfies(
                        problem -> assertThat(problem).contains("its certificate is for fd00:0:0:0:0:0:0:2, not for"));
        assertThat(asked).isEmpty();
    }

    @Test
    void neitherRedirectsNorFailuresNorGarbageAreFollowed() throws Exception {
        KubeletAddress target = kubelet(AUTHORITY, List.of("n"), Set.of("n"), answering(200, SUMMARY));
        KubeletAddress redirecting = kubelet(AUTHORITY, List.of("n"), Set.of("n"), exchange -> {
            exchange.getResponseHeaders().add("Location", "https://127.0.0.1:" + target.port() + "/stats/summary");
            exchange.sendResponseHeaders(302, -1);
        });
        assertThat(ask(redirecting).problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem).endsWith("HTTP status 302"));
        assertThat(asked).hasSize(1);

        assertThat(ask(kubelet(AUTHORITY, List.of("n"), Set.of("n"), answering(403, "no")))
                        .problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem).endsWith("HTTP status 403"));
        assertThat(ask(kubelet(AUTHORITY, List.of("n"), Set.of("n"), answering(200, "{\"pods\": [{")))
                        .problems())
                .hasSize(1);
    }

    @Test
    void anAnswerWithoutEndIsNotRead() throws Exception {
        KubeletAddress endless = kubelet(AUTHORITY, List.of("n"), Set.of("n"), exchange -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] some = " ".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < 64; i++) {
                exchange.getResponseBody().write(some);
            }
        });

        assertThat(ask(endless).problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem).contains("the answer is longer than"));
    }

    @Test
    void whatIsNotReachableIsAProblemOfItsOwn() throws Exception {
        KubeletAddress gone = new KubeletAddress("gone", "127.0.0.2", 1, Set.of("gone"));
        KubeletAddress node = kubelet(AUTHORITY, List.of("n"), Set.of("n"), answering(200, SUMMARY));

        KubeletClient.Answers answers = ask(gone, node);

        assertThat(answers.written()).hasSize(2);
        assertThat(answers.problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem).startsWith("the kubelet of node gone tells no statistics: "));
    }

    @Test
    void filesWithoutCertificatesAreNoCas() {
        assertThatThrownBy(() -> KubeletTrust.in(new byte[0])).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> KubeletTrust.in("no".getBytes(StandardCharsets.US_ASCII)))
                .isInstanceOf(IOException.class);
    }

    @Test
    void addressIsTheNodesOwnInsideOfTheCluster() {
        Optional<KubeletAddress> found = KubeletAddress.of(Yaml.tree("""
                metadata: {name: n}
                status:
                  addresses:
                  - {type: ExternalIP, address: 203.0.113.7}
                  - {type: InternalIP, address: 10.0.0.7}
                  - {type: Hostname, address: n.example}
                  daemonEndpoints: {kubeletEndpoint: {Port: 10251}}
                """));
        assertThat(found)
                .contains(new KubeletAddress(
                        "n", "10.0.0.7", 10_251, Set.of("10.0.0.7", "203.0.113.7", "n", "n.example")));
        assertThat(KubeletAddress.of(Yaml.tree("""
                metadata: {name: n}
                status: {addresses: [{type: InternalIP, address: "evil.example/x?"}]}
                """))).isEmpty();
        assertThat(new KubeletAddress("n", "fd00::7", 1, Set.of()).host()).isEqualTo("[fd00::7]");
    }
}
