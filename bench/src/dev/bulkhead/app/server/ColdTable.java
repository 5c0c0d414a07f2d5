package dev.bulkhead.app.server;

import dev.bulkhead.app.admission.Samples;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Starts servers in turns and measures what their reviews cost from the first one on: CPU, by the kernel's accounts of each
 * thread, and the slowest answer. A pod is two reviews on one connection: {@code /mutate}, then {@code /validate} of what it
 * made.
 *
 * <p>{@code ColdTable STARTS NAME COMMAND [NAME COMMAND]…}: a command is split at spaces, and runs {@code serve} with free
 * ports.
 */
public final class ColdTable {
    /** The last review of each row. */
    private static final int[] ENDS = {100, 500, 2_000, 5_000, 20_000};

    /** Steady: what is left to compile is compiled by then. */
    private static final int STEADY_FROM = 60_000;

    private static final int STEADY_TO = 80_000;

    private static final long START_LIMIT_MILLIS = 120_000;
    private static final Pattern PORT = Pattern.compile("(webhook|management) +https?://localhost:(\\d+)/");

    private ColdTable() {}

    /**
     * A start.
     *
     * @param micros of CPU per review, by row, the steady one last
     * @param slowest answers in microseconds, by row, the steady one last
     */
    private record Start(
            double readySeconds,
            double readyCpuSeconds,
            double readyMiB,
            double loadedMiB,
            double[] micros,
            double[] slowest,
            double steadyP99) {}

    public static void main(String[] args) throws Exception {
        if (args.length < 3 || args.length % 2 == 0) {
            System.err.println("ColdTable: expected STARTS NAME COMMAND [NAME COMMAND]…");
            System.exit(2);
        }
        int starts = Integer.parseInt(args[0]);
        Map<String, List<Start>> measured = new LinkedHashMap<>();
        byte[] careless = Samples.careless();
        byte[] hardened = Samples.hardened();
        for (int i = 0; i < starts; i++) {
            for (int program = 1; program < args.length; program += 2) {
                Start start = start(List.of(args[program + 1].split(" +")), careless, hardened);
                measured.computeIfAbsent(args[program], name -> new ArrayList<>()).add(start);
                System.err.printf(
                        Locale.ROOT,
                        "start %d of %d, %s: ready after %.1f s and %.1f s of CPU; %s µs; load %s%n",
                        i + 1,
                        starts,
                        args[program],
                        start.readySeconds,
                        start.readyCpuSeconds,
                        Arrays.toString(Arrays.stream(start.micros).mapToLong(Math::round).toArray()),
                        load());
            }
        }
        measured.forEach(ColdTable::print);
        System.out.println("Load average at the end: " + load() + ", "
                + Runtime.getRuntime().availableProcessors() + " processors, " + starts + " starts each.");
    }

    private static void print(String name, List<Start> starts) {
        int last = ENDS.length;
        double steady = median(starts, start -> start.micros[last]);
        double p99 = median(starts, Start::steadyP99);
        System.out.printf("%n| %s: reviews since ready | CPU per review | against steady | slowest answer |%n", name);
        System.out.println("|---|---|---|---|");
        for (int row = 0; row <= last; row++) {
            int at = row;
            double cpu = median(starts, start -> start.micros[at]);
            double slowest =
                    starts.stream().mapToDouble(start -> start.slowest[at]).max().orElseThrow();
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %.0f µs | **%.1f** | %.1f ms |%n",
                    row == last
                            ? "steady, p99 %.1f ms".formatted(p99 / 1e3)
                            : "%,d to %,d".formatted(row == 0 ? 1 : ENDS[row - 1] + 1, ENDS[row]),
                    cpu,
                    cpu / steady,
                    slowest / 1e3);
        }
        System.out.printf(
                Locale.ROOT,
                "%nFrom start to ready: %.2f s of CPU in %.1f s. Resident: %.0f MiB when ready, %.0f MiB under load.%n%n",
                median(starts, Start::readyCpuSeconds),
                median(starts, Start::readySeconds),
                median(starts, Start::readyMiB),
                median(starts, Start::loadedMiB));
    }

    private static double median(List<Start> starts, ToDoubleFunction<Start> value) {
        double[] sorted = starts.stream().mapToDouble(value).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private static Start start(List<String> command, byte[] careless, byte[] hardened) throws Exception {
        Path log = Files.createTempFile("bulkhead-cold", ".log");
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of("serve", "--port", "0", "--management-port", "0"));
        long begin = System.nanoTime();
        Process process = new ProcessBuilder(all)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            Map<String, Integer> ports = ready(process, log);
            double seconds = (System.nanoTime() - begin) / 1e9;
            Cpu cpu = new Cpu(process.pid());
            double readyCpu = cpu.seconds();
            double readyMiB = resident(process.pid());
            try (Connection connection = new Connection(ports.get("webhook"))) {
                double[] micros = new double[ENDS.length + 1];
                double[] slowest = new double[ENDS.length + 1];
                int sent = 0;
                for (int row = 0; row < ENDS.length; row++) {
                    double before = cpu.seconds();
                    long[] nanos = connection.send(careless, hardened, ENDS[row] - sent);
                    micros[row] = (cpu.seconds() - before) * 1e6 / nanos.length;
                    slowest[row] = nanos[nanos.length - 1] / 1e3;
                    sent = ENDS[row];
                }
                connection.send(careless, hardened, STEADY_FROM - sent);
                double before = cpu.seconds();
                long[] nanos = connection.send(careless, hardened, STEADY_TO - STEADY_FROM);
                micros[ENDS.length] = (cpu.seconds() - before) * 1e6 / nanos.length;
                slowest[ENDS.length] = nanos[nanos.length - 1] / 1e3;
                double p99 = nanos[nanos.length * 99 / 100] / 1e3;
                return new Start(
                        seconds, readyCpu, readyMiB, resident(process.pid()), micros, slowest, p99);
            }
        } finally {
            process.destroy();
            if (!process.waitFor(Integer.getInteger("stop", 10), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            Files.delete(log);
        }
    }

    private static Map<String, Integer> ready(Process process, Path log) throws Exception {
        Map<String, Integer> ports = new HashMap<>();
        long limit = System.currentTimeMillis() + START_LIMIT_MILLIS;
        while (System.currentTimeMillis() < limit && process.isAlive()) {
            Matcher matcher = PORT.matcher(Files.readString(log));
            while (matcher.find()) {
                ports.put(matcher.group(1), Integer.valueOf(matcher.group(2)));
            }
            if (ports.containsKey("webhook") && ports.containsKey("management") && isReady(ports.get("management"))) {
                return ports;
            }
            Thread.sleep(20);
        }
        throw new IllegalStateException("the server is not ready:\n" + Files.readString(log));
    }

    private static boolean isReady(int port) {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create("http://localhost:" + port + "/q/health/ready").toURL().openConnection();
            connection.setReadTimeout(5_000);
            return connection.getResponseCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    /** What the threads of a process have used, those that have ended too as far as they were seen. */
    private static final class Cpu {
        private final Path tasks;
        private final Map<String, Long> nanos = new HashMap<>();

        Cpu(long pid) {
            this.tasks = Path.of("/proc/" + pid + "/task");
        }

        double seconds() throws IOException {
            try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
                for (Path thread : threads) {
                    try {
                        String account = Files.readString(thread.resolve("schedstat"));
                        nanos.put(
                                thread.getFileName().toString(),
                                Long.parseLong(account.substring(0, account.indexOf(' '))));
                    } catch (IOException e) {
                        // It has just ended.
                    }
                }
            }
            return nanos.values().stream().mapToLong(Long::longValue).sum() / 1e9;
        }
    }

    private static double resident(long pid) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
            }
        }
        throw new IllegalStateException("no VmRSS");
    }

    private static String load() throws IOException {
        String load = Files.readString(Path.of("/proc/loadavg"));
        return load.substring(0, load.indexOf(' '));
    }

    /** One connection, kept open, as the API server keeps its own. */
    private static final class Connection implements AutoCloseable {
        private final SSLSocket socket;
        private final InputStream in;

        Connection(int port) throws IOException, GeneralSecurityException {
            SSLContext tls = SSLContext.getInstance("TLS");
            tls.init(null, new TrustManager[] {new Anybody()}, new SecureRandom());
            socket = (SSLSocket) tls.getSocketFactory().createSocket("localhost", port);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(30_000);
            in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
        }

        /** Nanoseconds of each answer, sorted. */
        long[] send(byte[] careless, byte[] hardened, int reviews) throws IOException {
            byte[] mutate = request("/mutate?timeout=5s", careless);
            byte[] validate = request("/validate?timeout=5s", hardened);
            long[] nanos = new long[reviews];
            for (int i = 0; i < reviews; i++) {
                long begin = System.nanoTime();
                socket.getOutputStream().write(i % 2 == 0 ? mutate : validate);
                answer();
                nanos[i] = System.nanoTime() - begin;
            }
            Arrays.sort(nanos);
            return nanos;
        }

        private static byte[] request(String path, byte[] body) {
            byte[] head = ("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                            + "Content-Length: " + body.length + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII);
            byte[] request = Arrays.copyOf(head, head.length + body.length);
            System.arraycopy(body, 0, request, head.length, body.length);
            return request;
        }

        private void answer() throws IOException {
            String status = line();
            if (!status.startsWith("HTTP/1.1 200 ")) {
                throw new IllegalStateException("expected an answer, found " + status);
            }
            int length = 0;
            for (String line = line(); !line.isEmpty(); line = line()) {
                if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                    length = Integer.parseInt(line.substring(15).strip());
                }
            }
            String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
            if (!body.contains("\"allowed\":true")) {
                throw new IllegalStateException("expected the pod to be allowed, found " + body);
            }
        }

        private String line() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0) {
                    throw new IllegalStateException("the connection was closed");
                }
                if (c != '\r') {
                    line.append((char) c);
                }
            }
            return line.toString();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static final class Anybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
