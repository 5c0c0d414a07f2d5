package dev.bulkhead.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.e2e.Processes.Run;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A real node beside a real control plane: kubelet, containerd with runc, and the scheduler, in namespaces and control
 * groups of their own, so that nothing is installed and nothing remains. Pods get addresses, and the API server reaches
 * them; there is no kube-proxy and no DNS, and of the Services' addresses only the API server's answers.
 */
final class Node implements AutoCloseable {
    static final String NAME = "node1";

    private static final String API_SERVER = "10.96.0.1";
    private static final String NODE_TOKEN = "node-token";
    private static final String SCHEDULER_TOKEN = "scheduler-token";
    private static final String PAUSE = "localhost/pause:1";
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Path programs;
    private final Optional<GVisor> gvisor;
    private final Path directory;
    private final Namespaces namespaces;
    private final Cgroups cgroups;
    private final List<Process> processes = new ArrayList<>();
    private Optional<ControlPlane> plane = Optional.empty();

    private Node(Path programs, Optional<GVisor> gvisor, Path directory, Namespaces namespaces, Cgroups cgroups) {
        this.programs = programs;
        this.gvisor = gvisor;
        this.directory = directory;
        this.namespaces = namespaces;
        this.cgroups = cgroups;
    }

    /** Why there can be no node on this machine, if that is so. */
    private static Optional<String> obstacle() {
        if (!"root".equals(System.getProperty("user.name"))) {
            return Optional.of("a node needs root");
        }
        if (!Namespaces.canBeMade()) {
            return Optional.of("a node needs unshare, nsenter and ip, and namespaces that can be made");
        }
        if (!Cgroups.areUsable()) {
            return Optional.of("a node needs control groups of version 1 that can be written");
        }
        if (programs().isEmpty()) {
            return Optional.of("there is no node on this machine, e2e/node builds one");
        }
        return Optional.empty();
    }

    /** The programs, if they were built on this machine: see e2e/node. */
    private static Optional<Path> programs() {
        Run found = Processes.run(Map.of(), "", Path.of("e2e", "node").toString(), "--if-built");
        return found.exitCode() == 0 ? Optional.of(Path.of(found.out().strip())) : Optional.empty();
    }

    /** Starts one and waits until it is ready; where it cannot be, the test is skipped, but not in CI. */
    static Node start() throws IOException {
        return start(Optional.empty());
    }

    /** Starts one as above, on which the handler {@code runsc} is gVisor. */
    static Node start(GVisor gvisor) throws IOException {
        return start(Optional.of(gvisor));
    }

    private static Node start(Optional<GVisor> gvisor) throws IOException {
        Path controlPlane = Installed.programs();
        obstacle().ifPresent(obstacle -> {
            if (Boolean.parseBoolean(System.getenv("BULKHEAD_CI"))) {
                throw new AssertionError(obstacle);
            }
            System.err.println("Skipped: " + obstacle + ".");
        });
        assumeTrue(obstacle().isEmpty(), "no node on this machine");
        Path directory = Files.createTempDirectory("bulkhead-node");
        // The root of a pod in a user namespace is somebody else here, who has to come by.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        Namespaces namespaces = Namespaces.create(directory.resolve("namespaces.log"));
        Node node;
        try {
            node = new Node(
                    programs().orElseThrow(),
                    gvisor,
                    directory,
                    namespaces,
                    Cgroups.create(directory.getFileName().toString()));
        } catch (IOException | RuntimeException | Error e) {
            namespaces.close();
            throw e;
        }
        try {
            node.start(controlPlane);
            return node;
        } catch (IOException | RuntimeException | Error e) {
            String logs = node.logs();
            node.close();
            throw new AssertionError(e.getMessage() + "\n" + logs, e);
        }
    }

    private void start(Path controlPlane) throws IOException {
        namespaces.addAddress(API_SERVER);
        startContainerd();
        Placement placement = new Placement(
                namespaces.inNetwork(),
                namespaces.address(),
                443,
                "10.96.0.0/16",
                List.of(
                        NODE_TOKEN + ",system:node:" + NAME + ",node,system:nodes",
                        SCHEDULER_TOKEN + ",system:kube-scheduler,scheduler"),
                Map.of(
                        "kube-apiserver",
                        List.of(
                                "--bind-address=0.0.0.0",
                                "--advertise-address=" + namespaces.address(),
                                "--kubelet-preferred-address-types=InternalIP",
                                // Webhooks are called at the addresses of their pods: no kube-proxy is needed.
                                "--enable-aggregator-routing=true"),
                        "kube-controller-manager",
                        List.of("--allocate-node-cidrs=true", "--cluster-cidr=10.60.0.0/16")));
        ControlPlane started =
                ControlPlane.start(controlPlane, Files.createDirectory(directory.resolve("plane")), placement);
        plane = Optional.of(started);
        startScheduler(started);
        startKubelet(started);
        ControlPlane.await("that the node is ready", PATIENCE, this::isReady);
    }

    private void startContainerd() throws IOException {
        Files.createDirectories(directory.resolve("cni"));
        Files.writeString(directory.resolve("cni/10-bridge.conflist"), """
                {"cniVersion": "0.4.0", "name": "bridge", "plugins": [
                  {"type": "bridge", "bridge": "cni0", "isGateway": true, "ipMasq": false, "hairpinMode": true,
                   "ipam": {"type": "host-local", "dataDir": "%s/cni-data",
                            "ranges": [[{"subnet": "10.60.0.0/24"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
                  {"type": "loopback"}]}
                """.formatted(directory));
        Files.writeString(directory.resolve("containerd.toml"), """
                version = 3
                root = "%1$s/containerd"
                state = "%1$s/containerd-state"
                [grpc]
                address = "%1$s/containerd.sock"
                [plugins."io.containerd.cri.v1.images"]
                snapshotter = "overlayfs"
                [plugins."io.containerd.cri.v1.images".pinned_images]
                sandbox = "%2$s"
                [plugins."io.containerd.cri.v1.runtime"]
                disable_apparmor = true
                # Without CAP_SYS_RESOURCE, as in many a sandbox, the score cannot be lowered.
                restrict_oom_score_adj = true
                [plugins."io.containerd.cri.v1.runtime".cni]
                bin_dirs = ["%3$s/cni"]
                conf_dir = "%1$s/cni"
                [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
                runtime_type = "io.containerd.runc.v2"
                [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
                BinaryName = "%3$s/runc"
                SystemdCgroup = false
                """.formatted(directory, PAUSE, programs) + handler());
        launch(namespaces.inside(), "containerd", "--config", directory + "/containerd.toml");
        ControlPlane.await("containerd", () -> ctr("version").exitCode() == 0);
        importImage(busybox().named(PAUSE).running("/bin/busybox", "sleep", "2147483647"));
    }

    private String handler() throws IOException {
        return gvisor.isPresent() ? gvisor.orElseThrow().handler(directory) : "";
    }

    private void startScheduler(ControlPlane started) throws IOException {
        Path kubeconfig =
                Files.writeString(directory.resolve("scheduler.kubeconfig"), started.kubeconfig(SCHEDULER_TOKEN));
        launch(
                namespaces.inNetwork(),
                "kube-scheduler",
                "--kubeconfig=" + kubeconfig,
                "--authentication-kubeconfig=" + kubeconfig,
                "--authorization-kubeconfig=" + kubeconfig,
                "--leader-elect=false",
                "--secure-port=0");
    }

    private void startKubelet(ControlPlane started) throws IOException {
        Path kubeconfig = Files.writeString(directory.resolve("kubelet.kubeconfig"), started.kubeconfig(NODE_TOKEN));
        Path configuration =
                Files.writeString(directory.resolve("kubelet.yaml"), """
                apiVersion: kubelet.config.k8s.io/v1beta1
                kind: KubeletConfiguration
                failCgroupV1: false
                cgroupDriver: cgroupfs
                cgroupRoot: /%2$s
                containerRuntimeEndpoint: unix://%1$s/containerd.sock
                failSwapOn: false
                authentication: {anonymous: {enabled: true}, webhook: {enabled: false}}
                authorization: {mode: AlwaysAllow}
                evictionHard: {memory.available: 50Mi, nodefs.available: 1%%, imagefs.available: 1%%}
                imageGCHighThresholdPercent: 100
                podLogsDir: %1$s/pod-logs
                # The API server drops the field that this is about, unless it has the gate as well.
                featureGates: {EmptyDirVolumeMode: true}
                resolvConf: ""
                """.formatted(directory, cgroups.name()));
        launch(
                namespaces.inside(),
                "kubelet",
                "--config=" + configuration,
                "--kubeconfig=" + kubeconfig,
                "--root-dir=" + directory + "/kubelet",
                "--cert-dir=" + directory + "/kubelet-certificates",
                "--hostname-override=" + NAME,
                "--node-ip=" + namespaces.address());
    }

    private boolean isReady() {
        if (plane().kubectl("get", "node", NAME).exitCode() != 0) {
            return false;
        }
        for (JsonNode condition : plane().get("node", NAME).at("/status/conditions")) {
            if (condition.path("type").asText().equals("Ready")) {
                return condition.path("status").asText().equals("True");
            }
        }
        return false;
    }

    private void launch(List<String> enter, String program, String... args) throws IOException {
        List<String> command = new ArrayList<>(enter);
        command.add(programs.resolve(program).toString());
        command.addAll(Arrays.asList(args));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log(program).toFile());
        // containerd looks for its shim there.
        builder.environment().put("PATH", programs + ":" + System.getenv("PATH"));
        processes.add(builder.start());
    }

    private Path log(String program) {
        return directory.resolve(program + ".log");
    }

    private Run ctr(String... args) {
        List<String> command = new ArrayList<>(namespaces.inside());
        command.addAll(List.of(
                programs.resolve("ctr").toString(), "--address", directory + "/containerd.sock", "-n", "k8s.io"));
        command.addAll(Arrays.asList(args));
        return Processes.run(Map.of(), "", command.toArray(String[]::new));
    }

    /** An image with nothing in it but busybox and its commands. */
    TestImage busybox() throws IOException {
        return TestImage.of(programs.resolve("busybox"));
    }

    /** An image with Debian's nginx, without a configuration. */
    TestImage nginx() throws IOException {
        return busybox()
                .tree(
                        programs.resolve("web"),
                        Pattern.compile(
                                "(usr/)?lib(64(/[^/]+)?|/[a-z0-9_]+-linux-gnu(/[^/]+\\.so[.0-9]*)?)?|usr|usr/sbin(/nginx)?"
                                        + "|etc/nginx(/mime.types)?|usr/share(/nginx(/html(/index.html)?)?)?"));
    }

    /** The file that {@link #busybox()} is made of. */
    byte[] busyboxProgram() throws IOException {
        return Files.readAllBytes(programs.resolve("busybox"));
    }

    /** What runs, with versions. */
    String versions() {
        String runc = Processes.run(Map.of(), "", programs.resolve("runc").toString(), "--version")
                .out()
                .lines()
                .findFirst()
                .orElseThrow()
                .replace(" version", "");
        String containerd = plane().get("node", NAME)
                .at("/status/nodeInfo/containerRuntimeVersion")
                .asText()
                .replace("://", " ");
        return "Kubernetes " + plane().version() + ", " + containerd + ", " + runc;
    }

    /** Gives the node that image. */
    void importImage(TestImage image) throws IOException {
        importImage(image.write(directory.resolve("image.tar")));
    }

    /** Gives the node the images in that archive, by the names that the archive has for them. */
    void importImage(Path archive) {
        Run run = ctr("images", "import", archive.toAbsolutePath().toString());
        if (run.exitCode() != 0) {
            throw new AssertionError("not imported: " + run.said());
        }
    }

    /** What the kernel tells of a container's first process, by the names in {@code /proc/PID/status}. */
    Map<String, String> status(String containerId) {
        String id = containerId.replace("containerd://", "");
        String process = ctr("tasks", "ls")
                .out()
                .lines()
                .map(line -> line.split("\\s+", -1))
                .filter(task -> task[0].equals(id))
                .map(task -> task[1])
                .findFirst()
                .orElseThrow();
        List<String> command = new ArrayList<>(namespaces.inside());
        command.addAll(List.of("cat", "/proc/" + process + "/status"));
        return status(Processes.run(Map.of(), "", command.toArray(String[]::new))
                .out()
                .lines());
    }

    /** The lines {@code name: value} of a text. */
    static Map<String, String> status(Stream<String> lines) {
        return lines.map(line -> line.split(":\\s*", 2))
                .filter(parts -> parts.length == 2)
                .collect(Collectors.toMap(
                        parts -> parts[0], parts -> parts[1].strip().replaceAll("\\s+", " "), (first, last) -> last));
    }

    /** Ends a container at once, as the kernel does when there is no memory left. */
    void kill(String containerId) {
        Run run = ctr("tasks", "kill", "--signal", "SIGKILL", containerId.replace("containerd://", ""));
        if (run.exitCode() != 0) {
            throw new AssertionError("not killed: " + run.said());
        }
    }

    ControlPlane plane() {
        return plane.orElseThrow();
    }

    /** The kubelet's certificate, which it issued itself, in PEM form. */
    byte[] kubeletCertificate() throws IOException {
        return Files.readAllBytes(directory.resolve("kubelet-certificates/kubelet.crt"));
    }

    /** What the programs wrote last, for when something goes wrong. */
    String logs() throws IOException {
        StringBuilder logs = new StringBuilder();
        for (String program : List.of("namespaces", "containerd", "kube-scheduler", "kubelet")) {
            if (Files.exists(log(program))) {
                List<String> lines = Files.readAllLines(log(program), StandardCharsets.UTF_8);
                logs.append(program)
                        .append(":\n")
                        .append(String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size())))
                        .append('\n');
            }
        }
        if (plane.isPresent()) {
            logs.append(plane().logs());
        }
        return logs.toString();
    }

    @Override
    public void close() throws IOException {
        plane.ifPresent(ControlPlane::close);
        processes.forEach(process -> process.destroyForcibly().onExit().join());
        namespaces.close();
        cgroups.close();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        }
    }
}
