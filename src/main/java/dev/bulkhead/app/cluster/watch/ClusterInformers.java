package dev.bulkhead.app.cluster.watch;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.cluster.resource.CustomResources;
import dev.bulkhead.app.cluster.resource.ReachabilityProbe;
import dev.bulkhead.app.cluster.resource.StatusText;
import dev.bulkhead.app.cluster.watch.PolicySnapshot.Terms;
import dev.bulkhead.engine.policy.Mode;
import dev.bulkhead.engine.policy.NamespaceLookup;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.node.v1.RuntimeClass;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.VersionInfo;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.ReducedStateItemStore;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Keeps what decisions depend on: policies, exemptions, namespaces, RuntimeClasses, the version. Everything is read into
 * memory and followed from there, so that no decision waits for the API server; while that is away, what was known last
 * stays in force.
 */
public final class ClusterInformers implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(ClusterInformers.class);

    /** An upgrade of the control plane goes unnoticed for so long at most. */
    private static final long VERSION_MINUTES = 10;

    private static final long RETRY_SECONDS = 2;

    private final KubernetesClient client;
    private final Terms terms;
    private final Clock clock;
    private final ScheduledExecutorService executor;
    private final NamespaceInformer namespaces;
    private final SharedIndexInformer<GenericKubernetesResource> policies;
    private final SharedIndexInformer<GenericKubernetesResource> exemptions;
    private final SharedIndexInformer<RuntimeClass> runtimeClasses;
    private final SharedIndexInformer<Namespace> namespaceInformer;
    private final ClaimedVolumes claimedVolumes = new ClaimedVolumes();

    /** Keeps no volumes beside {@link #claimedVolumes}, and no decision waits for it: what is not known is not known. */
    private final Optional<SharedIndexInformer<PersistentVolume>> volumeInformer;

    private final AtomicBoolean stale = new AtomicBoolean();
    private volatile PolicySnapshot declarations;
    private volatile Optional<Integer> minor = Optional.empty();
    private volatile ClusterCapabilities cluster = ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR);
    private volatile boolean complete;

    /**
     * Watches nothing yet.
     *
     * @param persistentVolumes whether these are watched as well
     */
    public ClusterInformers(
            KubernetesClient client,
            Terms terms,
            boolean persistentVolumes,
            Clock clock,
            ScheduledExecutorService executor) {
        this.client = client;
        this.terms = terms;
        this.clock = clock;
        this.executor = executor;
        this.declarations = PolicySnapshot.none(terms);
        this.namespaces = new NamespaceInformer(client);
        this.namespaceInformer = follow(client.namespaces(), namespaces);
        this.policies = follow(client.genericKubernetesResources(CustomResources.POLICIES), new Changes<>());
        this.exemptions = follow(
                client.genericKubernetesResources(CustomResources.EXEMPTIONS).inAnyNamespace(), new Changes<>());
        this.runtimeClasses = follow(client.resources(RuntimeClass.class), new Changes<>());
        this.volumeInformer = persistentVolumes
                ? Optional.of(follow(client.persistentVolumes(), claimedVolumes)
                        .itemStore(new ReducedStateItemStore<>(
                                ReducedStateItemStore.NAME_KEY_STATE,
                                PersistentVolume.class,
                                client.getKubernetesSerialization())))
                : Optional.empty();
    }

    private static <T> SharedIndexInformer<T> follow(Informable<T> what, ResourceEventHandler<? super T> handler) {
        return what.runnableInformer(0).addEventHandler(handler).exceptionHandler((started, failure) -> true);
    }

    /** Something that is read again as a whole has changed. */
    private final class Changes<T> implements ResourceEventHandler<T> {
        @Override
        public void onAdd(T object) {
            refresh();
        }

        @Override
        public void onUpdate(T before, T after) {
            refresh();
        }

        @Override
        public void onDelete(T object, boolean stateUnknown) {
            refresh();
        }
    }

    /** Begins to watch, and returns at once; what cannot be reached is tried again for ever. */
    public void start() {
        informers().forEach(SharedIndexInformer::start);
        volumeInformer.ifPresent(SharedIndexInformer::start);
        executor.execute(this::readVersion);
        ScheduledFuture<?> unused = executor.scheduleWithFixedDelay(this::complete, 0, 100, TimeUnit.MILLISECONDS);
    }

    private List<SharedIndexInformer<?>> informers() {
        return List.of(namespaceInformer, policies, exemptions, runtimeClasses);
    }

    /** Whether everything is known that decisions depend on. */
    public boolean isComplete() {
        return complete;
    }

    /** The policies and exemptions in force. */
    public PolicySet policies() {
        return declarations.policies();
    }

    /** Whether any policy that is in force denies or changes anything. */
    public boolean enforces() {
        return policies().policies().stream().anyMatch(policy -> policy.mode() == Mode.ENFORCE);
    }

    public PolicySnapshot declarations() {
        return declarations;
    }

    public NamespaceLookup namespaces() {
        return namespaces;
    }

    /** Those that are known. */
    public List<dev.bulkhead.engine.policy.Namespace> knownNamespaces() {
        return List.copyOf(namespaces.all());
    }

    /** Whether a namespace is being deleted, as far as is known. */
    public boolean isEnding(String namespace) {
        Namespace known = namespaceInformer.getStore().getByKey(namespace);
        return known != null && known.getMetadata().getDeletionTimestamp() != null;
    }

    /** Whether a namespace is in this state as far as is known: only who may read it can name the state. */
    public boolean isCurrent(String namespace, String uid, String resourceVersion) {
        Namespace known = namespaceInformer.getStore().getByKey(namespace);
        return known != null
                && uid.equals(known.getMetadata().getUid())
                && resourceVersion.equals(known.getMetadata().getResourceVersion());
    }

    public ClusterCapabilities cluster() {
        return cluster;
    }

    private void complete() {
        if (!complete && minor.isPresent() && informers().stream().allMatch(SharedIndexInformer::hasSynced)) {
            stale.set(true);
            read();
            complete = true;
            LOG.infof(
                    "watching the cluster, Kubernetes 1.%d: %d policies, %d exemptions, %d namespaces",
                    minor.get(),
                    declarations.policyStates().size(),
                    declarations.exemptionStates().size(),
                    namespaces.all().size());
        }
    }

    /** Many changes at once are read once. */
    private void refresh() {
        if (stale.compareAndSet(false, true)) {
            executor.execute(this::read);
        }
    }

    private void read() {
        if (!stale.getAndSet(false)) {
            return;
        }
        try {
            PolicySnapshot before = declarations;
            PolicySnapshot after =
                    PolicySnapshot.of(trees(policies), withoutProbe(trees(exemptions)), terms, clock.instant(), before);
            declarations = after;
            minor.ifPresent(version ->
                    cluster = new ClusterCapabilities(version, Optional.of(namesOf(runtimeClasses)), claimedVolumes));
            tellProblems(before, after);
        } catch (RuntimeException e) {
            LOG.error("the policies could not be read, the last ones stay in force", e);
        }
    }

    private List<JsonNode> trees(SharedIndexInformer<GenericKubernetesResource> informer) {
        List<JsonNode> trees = new ArrayList<>();
        informer.getStore().list().forEach(object -> trees.add(CustomResources.tree(client, object)));
        return trees;
    }

    /** An Exemption of the probe's name can only have been stored by abuse of the gate's own rights. */
    private static List<JsonNode> withoutProbe(List<JsonNode> exemptions) {
        return exemptions.stream()
                .filter(exemption -> !exemption.at("/metadata/name").asText().equals(ReachabilityProbe.NAME))
                .toList();
    }

    private static Set<String> namesOf(SharedIndexInformer<RuntimeClass> informer) {
        return informer.getStore().list().stream()
                .map(object -> object.getMetadata().getName())
                .collect(Collectors.toSet());
    }

    private static void tellProblems(PolicySnapshot before, PolicySnapshot after) {
        after.policyStates().stream()
                .filter(state ->
                        !state.problems().isEmpty() && !before.policyStates().contains(state))
                .forEach(state -> LOG.errorf(
                        "policy \"%s\" is not in force as it stands: %s",
                        state.identity().name(), StatusText.of(state.problems())));
    }

    private void readVersion() {
        long again = VERSION_MINUTES * 60;
        try {
            VersionInfo version = client.getKubernetesVersion();
            Optional<Integer> read = Optional.ofNullable(version).flatMap(ClusterInformers::minorOf);
            if (read.isPresent() && !read.equals(minor)) {
                minor = read;
                refresh();
            }
        } catch (RuntimeException e) {
            LOG.debug("the version of the API server is not known yet", e);
        }
        if (minor.isEmpty()) {
            again = RETRY_SECONDS;
        }
        ScheduledFuture<?> unused = executor.schedule(this::readVersion, again, TimeUnit.SECONDS);
    }

    /** Some providers write {@code 33+}. */
    private static Optional<Integer> minorOf(VersionInfo version) {
        String digits = version.getMinor() == null ? "" : version.getMinor().replaceAll("\\D.*$", "");
        return digits.isEmpty() ? Optional.empty() : Optional.of(Integer.parseInt(digits));
    }

    @Override
    public void close() {
        informers().forEach(SharedIndexInformer::stop);
        volumeInformer.ifPresent(SharedIndexInformer::stop);
    }
}
