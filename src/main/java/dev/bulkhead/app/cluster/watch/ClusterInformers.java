package dev.bulkhead.app.cluster.watch;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.cluster.reconcile.Reconciler;
import dev.bulkhead.app.cluster.reconcile.Reconciler.Pace;
import dev.bulkhead.app.cluster.resource.CustomResources;
import dev.bulkhead.app.cluster.resource.ImageConfigMap;
import dev.bulkhead.app.cluster.resource.ReachabilityProbe;
import dev.bulkhead.app.cluster.resource.StatusText;
import dev.bulkhead.app.cluster.watch.PolicySnapshot.ExemptionState;
import dev.bulkhead.app.cluster.watch.PolicySnapshot.PolicyState;
import dev.bulkhead.app.cluster.watch.PolicySnapshot.Terms;
import dev.bulkhead.engine.image.ImageLookup;
import dev.bulkhead.engine.image.KnownImages;
import dev.bulkhead.engine.policy.Mode;
import dev.bulkhead.engine.policy.NamespaceLookup;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.text.FailureText;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.node.v1.RuntimeClass;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.ReducedStateItemStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Keeps in memory what decisions depend on: policies, exemptions, namespaces, RuntimeClasses, the version of
 * Kubernetes, what was found out about images. No decision waits for the API server; while it is unavailable, the last known state applies.
 */
public final class ClusterInformers implements ClusterState, AutoCloseable {
    private static final Logger LOG = Logger.getLogger(ClusterInformers.class);

    /** Changes are read at once; a missed change is found within this time. */
    private static final Pace PACE =
            new Pace(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofMinutes(1));

    private static final Duration IMAGES_WITHIN = Duration.ofSeconds(10);

    private final KubernetesClient client;
    private final SnapshotReader reader;
    private final Clock clock;
    private final Reconciler reading;
    private final ServerVersion version;
    private final NamespaceInformer namespaces;
    private final SharedIndexInformer<GenericKubernetesResource> policies;
    private final SharedIndexInformer<GenericKubernetesResource> exemptions;
    private final SharedIndexInformer<RuntimeClass> runtimeClasses;
    private final SharedIndexInformer<Namespace> namespaceInformer;
    private final ClaimedVolumes claimedVolumes = new ClaimedVolumes();

    /** Stores no volumes besides {@link #claimedVolumes}. No decision waits for it: unknown volumes stay unknown. */
    private final Optional<SharedIndexInformer<PersistentVolume>> volumeInformer;

    private final Optional<RecordedImages> images;

    private final AtomicBoolean stale = new AtomicBoolean();
    private volatile PolicySnapshot declarations;
    private volatile ClusterCapabilities cluster = ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR);
    private volatile boolean complete;
    private volatile Instant started = Instant.EPOCH;

    /** Reads all policies and exemptions. */
    interface SnapshotReader {
        /** The snapshot of these objects, given the snapshot before. */
        PolicySnapshot read(List<JsonNode> policies, List<JsonNode> exemptions, Instant now, PolicySnapshot before);
    }

    /**
     * Watches nothing before it is started.
     *
     * @param persistentVolumes whether PersistentVolumes are watched too
     * @param images where it stands what was found out about images; empty if nowhere
     */
    public ClusterInformers(
            KubernetesClient client,
            Terms terms,
            boolean persistentVolumes,
            Optional<ImageConfigMap> images,
            Clock clock) {
        this(
                client,
                PolicySnapshot.none(terms),
                (policies, exemptions, now, before) -> PolicySnapshot.of(policies, exemptions, terms, now, before),
                persistentVolumes,
                images,
                clock);
    }

    ClusterInformers(
            KubernetesClient client,
            PolicySnapshot first,
            SnapshotReader reader,
            boolean persistentVolumes,
            Optional<ImageConfigMap> images,
            Clock clock) {
        this.client = client;
        this.reader = reader;
        this.clock = clock;
        this.declarations = first;
        this.reading = new Reconciler("cluster-policies", this::read, PACE);
        this.version = new ServerVersion(client, this::refresh);
        this.namespaces = new NamespaceInformer(client);
        this.namespaceInformer = follow(client.namespaces(), namespaces);
        this.policies =
                follow(client.genericKubernetesResources(CustomResources.POLICIES), new Changes<>(this::refresh));
        this.exemptions = follow(
                client.genericKubernetesResources(CustomResources.EXEMPTIONS).inAnyNamespace(),
                new Changes<>(this::refresh));
        this.runtimeClasses = follow(client.resources(RuntimeClass.class), new Changes<>(this::refresh));
        this.volumeInformer = persistentVolumes
                ? Optional.of(follow(client.persistentVolumes(), claimedVolumes)
                        .itemStore(new ReducedStateItemStore<>(
                                ReducedStateItemStore.NAME_KEY_STATE,
                                PersistentVolume.class,
                                client.getKubernetesSerialization())))
                : Optional.empty();
        this.images = images.map(place -> new RecordedImages(client, place, this::learn));
    }

    private static <T> SharedIndexInformer<T> follow(Informable<T> what, ResourceEventHandler<? super T> handler) {
        return what.runnableInformer(0).addEventHandler(handler).exceptionHandler((started, failure) -> true);
    }

    /** Starts watching and returns at once; what cannot be reached is retried forever. */
    public void start() {
        started = clock.instant();
        informers().forEach(SharedIndexInformer::start);
        volumeInformer.ifPresent(SharedIndexInformer::start);
        images.ifPresent(RecordedImages::start);
        version.start();
        reading.start();
    }

    /** Pods that a replica hardens before it knows their images may not start, so it waits for that, but not for long. */
    private boolean hasWaitedForImages() {
        return images.map(RecordedImages::hasSynced).orElse(true)
                || !clock.instant().isBefore(started.plus(IMAGES_WITHIN));
    }

    private List<SharedIndexInformer<?>> informers() {
        return List.of(namespaceInformer, policies, exemptions, runtimeClasses);
    }

    /** Whether everything that decisions depend on has been read. */
    public boolean isComplete() {
        return complete;
    }

    /** The policies and exemptions in force. */
    public PolicySet policies() {
        return declarations.policies();
    }

    /** Whether any policy in force denies or changes anything. */
    public boolean enforces() {
        return policies().policies().stream().anyMatch(policy -> policy.mode() == Mode.ENFORCE);
    }

    @Override
    public PolicySnapshot declarations() {
        return declarations;
    }

    public NamespaceLookup namespaces() {
        return namespaces;
    }

    @Override
    public List<dev.bulkhead.engine.policy.Namespace> knownNamespaces() {
        return List.copyOf(namespaces.all());
    }

    /** Whether a namespace is being deleted, as far as is known. */
    public boolean isEnding(String namespace) {
        Namespace known = namespaceInformer.getStore().getByKey(namespace);
        return known != null && known.getMetadata().getDeletionTimestamp() != null;
    }

    /** Whether the cached namespace has this uid and version, which only clients that may read it can know. */
    public boolean isCurrent(String namespace, String uid, String resourceVersion) {
        Namespace known = namespaceInformer.getStore().getByKey(namespace);
        return known != null
                && uid.equals(known.getMetadata().getUid())
                && resourceVersion.equals(known.getMetadata().getResourceVersion());
    }

    @Override
    public ClusterCapabilities cluster() {
        return cluster;
    }

    /** Changes that arrive together are read once. */
    private void refresh() {
        stale.set(true);
        reading.soon();
    }

    /** After a failure the last policies stay in force, and they are read again later. */
    private void read() {
        boolean known = version.minor().isPresent()
                && informers().stream().allMatch(SharedIndexInformer::hasSynced)
                && hasWaitedForImages();
        boolean first = known && !complete;
        if (!stale.getAndSet(false) && !first) {
            return;
        }
        try {
            PolicySnapshot before = declarations;
            PolicySnapshot after =
                    reader.read(trees(policies), withoutProbe(trees(exemptions)), clock.instant(), before);
            declarations = after;
            learn();
            logProblems(before, after);
        } catch (RuntimeException e) {
            stale.set(true);
            throw new IllegalStateException(
                    "the policies could not be read, the last ones stay in force: " + FailureText.message(e), e);
        }
        if (first) {
            complete = true;
            LOG.infof(
                    "watching the cluster, Kubernetes 1.%d: %d policies, %d exemptions, %d namespaces",
                    version.minor().orElseThrow(),
                    declarations.policyStates().size(),
                    declarations.exemptionStates().size(),
                    namespaces.all().size());
        }
    }

    /** Policies need not be read again because something was learnt of an image. */
    private synchronized void learn() {
        version.minor().ifPresent(minor -> cluster = cluster(minor));
    }

    private ClusterCapabilities cluster(int minor) {
        ImageLookup recorded = images.map(RecordedImages::lookup).orElse(ImageLookup.NONE);
        return new ClusterCapabilities(
                minor, Optional.of(namesOf(runtimeClasses)), claimedVolumes, recorded.orElse(KnownImages.LOOKUP));
    }

    private List<JsonNode> trees(SharedIndexInformer<GenericKubernetesResource> informer) {
        List<JsonNode> trees = new ArrayList<>();
        informer.getStore().list().forEach(object -> trees.add(CustomResources.tree(client, object)));
        return trees;
    }

    /** An Exemption with the probe's name can only be stored by abusing Bulkhead's own permissions. */
    private static List<JsonNode> withoutProbe(List<JsonNode> exemptions) {
        return exemptions.stream()
                .filter(exemption -> !exemption.at("/metadata/name").asText().equals(ReachabilityProbe.NAME))
                .toList();
    }

    /** When each exemption was last used at admission, by {@code namespace/name}, as far as their statuses say. */
    public Map<String, Instant> lastUses() {
        Map<String, Instant> uses = new HashMap<>();
        for (GenericKubernetesResource exemption : exemptions.getStore().list()) {
            LastUse.in(CustomResources.tree(client, exemption)).ifPresent(use -> uses.put(use.exemption(), use.at()));
        }
        return uses;
    }

    private static Set<String> namesOf(SharedIndexInformer<RuntimeClass> informer) {
        return informer.getStore().list().stream()
                .map(object -> object.getMetadata().getName())
                .collect(Collectors.toSet());
    }

    private static void logProblems(PolicySnapshot before, PolicySnapshot after) {
        Set<PolicyState> policiesBefore = new HashSet<>(before.policyStates());
        after.policyStates().stream()
                .filter(state -> !state.problems().isEmpty() && !policiesBefore.contains(state))
                .forEach(state -> LOG.errorf(
                        "policy \"%s\" is not in force as it stands: %s",
                        state.identity().name(), StatusText.of(state.problems())));
        Set<ExemptionState> exemptionsBefore = new HashSet<>(before.exemptionStates());
        after.exemptionStates().stream()
                .filter(state -> !state.problems().isEmpty() && !exemptionsBefore.contains(state))
                .forEach(state -> LOG.errorf(
                        "exemption \"%s/%s\" has no effect: %s",
                        state.identity().namespace(), state.identity().name(), StatusText.of(state.problems())));
    }

    @Override
    public void close() {
        reading.close();
        version.close();
        informers().forEach(SharedIndexInformer::stop);
        volumeInformer.ifPresent(SharedIndexInformer::stop);
        images.ifPresent(RecordedImages::close);
    }
}
