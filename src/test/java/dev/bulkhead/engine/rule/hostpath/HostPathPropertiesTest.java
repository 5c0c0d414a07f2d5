package dev.bulkhead.engine.rule.hostpath;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.check.HostPods;
import dev.bulkhead.engine.rule.check.RuleRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

class HostPathPropertiesTest {
    private static final Rule SOCKET = RuleRegistry.named("runtimeSocket").orElseThrow();

    private static final List<Rule> RULES = List.of(
            SOCKET,
            RuleRegistry.named("writableHostPath").orElseThrow(),
            RuleRegistry.named("hostDevices").orElseThrow(),
            RuleRegistry.named("mountPropagation").orElseThrow());

    /** Ways of writing a path differently that leave it the same. */
    private enum Disguise {
        DOUBLED_SLASH("//"),
        DOT("/./"),
        DETOUR("/x/../"),
        LONG_DETOUR("/a/b/../.././");

        private final String slash;

        Disguise(String slash) {
            this.slash = slash;
        }

        /** Replaces one of the path's slashes. */
        String applyTo(String path, int at) {
            List<Integer> slashes = new ArrayList<>();
            for (int i = 0; i < path.length(); i++) {
                if (path.charAt(i) == '/') {
                    slashes.add(i);
                }
            }
            if (slashes.isEmpty()) {
                return path;
            }
            int chosen = slashes.get(at % slashes.size());
            return path.substring(0, chosen) + slash + path.substring(chosen + 1);
        }
    }

    private record Change(Disguise disguise, int at) {}

    @Provide
    Arbitrary<List<Change>> changes() {
        return Combinators.combine(
                        Arbitraries.of(Disguise.class), Arbitraries.integers().between(0, 30))
                .as(Change::new)
                .list()
                .ofMaxSize(6);
    }

    @Provide
    Arbitrary<String> sockets() {
        return Arbitraries.of(ControlSocket.ALL.stream()
                .map(socket -> socket.place().path())
                .filter(path -> !path.startsWith("//./"))
                .map(path -> path.replace("*", "1000"))
                .toList());
    }

    @Provide
    Arbitrary<String> prefixes() {
        return Arbitraries.of(
                "", "", "", "/proc/1/root", "/proc/self/root", "/proc/thread-self/root", "/proc/1/root/proc/2/root");
    }

    @Provide
    Arbitrary<String> suffixes() {
        return Arbitraries.of("", "", "/", "//", "/.", "/x/..");
    }

    @Property(tries = 2_000)
    void findsEverySocketUnderEverySpelling(
            @ForAll("sockets") String socket,
            @ForAll("changes") List<Change> changes,
            @ForAll("prefixes") String prefix,
            @ForAll("suffixes") String suffix,
            @ForAll @IntRange(max = 4) int parents,
            @ForAll boolean oldName,
            @ForAll boolean relative) {
        String path = socket;
        for (int i = 0; i < parents && !path.isEmpty(); i++) {
            path = path.substring(0, path.lastIndexOf('/'));
        }
        if (oldName && (path.equals("/run") || path.startsWith("/run/"))) {
            path = "/var" + path;
        }
        path = prefix + path;
        for (Change change : changes) {
            path = change.disguise().applyTo(path, change.at());
        }
        path += suffix;
        if (relative) {
            path = path.replaceFirst("^/+", "");
        }

        assertThat(HostPods.findings(SOCKET, HostPods.mounted(path))).as(path).hasSize(1);
    }

    @Provide
    Arbitrary<List<String>> names() {
        return Arbitraries.strings()
                .withChars("abcXYZ0189-_.:~ ü")
                .ofMinLength(1)
                .ofMaxLength(12)
                .filter(name -> !name.equals(".") && !name.equals(".."))
                .list()
                .ofMaxSize(6);
    }

    @Property(tries = 2_000)
    void findsNoSocketBelowADirectoryOfData(
            @ForAll("names") List<String> names, @ForAll("changes") List<Change> changes) {
        String path = "/srv/data"
                + String.join("", names.stream().map(name -> "/" + name).toList());
        for (Change change : changes) {
            path = change.disguise().applyTo(path, change.at());
        }

        assertThat(HostPods.findings(SOCKET, HostPods.mounted(path))).as(path).isEmpty();
        assertThat(HostPods.findings(RuleRegistry.named("hostDevices").orElseThrow(), HostPods.mounted(path)))
                .as(path)
                .isEmpty();
    }

    @Provide
    Arbitrary<String> text() {
        Arbitrary<String> pieces = Arbitraries.of(
                "/",
                "//",
                "\\",
                ".",
                "..",
                "~1",
                ":",
                "C:",
                "//./",
                "\\\\?\\",
                "pipe",
                "var",
                "run",
                "proc",
                "self",
                "root",
                "fd",
                "task",
                "dev",
                "docker.sock",
                "$(X)",
                " ",
                "\u0000",
                "\uFFFD",
                "\uD800",
                "*",
                "");
        return Arbitraries.oneOf(
                Arbitraries.strings(), pieces.list().ofMaxSize(12).map(list -> String.join("", list)));
    }

    @Property(tries = 2_000)
    void neverThrows(
            @ForAll("text") String path,
            @ForAll("text") String subPath,
            @ForAll("text") String other,
            @ForAll boolean windows,
            @ForAll boolean mounted) {
        HostPods pods = new HostPods();
        pods.volume(other).putObject("hostPath").put("path", path).put("type", other);
        if (mounted) {
            ObjectNode mount = pods.mount("containers", 0, other);
            mount.put("subPath", subPath).put("recursiveReadOnly", other).put("mountPropagation", other);
            mount.put("readOnly", windows);
        }
        if (windows) {
            pods.spec().putObject("os").put("name", "windows");
        }
        for (Rule rule : RULES) {
            List<Finding> findings = HostPods.findings(rule, pods.pod());
            for (Finding finding : findings) {
                assertThat(finding.message()).isNotBlank();
                assertThat(finding.remedy().text()).isNotBlank();
                assertThat(rule.describe(findings).sentence()).isNotBlank();
            }
        }
    }

    private static Path host = Path.of("/");

    /** A host whose links are those of a real one, as a file system that really follows them. */
    @BeforeContainer
    static void makeHost() throws IOException {
        host = Files.createTempDirectory("host").toRealPath();
        for (String directory : List.of("run/containerd/s", "run/lock", "run/app", "var/lib/kubelet/pod-resources")) {
            Files.createDirectories(host.resolve(directory));
        }
        for (String directory :
                List.of("var/log/app", "usr/bin", "usr/lib/modules", "srv/data", "proc/1", "proc/self")) {
            Files.createDirectories(host.resolve(directory));
        }
        Files.createFile(host.resolve("run/docker.sock"));
        Files.createFile(host.resolve("run/docker.sock2"));
        link("var/run", "../run");
        link("var/lock", "../run/lock");
        link("bin", "usr/bin");
        link("lib", "usr/lib");
        link("proc/1/root", "../..");
        link("proc/self/root", "../..");
    }

    private static void link(String from, String to) throws IOException {
        Files.createSymbolicLink(host.resolve(from), Path.of(to));
    }

    @AfterContainer
    static void removeHost() throws IOException {
        try (Stream<Path> files = Files.walk(host)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Property(tries = 2_000)
    void agreesWithAFileSystemThatFollowsTheLinks(@ForAll @Size(max = 10) List<@IntRange(max = 1_000) Integer> steps) {
        StringBuilder written = new StringBuilder();
        Path at = host;
        boolean back = false;
        for (int step : steps) {
            if (!Files.isDirectory(at)) {
                break;
            }
            List<String> choices = new ArrayList<>(List.of("", ".", ".."));
            choices.addAll(namesIn(at));
            String name = choices.get(step % choices.size());
            written.append('/').append(name);
            back |= name.equals("..");
            at = follow(at, name);
        }
        HostPath path = HostPath.of(written.toString(), false);
        Path real = Path.of("/").resolve(host.relativize(at).toString());
        for (String guarded :
                List.of("/run/docker.sock", "/run/containerd", "/var/lib/kubelet/pod-resources", "/usr/lib")) {
            boolean reached = real.startsWith(guarded) || Path.of(guarded).startsWith(real);
            boolean throughOldName = real.equals(Path.of("/var")) && guarded.startsWith("/run");
            boolean evaluated = path.reaches(HostPath.Place.of(guarded));
            if (reached || !back) {
                assertThat(evaluated)
                        .as("%s is %s, guarded %s", written, real, guarded)
                        .isEqualTo(reached || throughOldName);
            }
        }
    }

    private static Path follow(Path at, String name) {
        try {
            boolean top = name.equals("..") && at.equals(host);
            return top ? host : at.resolve(name).toRealPath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> namesIn(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
