package dev.bulkhead.app.cluster.scan;

import dev.bulkhead.app.cluster.scan.ScanEvaluation.Surroundings;
import dev.bulkhead.app.cluster.scan.access.PrivilegedPods;
import dev.bulkhead.app.cluster.watch.ClusterState;
import dev.bulkhead.app.cluster.watch.PolicySnapshot;
import dev.bulkhead.engine.access.AccessTable;
import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.image.ImageLookup;
import dev.bulkhead.engine.policy.Exemption;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.NamespaceLookup;
import dev.bulkhead.engine.reach.Escape;
import dev.bulkhead.engine.reach.account.ClusterAccess;
import dev.bulkhead.engine.report.ReportedProblem;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.text.SafeText;
import dev.bulkhead.engine.workload.ImmutableCopies;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Evaluates what is in the cluster by the policies in force: what has changed, and everything once the policies, the
 * namespaces or the time have changed what applies. One thread runs it; any thread may read the last result.
 */
public final class Scan {
    private static final Logger LOG = Logger.getLogger(Scan.class);

    /** How often everything is evaluated anew, because the volumes behind claims change without a notice. */
    private static final Duration ANEW = Duration.ofMinutes(10);

    /** How soon after an evaluation of everything another one follows, because something was learnt of an image. */
    private static final Duration IMAGES_ANEW = Duration.ofSeconds(30);

    private final Inventory inventory;
    private final ClusterState cluster;
    private final NamespaceLookup namespaces;
    private final ScanEvaluation evaluation;
    private final Supplier<Optional<AccessTable>> access;
    private final Set<String> excludedNamespaces;
    private final Clock clock;
    private volatile Optional<Snapshot> last = Optional.empty();
    private long scanned = -1;
    private Optional<Basis> basis = Optional.empty();
    private Optional<AccessTable> table = Optional.empty();
    private Optional<ClusterAccess> rights = Optional.empty();
    private Instant forgotten = Instant.EPOCH;
    private String reported = "";

    /**
     * What a scan found.
     *
     * @param at when it was made
     */
    public record Snapshot(Instant at, ScanEvaluation.Result result) {
        public List<ScannedWorkload> workloads() {
            return result.workloads();
        }

        /** The most exposed workloads, the worst first; all if there are fewer. */
        public List<ScannedWorkload> worst(int most) {
            return workloads().stream()
                    .sorted(ScannedWorkload.WORST_FIRST)
                    .limit(most)
                    .toList();
        }

        /** How many workloads have a way out to that target. */
        public long escapes(Escape.Target target) {
            return workloads().stream()
                    .filter(workload -> workload.reach().escapeTo(target).isPresent())
                    .count();
        }

        /** How many workloads have that verdict. */
        public long count(Outcome verdict) {
            return workloads().stream()
                    .filter(workload -> workload.report().verdict() == verdict)
                    .count();
        }
    }

    /** What verdicts depend on besides the workloads. */
    private record Basis(
            PolicySnapshot policies,
            Set<Namespace> namespaces,
            ClusterCapabilities cluster,
            Set<String> expiredExemptions,
            long period) {
        Basis with(ImageLookup images) {
            return new Basis(
                    policies,
                    namespaces,
                    new ClusterCapabilities(cluster.minor(), cluster.runtimeClasses(), cluster.claims(), images),
                    expiredExemptions,
                    period);
        }
    }

    /**
     * Scans nothing yet.
     *
     * @param access the roles and bindings, the same object as long as they are the same; empty while they are not known
     * @param excludedNamespaces those for whose pods the API server does not ask the webhook
     */
    Scan(
            Inventory inventory,
            ClusterState cluster,
            NamespaceLookup namespaces,
            WorkloadKinds kinds,
            Supplier<Optional<AccessTable>> access,
            Set<String> excludedNamespaces,
            Clock clock) {
        this.access = access;
        this.excludedNamespaces = ImmutableCopies.of(excludedNamespaces);
        this.inventory = inventory;
        this.cluster = cluster;
        this.namespaces = namespaces;
        this.evaluation = new ScanEvaluation(kinds);
        this.clock = clock;
    }

    /** What the last scan found; empty before the first. */
    public Optional<Snapshot> last() {
        return last;
    }

    /** Evaluates what has changed since the last time, if anything has. */
    void run() {
        long version = inventory.changes();
        Instant now = clock.instant();
        Basis current = waited(basis(now), now);
        boolean sameBasis = basis.filter(current::equals).isPresent();
        Optional<AccessTable> roles = access.get();
        boolean sameRights = roles.equals(table) && sameBasis;
        if (sameRights && version == scanned) {
            return;
        }
        if (!sameBasis) {
            evaluation.forget();
            forgotten = now;
        }
        WorkloadEvaluation byPolicies =
                new WorkloadEvaluation(current.policies().policies(), current.cluster(), now);
        if (!sameRights) {
            PrivilegedPods privileged = new PrivilegedPods(
                    name -> namespaces.find(name, false), byPolicies, name -> !excludedNamespaces.contains(name));
            rights = roles.map(known -> new ClusterAccess(known, privileged, privileged::dependsOnLabel));
        }
        ScanEvaluation.Result result =
                evaluation.in(new Surroundings(true, rights)).evaluate(inventory, byPolicies, this::namespace);
        table = roles;
        report(result.problems());
        basis = Optional.of(current);
        scanned = version;
        last = Optional.of(new Snapshot(now, result));
    }

    private Namespace namespace(String name) {
        return namespaces.find(name, false).orElseGet(() -> Namespace.named(name));
    }

    /** A problem that stays is logged once. */
    private void report(List<ReportedProblem> problems) {
        String text = problems.stream()
                .findFirst()
                .map(first -> problems.size() + " objects are not evaluated, such as " + first.describe())
                .map(SafeText::line)
                .orElse("");
        if (!text.isEmpty() && !text.equals(reported)) {
            LOG.warn(text);
        }
        reported = text;
    }

    /** The basis before, as long as only what is known of images has changed, which it does whenever a new one runs. */
    private Basis waited(Basis current, Instant now) {
        return basis.filter(before -> now.isBefore(forgotten.plus(IMAGES_ANEW))
                        && current.with(before.cluster().images()).equals(before))
                .orElse(current);
    }

    private Basis basis(Instant now) {
        PolicySnapshot policies = cluster.declarations();
        Set<String> expired = new HashSet<>();
        Collection<Exemption> exemptions = policies.policies().exemptions();
        exemptions.stream()
                .filter(exemption -> !now.isBefore(exemption.expires()))
                .map(Exemption::name)
                .forEach(expired::add);
        return new Basis(
                policies,
                new HashSet<>(cluster.knownNamespaces()),
                cluster.cluster(),
                expired,
                now.getEpochSecond() / ANEW.toSeconds());
    }
}
