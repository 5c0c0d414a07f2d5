package dev.bulkhead.app.server;

import dev.bulkhead.app.admission.DenialMessages;
import dev.bulkhead.engine.policy.DefaultPolicy;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.manifest.ManifestProblem;
import dev.bulkhead.manifest.PolicyFiles;
import io.micrometer.core.instrument.Counter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * The policies of the configured files, reloaded when they change. Files that cannot be read stop the start; later the
 * last valid policies stay in force, and the failure is logged and counted.
 */
final class PolicyFileReloader implements Supplier<PolicySet> {
    private static final Logger LOG = Logger.getLogger(PolicyFileReloader.class);

    private final List<Path> paths;
    private final Clock clock;
    private final Counter failures;
    private final Policy builtIn;
    private final DefaultPolicy defaultPolicy;
    private final Duration maxExemptionDuration;
    private int seen;
    private volatile PolicySet inForce;

    /**
     * Reads the files.
     *
     * @param builtIn the policy for workloads that no policy in the files matches
     * @param defaultPolicy whether that policy applies
     * @param maxExemptionDuration how far ahead an exemption may expire at most
     * @throws IllegalStateException when a file is invalid; the message holds every problem
     */
    PolicyFileReloader(
            List<Path> paths,
            Policy builtIn,
            DefaultPolicy defaultPolicy,
            Duration maxExemptionDuration,
            Clock clock,
            Counter failures) {
        this.paths = List.copyOf(paths);
        this.builtIn = builtIn;
        this.defaultPolicy = defaultPolicy;
        this.maxExemptionDuration = maxExemptionDuration;
        this.clock = clock;
        this.failures = failures;
        this.seen = fingerprint();
        PolicyFiles files = read();
        if (!files.problems().isEmpty()) {
            throw new IllegalStateException("the policies cannot be used:\n" + described(files));
        }
        this.inForce = files.inForce(defaultPolicy.fallback(builtIn));
    }

    @Override
    public PolicySet get() {
        return inForce;
    }

    /** Reloads the files if they changed. Called by one thread at a time. */
    void look() {
        int now = fingerprint();
        if (now == seen) {
            return;
        }
        PolicyFiles files = read();
        seen = now;
        if (files.problems().isEmpty()) {
            inForce = files.inForce(defaultPolicy.fallback(builtIn));
            LOG.infof(
                    "the policies have changed: %d policies, %d exemptions are in force",
                    files.policies().size(), files.exemptions().size());
        } else {
            failures.increment();
            LOG.errorf(
                    "the policies have changed and cannot be used, the last good ones stay in force:\n%s",
                    described(files));
        }
    }

    private PolicyFiles read() {
        return PolicyFiles.read(paths, clock.instant(), maxExemptionDuration, defaultPolicy);
    }

    private static String described(PolicyFiles files) {
        return files.problems().stream()
                .map(ManifestProblem::describe)
                .map(DenialMessages::line)
                .collect(Collectors.joining("\n"));
    }

    /**
     * Hashes the contents, since modification times are coarse and mounted ConfigMaps change through symbolic links.
     */
    private int fingerprint() {
        int fingerprint = 1;
        for (Path path : paths) {
            try (Stream<Path> files = Files.walk(path)) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    fingerprint = 31 * fingerprint + file.hashCode();
                    fingerprint = 31 * fingerprint + Arrays.hashCode(Files.readAllBytes(file));
                }
            } catch (IOException | java.io.UncheckedIOException e) {
                fingerprint = 31 * fingerprint;
            }
        }
        return fingerprint;
    }
}
