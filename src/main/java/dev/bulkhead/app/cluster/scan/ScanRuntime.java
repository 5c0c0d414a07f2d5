package dev.bulkhead.app.cluster.scan;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.app.cluster.reconcile.Reconciler;
import dev.bulkhead.app.cluster.reconcile.Reconciler.Pace;
import dev.bulkhead.app.cluster.refusal.RecentRefusals;
import dev.bulkhead.app.cluster.refusal.RefusalEvent;
import dev.bulkhead.app.cluster.resource.ImageConfigMap;
import dev.bulkhead.app.cluster.scan.access.AccessInventory;
import dev.bulkhead.app.cluster.scan.access.AccessKind;
import dev.bulkhead.app.cluster.scan.failure.StartFailures;
import dev.bulkhead.app.cluster.scan.observation.ObservedPods;
import dev.bulkhead.app.cluster.watch.ClusterInformers;
import dev.bulkhead.app.cluster.watch.ObjectListener;
import dev.bulkhead.app.cluster.watch.PolicySnapshot;
import dev.bulkhead.app.cluster.watch.PolicySnapshot.Terms;
import dev.bulkhead.app.registry.RegistryImages;
import dev.bulkhead.engine.access.AccessTable;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.KubernetesKind;
import dev.bulkhead.engine.workload.WorkloadKinds;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What the console's process does in a cluster. It shares no process with the webhook, so that no fault here affects
 * admission.
 */
public final class ScanRuntime implements ScanView, AutoCloseable {
    private static final ResourceDefinitionContext EVENTS = new ResourceDefinitionContext.Builder()
            .withVersion("v1")
            .withKind("Event")
            .withPlural("events")
            .withNamespaced(true)
            .build();

    /** How often a change is looked for. Of many changes, those of a second are evaluated together. */
    private static final Pace PACE =
            new Pace(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofMinutes(1));

    private final ClusterInformers watch;
    private final Inventory inventory = Inventory.bounded();
    private final ObservedPods observedPods = ObservedPods.bounded();
    private final WorkloadKinds kinds;
    private final List<ObjectWatch> watches;
    private final RecentRefusals refusals = new RecentRefusals();
    private final ObjectWatch refusalEvents;
    private final CustomKindWatches customKinds;
    private final AccessInventory roles = AccessInventory.bounded();
    private final List<ObjectWatch> accessWatches;
    private final Scan scan;
    private final Reconciler scanning;
    private final Optional<ImageRecorder> recorder;
    private final Optional<StartFailures> startFailures;
    private final Optional<RegistryLookups> registries;

    /**
     * Which registries are asked.
     *
     * @param enabled whether any are
     * @param pullSecrets whether with the pull secrets of pods
     */
    public record RegistryAccess(boolean enabled, boolean pullSecrets) {}

    /**
     * Creates everything; nothing runs before {@link #start}.
     *
     * @param excludedNamespaces those for whose pods the API server does not ask the webhook
     * @param images where it is recorded as whom images run; empty if nowhere
     * @param reporter the pod that reports what does not start; empty if that is not reported
     * @param access which registries are asked about images
     */
    public ScanRuntime(
            KubernetesClient client,
            Terms terms,
            WorkloadKinds kinds,
            Set<String> excludedNamespaces,
            boolean persistentVolumes,
            Optional<ImageConfigMap> images,
            Optional<String> reporter,
            RegistryAccess access,
            Clock clock) {
        this.kinds = kinds;
        this.watch = new ClusterInformers(client, terms, persistentVolumes, images, clock);
        this.recorder = images.map(place ->
                new ImageRecorder(client, place, () -> hasRead() && !watch.isEnding(place.namespace()), clock));
        this.startFailures = reporter.map(pod -> new StartFailures(client, watch, this::hasRead, pod, clock));
        this.registries = recorder.filter(recording -> access.enabled())
                .map(recording -> new RegistryLookups(
                        recording,
                        access.pullSecrets() ? new PodPullSecrets(client) : puller -> List.of(),
                        RegistryImages::askForPod,
                        clock));
        this.watches = ScannedKind.OF_KUBERNETES.stream()
                .map(kind -> new ObjectWatch(client, kind, listeners(kind)))
                .toList();
        this.refusalEvents = new ObjectWatch(client, EVENTS, RefusalEvent.FIELDS, List.of(refusals));
        this.customKinds = new CustomKindWatches(
                kinds.customKinds(),
                new CustomKindDiscovery(new PermittedReads(client)::find),
                kind -> new ObjectWatch(client, kind, listeners(kind)),
                clock);
        this.accessWatches = Stream.of(AccessKind.values())
                .map(kind -> new ObjectWatch(client, kind.context(), Map.of(), List.of(roles.listener(kind))))
                .toList();
        this.scan = new Scan(inventory, watch, watch.namespaces(), kinds, this::access, excludedNamespaces, clock);
        this.scanning = new Reconciler("scan", this::scan, PACE);
    }

    private List<ObjectListener> listeners(ScannedKind kind) {
        List<ObjectListener> listeners = new ArrayList<>();
        if (kind.is(KubernetesKind.POD)) {
            recorder.ifPresent(recording -> listeners.add(recording.listener()));
            startFailures.ifPresent(failures -> listeners.add(failures.listener()));
            registries.ifPresent(lookups -> listeners.add(lookups.listener()));
            listeners.add(observedPods);
        }
        listeners.add(new ToInventory(inventory, kind));
        return listeners;
    }

    private record ToInventory(Inventory inventory, ScannedKind kind) implements ObjectListener {
        @Override
        public void arrived(ObjectNode object) {
            inventory.put(kind, object);
        }

        @Override
        public void deleted(String namespace, String name, String uid) {
            inventory.remove(uid);
        }
    }

    /** Starts watching and returns at once. */
    public void start() {
        watch.start();
        watches.forEach(ObjectWatch::start);
        accessWatches.forEach(ObjectWatch::start);
        refusalEvents.start();
        customKinds.start();
        scanning.start();
        recorder.ifPresent(ImageRecorder::start);
        startFailures.ifPresent(StartFailures::start);
        registries.ifPresent(RegistryLookups::start);
    }

    /** What does not start because of what was filled in; empty if that is not reported. */
    public Optional<StartFailures> startFailures() {
        return startFailures;
    }

    /** Unknown until everything has been read, and as long as it may not be. */
    private Optional<AccessTable> access() {
        return accessWatches.stream().allMatch(ObjectWatch::hasSynced) ? roles.table() : Optional.empty();
    }

    private void scan() {
        if (hasRead()) {
            scan.run();
        }
    }

    private boolean hasRead() {
        return watch.isComplete() && watches.stream().allMatch(ObjectWatch::hasSynced) && customKinds.hasSynced();
    }

    @Override
    public Optional<Scan.Snapshot> last() {
        return scan.last();
    }

    @Override
    public Inventory inventory() {
        return inventory;
    }

    @Override
    public PolicySnapshot declarations() {
        return watch.declarations();
    }

    @Override
    public List<Namespace> knownNamespaces() {
        return watch.knownNamespaces();
    }

    @Override
    public ClusterCapabilities cluster() {
        return watch.cluster();
    }

    @Override
    public Map<String, Instant> lastUses() {
        return watch.lastUses();
    }

    /** None: what its own account may not read keeps it from being complete. */
    @Override
    public List<String> limits() {
        return List.of();
    }

    @Override
    public WorkloadKinds kinds() {
        return kinds;
    }

    @Override
    public ObservedPods observedPods() {
        return observedPods;
    }

    /** What was refused lately, as far as events say so. */
    public RecentRefusals refusals() {
        return refusals;
    }

    /** Whether everything in the cluster has been read and evaluated once. */
    public boolean isComplete() {
        return scan.last().isPresent();
    }

    @Override
    public void close() {
        registries.ifPresent(RegistryLookups::close);
        recorder.ifPresent(ImageRecorder::close);
        startFailures.ifPresent(StartFailures::close);
        scanning.close();
        customKinds.close();
        watches.forEach(ObjectWatch::close);
        accessWatches.forEach(ObjectWatch::close);
        refusalEvents.close();
        watch.close();
    }
}
