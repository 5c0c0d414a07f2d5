package dev.bulkhead.e2e;

import dev.bulkhead.e2e.Processes.Run;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A network, a mount and a process namespace of one test. A pair of virtual interfaces joins the network to this machine;
 * there is no route beyond. All processes in there end with their first one, which ends when this is closed, or when this
 * machine's Java does.
 */
final class Namespaces implements AutoCloseable {
    /**
     * What programs write outside the test's directory goes into memory, since directories such as /run belong to this
     * machine. The mounts are made before propagation, so that containers may share theirs.
     */
    private static final String FIRST_PROCESS = """
            set -eu
            for directory in /run /var/log /var/lib; do mount -t tmpfs -o mode=755 tmpfs "$directory"; done
            mount --make-rshared /
            ip link set lo up
            echo 1 > /proc/sys/net/ipv4/ip_forward
            echo up
            while read -r _; do :; done
            """;

    private final Process holder;
    private final long first;
    private final int subnet;

    private Namespaces(Process holder, long first) {
        this.holder = holder;
        this.first = first;
        // Process ids differ between tests that run at once, nearly always.
        this.subnet = (int) (first % 16_384);
    }

    /** Whether this machine lets its user make namespaces. */
    static boolean canBeMade() {
        try {
            return Processes.run(
                                    Map.of(),
                                    "",
                                    "unshare",
                                    "--net",
                                    "--mount",
                                    "--pid",
                                    "--fork",
                                    "--mount-proc",
                                    "nsenter",
                                    "--target",
                                    "1",
                                    "--net",
                                    "ip",
                                    "link")
                            .exitCode()
                    == 0;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    static Namespaces create(Path log) throws IOException {
        Process holder = new ProcessBuilder(
                        "unshare",
                        "--net",
                        "--mount",
                        "--pid",
                        "--fork",
                        "--kill-child",
                        "--mount-proc",
                        "--propagation",
                        "private",
                        "bash",
                        "-c",
                        FIRST_PROCESS)
                .redirectError(log.toFile())
                .start();
        BufferedReader out = new BufferedReader(new InputStreamReader(holder.getInputStream(), StandardCharsets.UTF_8));
        if (!"up".equals(out.readLine())) {
            holder.destroyForcibly();
            throw new IOException("no namespaces, see " + log);
        }
        Namespaces namespaces = new Namespaces(
                holder, holder.children().findFirst().orElseThrow().pid());
        try {
            namespaces.connect();
            return namespaces;
        } catch (RuntimeException | Error e) {
            namespaces.close();
            throw e;
        }
    }

    private void connect() {
        String here = "bulkhead" + subnet;
        run(List.of(), "ip", "link", "add", here, "type", "veth", "peer", "name", "machine", "netns", "" + first);
        run(List.of(), "ip", "address", "add", address(2) + "/30", "dev", here);
        run(List.of(), "ip", "link", "set", here, "up");
        run(inNetwork(), "ip", "address", "add", address() + "/30", "dev", "machine");
        run(inNetwork(), "ip", "link", "set", "machine", "up");
    }

    /** Gives the network in there one more address. */
    void addAddress(String address) {
        run(inNetwork(), "ip", "address", "add", address + "/32", "dev", "lo");
    }

    private static void run(List<String> enter, String... command) {
        List<String> all = new ArrayList<>(enter);
        all.addAll(List.of(command));
        Run run = Processes.run(Map.of(), "", all.toArray(String[]::new));
        if (run.exitCode() != 0) {
            throw new AssertionError(String.join(" ", all) + ": " + run.said());
        }
    }

    /** Where this machine reaches what listens in there. */
    String address() {
        return address(1);
    }

    private String address(int host) {
        int last = subnet * 4 + host;
        return "10.50." + last / 256 + "." + last % 256;
    }

    /** The command that runs another one in that network, and otherwise on this machine. */
    List<String> inNetwork() {
        return List.of("nsenter", "--target", "" + first, "--net");
    }

    /** The command that runs another one in all of the namespaces. */
    List<String> inside() {
        return List.of("nsenter", "--target", "" + first, "--net", "--mount", "--pid");
    }

    @Override
    public void close() {
        holder.descendants().filter(process -> process.pid() == first).forEach(ProcessHandle::destroyForcibly);
        holder.destroyForcibly().onExit().join();
    }
}
