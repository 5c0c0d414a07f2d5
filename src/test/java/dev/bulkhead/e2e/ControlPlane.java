package dev.bulkhead.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.e2e.Processes.Run;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A real control plane: etcd, kube-apiserver and kube-controller-manager as processes, and kubectl. On loopback there are
 * no nodes, so that pods stay pending, and addresses of Services are loopback addresses too, where a balancer can listen.
 * {@link Node} places one beside a node.
 */
final class ControlPlane implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final ObjectMapper JSON = new ObjectMapper();
    static final String ADMIN = "admin-token";

    /** The token of a person who is nobody's service account: ada@example.com, without rights of her own. */
    static final String ADA = "adas-token";

    /** Another minor than the pinned one, such as {@code 1.30}: {@code -De2e.kubernetes=1.30}. */
    private static final Optional<String> VERSION = Optional.ofNullable(System.getProperty("e2e.kubernetes"));

    private final Path programs;
    private final Path directory;
    private final Placement placement;
    private final Optional<ServiceRange> claimed;
    private final Deque<Process> processes = new ArrayDeque<>();
    private final List<String> etcdOptions = new ArrayList<>();
    private final List<String> apiServerOptions = new ArrayList<>();
    private Optional<Process> apiServer = Optional.empty();
    private volatile boolean up;

    private ControlPlane(Path programs, Path directory, Placement placement, Optional<ServiceRange> claimed) {
        this.programs = programs;
        this.directory = directory;
        this.placement = placement;
        this.claimed = claimed;
    }

    /**
     * The programs, if they were built on this machine: see e2e/control-plane.
     *
     * @throws AssertionError when a version was asked for that was not built
     */
    static Optional<Path> programs() {
        List<String> command =
                new ArrayList<>(List.of(Path.of("e2e", "control-plane").toString(), "--if-built"));
        VERSION.ifPresent(version -> command.addAll(List.of("--version", version)));
        Run found = Processes.run(Map.of(), "", command.toArray(String[]::new));
        if (found.exitCode() != 0 && VERSION.isPresent()) {
            throw new AssertionError("e2e.kubernetes=" + VERSION.get() + " has no control plane, build it with: "
                    + "e2e/control-plane --version " + VERSION.get() + " " + found.err());
        }
        return found.exitCode() == 0 ? Optional.of(Path.of(found.out().strip())) : Optional.empty();
    }

    /** Starts one, with addresses for Services that no other control plane on this machine has. */
    static ControlPlane start(Path programs, Path directory) throws IOException {
        ServiceRange services = ServiceRange.claim();
        return start(new ControlPlane(programs, directory, Placement.onLoopback(services), Optional.of(services)));
    }

    /** Starts one that runs elsewhere. */
    static ControlPlane start(Path programs, Path directory, Placement placement) throws IOException {
        return start(new ControlPlane(programs, directory, placement, Optional.empty()));
    }

    private static ControlPlane start(ControlPlane plane) throws IOException {
        try {
            plane.start();
            return plane;
        } catch (IOException | RuntimeException | Error e) {
            plane.close();
            throw e;
        }
    }

    private void start() throws IOException {
        writeKeys();
        List<String> users =
                new ArrayList<>(List.of(ADMIN + ",admin,admin,system:masters", ADA + ",ada@example.com,ada"));
        users.addAll(placement.users());
        Files.write(directory.resolve("tokens.csv"), users);
        Files.writeString(kubeconfig(), kubeconfig(ADMIN));
        String etcd = "http://127.0.0.1:" + freePort();
        etcdOptions.addAll(List.of(
                "--data-dir=etcd-data",
                "--listen-client-urls=" + etcd,
                "--advertise-client-urls=" + etcd,
                "--listen-peer-urls=http://127.0.0.1:" + freePort(),
                "--unsafe-no-fsync"));
        apiServerOptions.addAll(List.of(
                "--etcd-servers=" + etcd,
                "--secure-port=" + placement.port(),
                "--cert-dir=certificates",
                "--service-cluster-ip-range=" + placement.services(),
                "--endpoint-reconciler-type=none",
                "--service-account-issuer=https://kubernetes.default.svc",
                "--service-account-key-file=accounts.key",
                "--service-account-signing-key-file=accounts.key",
                "--authorization-mode=Node,RBAC",
                "--token-auth-file=tokens.csv",
                "--allow-privileged=true"));
        apiServerOptions.addAll(placement.optionsOf("kube-apiserver"));
        powerOn();
    }

    /** Starts all programs, with what they stored before. */
    void powerOn() throws IOException {
        launch("etcd", etcdOptions.toArray(String[]::new));
        startApiServer();
        List<String> controllerManagerOptions = new ArrayList<>(List.of(
                "--kubeconfig=" + kubeconfig(),
                "--use-service-account-credentials=true",
                "--service-account-private-key-file=accounts.key",
                "--root-ca-file=certificates/apiserver.crt",
                "--leader-elect=false",
                "--secure-port=0"));
        controllerManagerOptions.addAll(placement.optionsOf("kube-controller-manager"));
        launch("kube-controller-manager", controllerManagerOptions.toArray(String[]::new));
        await(
                "service accounts",
                () -> kubectl("-n", "default", "get", "serviceaccount", "default")
                                .exitCode()
                        == 0);
    }

    /** Ends all programs at once. */
    void powerOff() {
        up = false;
        end();
    }

    private void writeKeys() throws IOException {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            KeyPair keys = generator.generateKeyPair();
            String body = Base64.getMimeEncoder(64, new byte[] {'\n'})
                    .encodeToString(keys.getPrivate().getEncoded());
            Files.writeString(accountsKey(), "-----BEGIN PRIVATE KEY-----\n" + body + "\n-----END PRIVATE KEY-----\n");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    void startApiServer() throws IOException {
        apiServer = Optional.of(process("kube-apiserver", apiServerOptions.toArray(String[]::new)));
        await("the API server", () -> kubectl("get", "--raw", "/readyz").exitCode() == 0);
        up = true;
    }

    /** Ends the API server as its kubelet would, and starts it again. */
    void restartApiServer() throws IOException {
        stopApiServer();
        startApiServer();
    }

    /** The same, from then on with one more option. */
    void restartApiServerWith(String option) throws IOException {
        apiServerOptions.add(option);
        restartApiServer();
    }

    void stopApiServer() {
        up = false;
        Process running = apiServer.orElseThrow();
        running.destroy();
        running.onExit().join();
    }

    long apiServerPid() {
        return apiServer.orElseThrow().pid();
    }

    /** Whether it is not being restarted. */
    boolean isUp() {
        return up;
    }

    /** The version of Kubernetes that runs, such as {@code v1.37.2}. */
    String version() {
        Run run = kubectl("get", "--raw", "/version");
        try {
            return JSON.readTree(run.out()).path("gitVersion").asText();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The address of the API server, such as {@code https://127.0.0.1:6443}. */
    String url() {
        return "https://" + placement.address() + ":" + placement.port();
    }

    /** What it proves its name with. */
    Path certificate() {
        return directory.resolve("certificates/apiserver.crt");
    }

    /** What it signs the tokens of service accounts with. */
    Path accountsKey() {
        return directory.resolve("accounts.key");
    }

    private void launch(String program, String... args) throws IOException {
        processes.push(process(program, args));
    }

    private Process process(String program, String... args) throws IOException {
        List<String> command = new ArrayList<>(placement.enter());
        command.add(programs.resolve(program).toString());
        command.addAll(Arrays.asList(args));
        return new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve(program + ".log").toFile()))
                .start();
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The administrator's. */
    Path kubeconfig() {
        return directory.resolve("admin.kubeconfig");
    }

    /** The kubeconfig of whoever holds that token. */
    String kubeconfig(String token) {
        return """
                apiVersion: v1
                kind: Config
                clusters: [{name: it, cluster: {server: "%s", certificate-authority: "%s"}}]
                users: [{name: it, user: {token: "%s"}}]
                contexts: [{name: it, context: {cluster: it, user: it}}]
                current-context: it
                """.formatted(url(), directory.resolve("certificates/apiserver.crt"), token);
    }

    /** Runs kubectl as the administrator. */
    Run kubectl(String... args) {
        return kubectlWith("", args);
    }

    /** Runs kubectl with something to read. */
    Run kubectlWith(String input, String... args) {
        List<String> command = new ArrayList<>(List.of(
                programs.resolve("kubectl").toString(),
                "--kubeconfig",
                kubeconfig().toString()));
        command.addAll(Arrays.asList(args));
        return Processes.run(Map.of("HOME", directory.toString()), input, command.toArray(String[]::new));
    }

    /** Applies documents and expects it to work. */
    Run apply(String yaml, String... args) {
        List<String> all = new ArrayList<>(List.of("apply", "-f", "-"));
        all.addAll(Arrays.asList(args));
        // An older kubectl takes for JSON what begins with a brace.
        String marked = yaml.startsWith("{") ? "---\n" + yaml : yaml;
        Run run = kubectlWith(marked, all.toArray(String[]::new));
        if (run.exitCode() != 0) {
            throw new AssertionError("it was not applied: " + run.err());
        }
        return run;
    }

    /** An object as it is stored. */
    JsonNode get(String... args) {
        List<String> all = new ArrayList<>(List.of("get", "-o", "json"));
        all.addAll(Arrays.asList(args));
        Run run = kubectl(all.toArray(String[]::new));
        if (run.exitCode() != 0) {
            throw new AssertionError("there is none: " + run.err());
        }
        try {
            return JSON.readTree(run.out());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What may not be so yet. */
    interface Condition {
        boolean holds();
    }

    static void await(String what, Condition condition) {
        await(what, PATIENCE, condition);
    }

    static void await(String what, Duration patience, Condition condition) {
        long end = System.nanoTime() + patience.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("waited in vain for " + what);
            }
            try {
                Thread.sleep(50);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** What the programs wrote last, for when something goes wrong. */
    String logs() throws IOException {
        StringBuilder logs = new StringBuilder();
        for (String program : List.of("kube-apiserver", "kube-controller-manager")) {
            Path log = directory.resolve(program + ".log");
            if (Files.exists(log)) {
                List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
                logs.append(String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size())))
                        .append('\n');
            }
        }
        return logs.toString();
    }

    @Override
    public void close() {
        end();
        claimed.ifPresent(ServiceRange::close);
    }

    private void end() {
        apiServer.ifPresent(running -> running.destroyForcibly().onExit().join());
        while (!processes.isEmpty()) {
            processes.pop().destroyForcibly().onExit().join();
        }
    }
}
