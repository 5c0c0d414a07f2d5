package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.app.certificate.KeyMaterial;
import dev.bulkhead.e2e.Installed.Site;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The other ways into the console of a cluster: by TLS, and through a proxy that authenticates people. */
@ExtendWith(Installed.class)
class ConsoleEntrancesIT {
    private static final String SECRET = "a-secret-of-thirty-two-characters-or-more";

    private static final String SETUP = """
            {apiVersion: v1, kind: Namespace, metadata: {name: entrance-shop}}
            ---
            {apiVersion: v1, kind: Namespace, metadata: {name: entrance-bank}}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: team, namespace: entrance-shop}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
            subjects: [{kind: User, apiGroup: rbac.authorization.k8s.io, name: grace@example.com}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: auditors, namespace: entrance-bank}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
            subjects: [{kind: Group, apiGroup: rbac.authorization.k8s.io, name: auditors}]
            """;

    private static final String POD = """
            apiVersion: v1
            kind: Pod
            metadata: {name: app, namespace: %s}
            spec: {containers: [{name: app, image: nginxinc/nginx-unprivileged}]}
            """;

    /** Trusts everybody: what is looked at is which certificate is presented. */
    private static final X509TrustManager ANY = new X509TrustManager() {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    };

    private final Site site;
    private final ControlPlane plane;

    ConsoleEntrancesIT(Site site) {
        this.site = site;
        this.plane = site.plane();
    }

    private Replica console(String name, Map<String, String> settings) throws IOException {
        Replica console = Replica.start(plane, site.directory(), Replica.NAMESPACE, "bulkhead-console", name, settings);
        ControlPlane.await("the console", console::isReady);
        return console;
    }

    private static void write(KeyMaterial keys, Path directory) throws IOException {
        for (Map.Entry<String, String> file : keys.toData().entrySet()) {
            Path fresh = Files.writeString(directory.resolve(file.getKey() + ".new"), file.getValue());
            Files.move(fresh, directory.resolve(file.getKey()), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static SSLSocket connected(Replica console) throws IOException, GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {ANY}, null);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", console.console());
        socket.setSoTimeout(20_000);
        socket.startHandshake();
        return socket;
    }

    private static X509Certificate presented(SSLSocket socket) throws IOException {
        return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }

    private static String statusOf(SSLSocket socket) throws IOException {
        socket.getOutputStream()
                .write("GET /sign-in HTTP/1.1\r\nHost: bulkhead.example.com\r\n\r\n"
                        .getBytes(StandardCharsets.US_ASCII));
        byte[] line = socket.getInputStream().readNBytes(12);
        return new String(line, StandardCharsets.US_ASCII);
    }

    @Test
    void renewedCertificateIsPresentedToNewConnectionsOnly() throws IOException, GeneralSecurityException {
        Path directory = Files.createDirectories(site.directory().resolve("console-tls"));
        List<String> names = List.of("bulkhead.example.com");
        KeyMaterial first = KeyMaterial.create(names, Clock.systemUTC());
        write(first, directory);
        try (Replica console = console(
                        "console-tls",
                        Map.of(
                                "BULKHEAD_CONSOLE_TLS_CERT",
                                        directory.resolve("tls.crt").toString(),
                                "BULKHEAD_CONSOLE_TLS_KEY",
                                        directory.resolve("tls.key").toString(),
                                "BULKHEAD_TLS_RELOAD_EVERY", "1s"));
                SSLSocket old = connected(console)) {
            assertThat(statusOf(old)).isEqualTo("HTTP/1.1 401");
            assertThatThrownBy(() -> new Visitor(console).get("/"))
                    .as("without TLS")
                    .hasMessageContaining("header parser received no bytes");

            KeyMaterial second = KeyMaterial.create(names, Clock.systemUTC());
            write(second, directory);
            ControlPlane.await("the new certificate", () -> presentsAnother(console, old));
            assertThat(statusOfNext(old)).as("a connection from before").isEqualTo("HTTP/1.1 401");

            X509Certificate now = presentedBy(console);
            Files.writeString(directory.resolve("tls.key"), "no key");
            ControlPlane.await("the complaint", () -> console.log().contains("cannot be used"));
            assertThat(presentedBy(console)).as("what was used last").isEqualTo(now);
        }
    }

    private static boolean presentsAnother(Replica console, SSLSocket old) {
        try {
            return !presentedBy(console).equals(presented(old));
        } catch (IOException | GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static X509Certificate presentedBy(Replica console) throws IOException, GeneralSecurityException {
        try (SSLSocket socket = connected(console)) {
            return presented(socket);
        }
    }

    /** Reads the rest of the last answer first. */
    private static String statusOfNext(SSLSocket socket) throws IOException {
        StringBuilder rest = new StringBuilder();
        while (!rest.toString().endsWith("</html>\n")) {
            int next = socket.getInputStream().read();
            if (next < 0) {
                throw new IOException("closed after " + rest);
            }
            rest.append((char) next);
        }
        return statusOf(socket);
    }

    @Test
    void proxyNamesAPersonAndNobodyElseCan() throws IOException {
        plane.apply(SETUP);
        for (String namespace : List.of("entrance-shop", "entrance-bank")) {
            plane.apply(POD.formatted(namespace));
        }
        Path secret = Files.writeString(site.directory().resolve("proxy-secret"), SECRET + "\n");
        try (Replica console = console(
                        "console-proxied",
                        Map.of(
                                "BULKHEAD_CONSOLE_PROXY_USER_HEADER", "X-Forwarded-User",
                                "BULKHEAD_CONSOLE_PROXY_GROUPS_HEADER", "X-Forwarded-Groups",
                                "BULKHEAD_CONSOLE_PROXY_SECRET_FILE", secret.toString(),
                                "BULKHEAD_CONSOLE_PROXY_PLAIN", "true"));
                AuthenticatingProxy graces = new AuthenticatingProxy(
                        console.console(),
                        Map.of("X-Forwarded-User", "grace@example.com", "X-Bulkhead-Proxy-Secret", SECRET));
                AuthenticatingProxy auditors = new AuthenticatingProxy(
                        console.console(),
                        Map.of(
                                "X-Forwarded-User", "joan@example.com",
                                "X-Forwarded-Groups", "auditors,system:masters",
                                "X-Bulkhead-Proxy-Secret", SECRET));
                AuthenticatingProxy system = new AuthenticatingProxy(
                        console.console(),
                        Map.of("X-Forwarded-User", "system:admin", "X-Bulkhead-Proxy-Secret", SECRET))) {
            Visitor grace = new Visitor(graces.url());
            ControlPlane.await(
                    "her namespace", () -> grace.get("/workloads").body().contains("/workloads/entrance-shop/"));
            assertThat(grace.get("/").body()).contains("grace@example.com").doesNotContain("Sign out");
            assertThat(grace.get("/workloads").body()).doesNotContain("entrance-bank", "kube-system");
            assertThat(grace.get("/", Map.of("X-Forwarded-User", "admin")).body())
                    .as("the proxy's own header counts")
                    .contains("grace@example.com");
            assertThat(grace.post("/playground", Map.of("manifest", POD.formatted("entrance-shop")))
                            .status())
                    .isEqualTo(200);

            Visitor joan = new Visitor(auditors.url());
            assertThat(joan.get("/workloads").body())
                    .contains("/workloads/entrance-bank/")
                    .doesNotContain("entrance-shop", "kube-system");
            assertThat(new Visitor(system.url()).get("/").status()).isEqualTo(403);

            Visitor direct = new Visitor(console);
            assertThat(direct.get("/", Map.of("X-Forwarded-User", "grace@example.com"))
                            .status())
                    .isEqualTo(403);
            assertThat(direct.get(
                                    "/",
                                    Map.of(
                                            "X-Forwarded-User",
                                            "grace@example.com",
                                            "X-Bulkhead-Proxy-Secret",
                                            SECRET + "?"))
                            .status())
                    .isEqualTo(403);
            assertThat(direct.get("/").status()).isEqualTo(401);
            assertThat(console.log()).doesNotContain(SECRET).doesNotContain("ERROR");
        }
        plane.kubectl("delete", "namespace", "entrance-shop", "entrance-bank", "--wait=false");
    }
}
