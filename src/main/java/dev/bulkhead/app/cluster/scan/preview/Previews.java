package dev.bulkhead.app.cluster.scan.preview;

import dev.bulkhead.app.cluster.scan.ScanView;
import dev.bulkhead.app.cluster.scan.preview.PreviewCache.Made;
import dev.bulkhead.app.cluster.scan.preview.PreviewQuery.Basis;
import dev.bulkhead.app.cluster.scan.preview.PreviewRefusedException.Reason;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.preview.OwnerLabels;
import dev.bulkhead.engine.preview.Preview;
import dev.bulkhead.engine.preview.PreviewPolicies;
import dev.bulkhead.engine.proposal.Proposal;
import dev.bulkhead.engine.rule.EvaluationTimeoutException;
import dev.bulkhead.engine.rule.WorkMeter;
import dev.bulkhead.manifest.ManifestProblem;
import dev.bulkhead.manifest.PolicyFiles;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Answers previews of what a process watches: one at a time, each within a deadline, the last ones from memory. Any thread
 * may ask.
 */
public final class Previews {
    private static final Duration WITHIN = Duration.ofSeconds(20);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);
    private static final long MOST_CACHED_BYTES = 16L << 20;
    private static final int MOST_YAML = 256 << 10;
    private static final int MOST_PROBLEMS = 20;

    private final ScanView scan;
    private final Settings settings;
    private final Supplier<Map<String, Map<String, Long>>> written;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final PreviewCache cache = new PreviewCache(MOST_CACHED_BYTES);

    /**
     * The settings of the platform team.
     *
     * @param excludedNamespaces whose workloads admission does not evaluate
     * @param maxExemptionDuration how far ahead an exemption may expire
     * @param home Bulkhead's namespace, for which exemptions are proposed
     */
    public record Settings(
            Supplier<Set<String>> excludedNamespaces,
            OwnerLabels ownerLabels,
            Duration maxExemptionDuration,
            String home) {}

    /**
     * Previews of what that scan shows.
     *
     * @param written how many bytes containers have written to their root file systems, as {@link PreviewInput} has it
     */
    public Previews(ScanView scan, Settings settings, Supplier<Map<String, Map<String, Long>>> written, Clock clock) {
        this.scan = scan;
        this.settings = settings;
        this.written = written;
        this.clock = clock;
    }

    /** What would come of it. */
    public Preview of(PreviewQuery query) throws PreviewRefusedException {
        return alone(() -> {
            Made made = new Made(
                    clock.instant(),
                    scan.inventory(),
                    scan.inventory().version(),
                    scan.declarations().policies());
            Optional<Preview> known = cache.find(query, made);
            if (known.isPresent()) {
                return known.get();
            }
            Preview preview = maker(query, made.at()).preview();
            cache.put(query, made, preview);
            return preview;
        });
    }

    /** The exemptions that would have everything admitted that is there now. */
    public List<Proposal> exemptions(PreviewQuery query) throws PreviewRefusedException {
        return alone(() -> maker(query, clock.instant()).exemptions(settings.maxExemptionDuration(), settings.home()));
    }

    private interface Answer<T> {
        T make() throws PreviewRefusedException;
    }

    private <T> T alone(Answer<T> answer) throws PreviewRefusedException {
        if (scan.last().isEmpty()) {
            throw new PreviewRefusedException(Reason.NOT_READY, "the cluster has not been read yet");
        }
        try {
            if (!lock.tryLock(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new PreviewRefusedException(Reason.BUSY, "another preview is being made, try again");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PreviewRefusedException(Reason.BUSY, "the process is ending");
        }
        try {
            return answer.make();
        } catch (EvaluationTimeoutException e) {
            throw new PreviewRefusedException(
                    Reason.TOO_LONG,
                    "the preview was not done in " + WITHIN.toSeconds() + " s, ask for fewer namespaces");
        } finally {
            lock.unlock();
        }
    }

    private PreviewMaker maker(PreviewQuery query, Instant now) throws PreviewRefusedException {
        PreviewPolicies policies = policies(query.basis(), now);
        long end = System.nanoTime() + WITHIN.toNanos();
        Map<String, Namespace> namespaces = new HashMap<>();
        scan.knownNamespaces().forEach(namespace -> namespaces.put(namespace.name(), namespace));
        return new PreviewMaker(
                new PreviewInput(
                        scan.inventory(),
                        scan.kinds(),
                        scan.cluster(),
                        name -> namespaces.getOrDefault(name, Namespace.named(name)),
                        scan.observedPods().byUid(),
                        written.get(),
                        settings.excludedNamespaces().get(),
                        settings.ownerLabels()),
                policies,
                query.namespaces(),
                now,
                WorkMeter.until(() -> System.nanoTime() - end > 0));
    }

    private PreviewPolicies policies(Basis basis, Instant now) throws PreviewRefusedException {
        PolicySet installed = scan.declarations().policies();
        if (basis instanceof Basis.OfProfile of) {
            return PreviewPolicies.ofProfile(of.profile(), installed);
        }
        if (basis instanceof Basis.OfLabels of) {
            return PreviewPolicies.ofLabels(of.labels(), installed);
        }
        return basis instanceof Basis.OfDocuments of
                ? policies(of, now, installed)
                : PreviewPolicies.enforcing(installed);
    }

    private PreviewPolicies policies(Basis.OfDocuments documents, Instant now, PolicySet installed)
            throws PreviewRefusedException {
        if (documents.yaml().length() > MOST_YAML) {
            throw new PreviewRefusedException(Reason.INVALID, "it is larger than " + (MOST_YAML >> 10) + " KiB");
        }
        PolicyFiles read = PolicyFiles.read(
                "policy", documents.yaml().getBytes(StandardCharsets.UTF_8), now, settings.maxExemptionDuration());
        if (!read.problems().isEmpty()) {
            throw new PreviewRefusedException(
                    Reason.INVALID,
                    read.problems().stream()
                            .limit(MOST_PROBLEMS)
                            .map(ManifestProblem::describe)
                            .collect(Collectors.joining("\n")));
        }
        return documents.beside()
                ? PreviewPolicies.beside("policy", read.policies(), read.exemptions(), installed)
                : PreviewPolicies.instead(
                        "policy",
                        read.policies(),
                        read.exemptions(),
                        Optional.of(Policy.builtIn(Profile.LEAST_PRIVILEGE)));
    }
}
