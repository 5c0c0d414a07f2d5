package dev.bulkhead.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.InstallCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Bulkhead installed by its chart into a real control plane, once for all tests: two replicas behind a balancer at the
 * Service's address. Where the control plane was never built the tests are skipped, but not in CI.
 */
final class Installed implements ExecutionCondition, BeforeAllCallback, ParameterResolver {
    static final Path CHART = Path.of("charts", "bulkhead");

    /** What runs; ended after the last test. */
    static final class Site implements AutoCloseable {
        private final Path directory;
        private final ControlPlane plane;
        private final Balancer balancer;
        private final List<Replica> replicas = new CopyOnWriteArrayList<>();
        private final AtomicInteger names = new AtomicInteger();

        /** Installs the chart with those values beside what tests need. */
        Site(Path programs, Map<String, Object> values) throws IOException {
            this(programs, CHART, values);
        }

        Site(Path programs, Path chart, Map<String, Object> values) throws IOException {
            this(programs, chart, values, plane -> {});
        }

        /** Installs the chart after something was done before. */
        Site(Path programs, Path chart, Map<String, Object> values, Consumer<ControlPlane> before) throws IOException {
            this(programs, before.andThen(plane -> install(plane, chart, values)));
        }

        private static void install(ControlPlane plane, Path chart, Map<String, Object> values) {
            InstallCommand install = new Helm(chart)
                    .install()
                    .withName("bulkhead")
                    .withNamespace(Replica.NAMESPACE)
                    .createNamespace()
                    .withKubeVersion(plane.version())
                    .withKubeConfig(plane.kubeconfig())
                    .set("service.port", 8443)
                    .set("log.json", false);
            values.forEach(install::set);
            install.call();
        }

        /** Runs what somebody else installs. */
        Site(Path programs, Consumer<ControlPlane> install) throws IOException {
            directory = Files.createTempDirectory("bulkhead-e2e");
            plane = ControlPlane.start(programs, directory);
            install.accept(plane);
            String address = plane.get("-n", Replica.NAMESPACE, "service", "bulkhead")
                    .at("/spec/clusterIP")
                    .asText();
            balancer = new Balancer(address, 8443);
            replicas.add(another());
            replicas.add(another());
            try {
                awaitReady();
            } catch (AssertionError e) {
                String logs = replicas.get(0).log() + plane.logs();
                close();
                throw new AssertionError(e.getMessage() + "\n" + logs, e);
            }
        }

        /** Starts one more replica, which the balancer does not know yet. */
        Replica another() throws IOException {
            return Replica.start(plane, directory, "bulkhead-" + names.getAndIncrement());
        }

        /** Waits until all replicas are ready, hands connections to them, and waits until they are trusted. */
        void awaitReady() {
            ControlPlane.await("all replicas", () -> replicas.stream().allMatch(Replica::isReady));
            balance();
            ControlPlane.await(
                    "the registration",
                    () -> replicas.stream()
                            .allMatch(replica -> replica.metrics().contains("bulkhead_webhook_in_sync 1.0")));
        }

        /** From now on connections lead to the replicas that there are. */
        void balance() {
            balancer.to(replicas.stream().map(Replica::port).toList());
        }

        /** Closes the API server's connections to a replica, which it would go on using. */
        void cut(Replica replica) {
            balancer.cut(replica.port());
        }

        ControlPlane plane() {
            return plane;
        }

        /** Those that the balancer is to know. */
        List<Replica> replicas() {
            return replicas;
        }

        Path directory() {
            return directory;
        }

        @Override
        public void close() throws IOException {
            replicas.forEach(Replica::close);
            balancer.close();
            plane.close();
            try (Stream<Path> files = Files.walk(directory)) {
                files.sorted(Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            }
        }
    }

    /** The control plane's programs; without them the test that asks is skipped, but not in CI. */
    static Path programs() {
        Optional<Path> programs = ControlPlane.programs();
        if (programs.isEmpty() && Boolean.parseBoolean(System.getenv("BULKHEAD_CI"))) {
            throw new AssertionError("e2e/control-plane has built no control plane");
        }
        if (programs.isEmpty()) {
            System.err.println("Skipped: there is no control plane on this machine, e2e/control-plane builds one.");
        }
        assumeTrue(programs.isPresent(), "no control plane on this machine: e2e/control-plane builds one");
        return programs.orElseThrow();
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return new ControlPlaneCondition().evaluateExecutionCondition(context);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        site(context);
    }

    /** The one site, installed by the first who asks: a test with a life cycle per class asks before its class begins. */
    private static Site site(ExtensionContext context) {
        Path programs = programs();
        return context.getRoot()
                .getStore(Namespace.GLOBAL)
                .computeIfAbsent(
                        Site.class,
                        key -> {
                            try {
                                return new Site(programs, Map.of());
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        },
                        Site.class);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Site.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return site(context);
    }
}
