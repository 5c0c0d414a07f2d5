package dev.bulkhead.versus;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.util.List;

/** etcd and kube-apiserver, with the namespace of the pods in it; no controllers, no nodes. */
final class ControlPlane {
    /** A namespace for which the API server itself enforces Pod Security's level restricted. */
    static final String LABELLED = Reviews.NAMESPACE + "-restricted";

    private static final String TOKEN = "administrator";

    private final HttpClient client = Http.client();
    private final Path directory;
    private final Process apiServer;
    private final String url;

    private ControlPlane(Path directory, Process apiServer, String url) {
        this.directory = directory;
        this.apiServer = apiServer;
        this.url = url;
    }

    static ControlPlane start(Programs programs, Path binaries) throws IOException {
        Path directory = Files.createDirectories(programs.directory().resolve("control-plane"));
        Files.writeString(directory.resolve("tokens.csv"), TOKEN + ",admin,admin,system:masters\n");
        Path key = Files.writeString(directory.resolve("accounts.key"), Http.pem("PRIVATE KEY", newKey()));
        String etcd = "http://127.0.0.1:" + Programs.freePort();
        programs.start(
                "etcd",
                List.of(
                        binaries.resolve("etcd").toString(),
                        "--data-dir=" + directory.resolve("etcd"),
                        "--listen-client-urls=" + etcd,
                        "--advertise-client-urls=" + etcd,
                        "--listen-peer-urls=http://127.0.0.1:" + Programs.freePort(),
                        "--unsafe-no-fsync"));
        int port = Programs.freePort();
        Process apiServer = programs.start(
                "kube-apiserver",
                List.of(
                        binaries.resolve("kube-apiserver").toString(),
                        "--etcd-servers=" + etcd,
                        "--secure-port=" + port,
                        "--bind-address=127.0.0.1",
                        "--cert-dir=" + directory.resolve("certificates"),
                        "--service-cluster-ip-range=127.240.0.0/24",
                        "--endpoint-reconciler-type=none",
                        "--service-account-issuer=https://kubernetes.default.svc",
                        "--service-account-key-file=" + key,
                        "--service-account-signing-key-file=" + key,
                        "--authorization-mode=RBAC",
                        "--token-auth-file=" + directory.resolve("tokens.csv"),
                        "--allow-privileged=true"));
        ControlPlane plane = new ControlPlane(directory, apiServer, "https://127.0.0.1:" + port);
        programs.await("kube-apiserver", apiServer, () -> plane.get("/readyz").statusCode() == 200);
        plane.prepare();
        return plane;
    }

    private static byte[] newKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair().getPrivate().getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private void prepare() throws IOException {
        Files.writeString(
                kubeconfig(),
                """
                apiVersion: v1
                kind: Config
                clusters: [{name: versus, cluster: {server: "%s", certificate-authority: "%s"}}]
                users: [{name: versus, user: {token: "%s"}}]
                contexts: [{name: versus, context: {cluster: versus, user: versus}}]
                current-context: versus
                """
                        .formatted(url, directory.resolve("certificates/apiserver.crt"), TOKEN));
        namespace(Reviews.NAMESPACE, "{}");
        namespace(LABELLED, "{\"pod-security.kubernetes.io/enforce\":\"restricted\"}");
    }

    /** With the account that pods run as, which a controller would make. */
    private void namespace(String name, String labels) throws IOException {
        create("/api/v1/namespaces", "{\"metadata\":{\"name\":\"%s\",\"labels\":%s}}".formatted(name, labels));
        create("/api/v1/namespaces/" + name + "/serviceaccounts", "{\"metadata\":{\"name\":\"%s\"}}".formatted(Reviews.ACCOUNT));
    }

    Path kubeconfig() {
        return directory.resolve("kubeconfig");
    }

    long pid() {
        return apiServer.pid();
    }

    String version() throws IOException {
        return Reviews.JSON.readTree(get("/version").body()).path("gitVersion").asText();
    }

    /** To create a pod in that namespace without storing it: admission is asked all the same. */
    HttpRequest dryRun(String namespace, JsonNode pod) throws IOException {
        return request("/api/v1/namespaces/" + namespace + "/pods?dryRun=All")
                .POST(HttpRequest.BodyPublishers.ofByteArray(Reviews.JSON.writeValueAsBytes(pod)))
                .build();
    }

    void create(String path, String object) throws IOException {
        HttpResponse<String> answer = Http.send(
                client,
                request(path).POST(HttpRequest.BodyPublishers.ofString(object)).build());
        if (answer.statusCode() != 201) {
            throw new IOException("the API server answers " + answer.statusCode() + " " + answer.body());
        }
    }

    void delete(String path) throws IOException {
        Http.send(client, request(path).DELETE().build());
    }

    private HttpResponse<String> get(String path) throws IOException {
        return Http.send(client, request(path).GET().build());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url + path))
                .timeout(Http.PATIENCE)
                .header("Authorization", "Bearer " + TOKEN)
                .header("Content-Type", "application/json");
    }
}
