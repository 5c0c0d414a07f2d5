package dev.bulkhead.app.cluster.watch;

import dev.bulkhead.engine.workload.ClaimLookup;
import dev.bulkhead.engine.workload.ClaimedVolume;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeSpec;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * The cluster's PersistentVolumes by the claims that they are bound to, reduced on arrival to what a verdict depends
 * on. Volumes that are not bound yet, and those beyond {@link #MOST}, are unknown. <p>Updated by one thread, read by
 * many.
 */
public final class ClaimedVolumes implements ClaimLookup, ResourceEventHandler<PersistentVolume> {
    private static final Logger LOG = Logger.getLogger(ClaimedVolumes.class);

    /** About 30 MB. */
    static final int MOST = 100_000;

    /** Longer than any valid path, and therefore treated as unknown. */
    private static final int LONGEST_PATH = 4_096;

    /** Phases in which the claim that a volume names does not, or no longer, use it. */
    private static final Set<String> UNUSED = Set.of("Released", "Failed");

    private static final Map<String, Function<PersistentVolumeSpec, ?>> TYPES = Map.ofEntries(
            Map.entry("awsElasticBlockStore", PersistentVolumeSpec::getAwsElasticBlockStore),
            Map.entry("azureDisk", PersistentVolumeSpec::getAzureDisk),
            Map.entry("azureFile", PersistentVolumeSpec::getAzureFile),
            Map.entry("cephfs", PersistentVolumeSpec::getCephfs),
            Map.entry("cinder", PersistentVolumeSpec::getCinder),
            Map.entry("fc", PersistentVolumeSpec::getFc),
            Map.entry("flexVolume", PersistentVolumeSpec::getFlexVolume),
            Map.entry("gcePersistentDisk", PersistentVolumeSpec::getGcePersistentDisk),
            Map.entry("glusterfs", PersistentVolumeSpec::getGlusterfs),
            Map.entry("iscsi", PersistentVolumeSpec::getIscsi),
            Map.entry("nfs", PersistentVolumeSpec::getNfs),
            Map.entry("portworxVolume", PersistentVolumeSpec::getPortworxVolume),
            Map.entry("quobyte", PersistentVolumeSpec::getQuobyte),
            Map.entry("rbd", PersistentVolumeSpec::getRbd),
            Map.entry("vsphereVolume", PersistentVolumeSpec::getVsphereVolume));

    /** Comparable, so that a map does not degrade to a linear search when users choose names with the same hash. */
    private record Claim(String namespace, String name) implements Comparable<Claim> {
        private static final Comparator<Claim> ORDER =
                Comparator.comparing(Claim::namespace).thenComparing(Claim::name);

        @Override
        public int compareTo(Claim other) {
            return ORDER.compare(this, other);
        }
    }

    private record Bound(String volume, ClaimedVolume what) {}

    private final int most;
    private final Map<Claim, Bound> byClaim = new ConcurrentHashMap<>();
    private final Map<String, Claim> byVolume = new ConcurrentHashMap<>();
    private boolean full;

    public ClaimedVolumes() {
        this(MOST);
    }

    ClaimedVolumes(int most) {
        this.most = most;
    }

    @Override
    public Optional<ClaimedVolume> find(String namespace, String claim) {
        return Optional.ofNullable(byClaim.get(new Claim(namespace, claim))).map(Bound::what);
    }

    @Override
    public void onAdd(PersistentVolume volume) {
        String name = volume.getMetadata().getName();
        Optional<Claim> claim = claimOf(volume);
        Optional<ClaimedVolume> what = Optional.ofNullable(volume.getSpec()).flatMap(ClaimedVolumes::read);
        forget(name);
        if (claim.isEmpty() || what.isEmpty()) {
            return;
        }
        if (byVolume.size() >= most) {
            if (!full) {
                LOG.warnf("the cluster has more than %d bound PersistentVolumes: nothing is known of the others", most);
            }
            full = true;
            return;
        }
        byVolume.put(name, claim.get());
        byClaim.put(claim.get(), new Bound(name, what.get()));
    }

    @Override
    public void onUpdate(PersistentVolume before, PersistentVolume after) {
        onAdd(after);
    }

    @Override
    public void onDelete(PersistentVolume volume, boolean stateUnknown) {
        forget(volume.getMetadata().getName());
    }

    private void forget(String volume) {
        Claim claim = byVolume.remove(volume);
        if (claim != null) {
            byClaim.computeIfPresent(claim, (key, bound) -> bound.volume().equals(volume) ? null : bound);
        }
    }

    int size() {
        return byVolume.size();
    }

    private static Optional<Claim> claimOf(PersistentVolume volume) {
        boolean unused = volume.getStatus() != null
                && volume.getStatus().getPhase() != null
                && UNUSED.contains(volume.getStatus().getPhase());
        ObjectReference claim =
                volume.getSpec() == null ? null : volume.getSpec().getClaimRef();
        return unused || claim == null || claim.getNamespace() == null || claim.getName() == null
                ? Optional.empty()
                : Optional.of(new Claim(claim.getNamespace(), claim.getName()));
    }

    private static Optional<ClaimedVolume> read(PersistentVolumeSpec spec) {
        if (spec.getHostPath() != null) {
            return Optional.of(ofNode(() -> spec.getHostPath().getPath()));
        }
        if (spec.getLocal() != null) {
            ClaimedVolume.OfNode local = ofNode(() -> spec.getLocal().getPath());
            // The pod sees a disk's file system, or is found to use it as a raw device.
            return Optional.of(local.path().startsWith("/dev/") ? new ClaimedVolume.OfType("local") : local);
        }
        if (spec.getCsi() != null) {
            return Optional.ofNullable(spec.getCsi().getDriver()).map(ClaimedVolume.OfDriver::new);
        }
        return TYPES.entrySet().stream()
                .filter(type -> type.getValue().apply(spec) != null)
                .map(Map.Entry::getKey)
                .findFirst()
                .map(ClaimedVolume.OfType::new);
    }

    private static ClaimedVolume.OfNode ofNode(Supplier<String> path) {
        String written = Optional.ofNullable(path.get()).orElse("");
        return new ClaimedVolume.OfNode(written.substring(0, Math.min(written.length(), LONGEST_PATH)));
    }
}
