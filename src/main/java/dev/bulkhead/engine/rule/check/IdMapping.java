package dev.bulkhead.engine.rule.check;

import dev.bulkhead.engine.rule.RuleContext;
import dev.bulkhead.engine.workload.ClaimedVolume;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Volume;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Whether a volume supports ID-mapped mounts, which a user namespace requires of every volume of the pod. This depends on
 * the file system; without support the runtime fails to start the container.
 *
 * <p>The tables are of November 2026, after mount_setattr(2) for file systems and the drivers' documentation for what they
 * mount. FUSE supports it since Linux 6.12, but only for servers that request it, and hardly any does.
 *
 * @param answer whether it does
 * @param what the file system or driver, with a verb
 */
record IdMapping(Answer answer, String what) {
    enum Answer {
        YES,
        NO,
        UNKNOWN
    }

    private static final String FUSE = "is a FUSE file system";
    private static final String NFS = "is NFS";
    private static final String SMB = "is SMB";
    private static final String FUSE_OR_NFS = "is a FUSE file system or NFS";

    private static final IdMapping MAPPED = new IdMapping(Answer.YES, "");

    /** Volume types that are file systems without ID-mapped mounts. */
    private static final Map<String, String> UNMAPPED_TYPES =
            Map.of("nfs", NFS, "glusterfs", FUSE_OR_NFS, "quobyte", FUSE, "azureFile", SMB);

    /** Volume types whose file system the pod does not determine. */
    private static final Set<String> UNKNOWN_TYPES =
            Set.of("ephemeral", "cephfs", "flexVolume", "portworxVolume", "storageos", "flocker", "scaleIO");

    private static final Map<String, String> UNMAPPED_DRIVERS = Stream.of(
                    // cloud.google.com/kubernetes-engine, github.com/ofek/csi-gcs
                    drivers(FUSE, "gcsfuse.csi.storage.gke.io", "gcs.csi.ofek.dev"),
                    // github.com/awslabs/mountpoint-s3/issues/1835; github.com/yandex-cloud/k8s-csi-s3, ctrox/csi-s3
                    drivers(FUSE, "s3.csi.aws.com", "s3.csi.scality.com", "ru.yandex.s3.csi", "ch.ctrox.csi.s3-driver"),
                    // github.com/kubernetes-sigs/alibaba-cloud-csi-driver, juicefs.com/docs/csi, fluid.io
                    drivers(FUSE, "ossplugin.csi.alibabacloud.com", "csi.juicefs.com", "fuse.csi.fluid.io"),
                    // github.com/seaweedfs/seaweedfs-csi-driver, cvmfs-contrib/cvmfs-csi, quobyte/quobyte-csi
                    drivers(FUSE, "seaweedfs-csi-driver", "cvmfs.csi.cern.ch", "csi.quobyte.com"),
                    // github.com/chr-fritz/csi-sshfs, wunderio/csi-rclone, kadalu/kadalu, moosefs/moosefs-csi
                    drivers(FUSE, "co.p4t.csi.sshfs", "csi-rclone", "kadalu", "csi.moosefs.com"),
                    // github.com/kubernetes-sigs/blob-csi-driver: blobfuse2 or NFS 3
                    drivers(FUSE_OR_NFS, "blob.csi.azure.com"),
                    // docs.aws.amazon.com/eks, cloud.google.com/filestore, github.com/kubernetes-csi/csi-driver-nfs
                    drivers(NFS, "efs.csi.aws.com", "filestore.csi.storage.gke.io", "nfs.csi.k8s.io"),
                    drivers(
                            NFS,
                            "fsx.openzfs.csi.aws.com",
                            "nasplugin.csi.alibabacloud.com",
                            "fss.csi.oraclecloud.com"),
                    // github.com/kubernetes-csi/csi-driver-smb
                    drivers(SMB, "smb.csi.k8s.io"),
                    // github.com/kubernetes-sigs/azurefile-csi-driver
                    drivers("is SMB or NFS", "file.csi.azure.com"))
            .flatMap(drivers -> drivers.entrySet().stream())
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));

    /** Drivers of block devices, which the kubelet formats as ext4 or xfs, and drivers that mount a tmpfs. */
    private static final Set<String> MAPPED_DRIVERS = Set.of(
            "ebs.csi.aws.com",
            "pd.csi.storage.gke.io",
            "disk.csi.azure.com",
            "blockvolume.csi.oraclecloud.com",
            "cinder.csi.openstack.org",
            "csi.hetzner.cloud",
            "diskplugin.csi.alibabacloud.com",
            "dobs.csi.digitalocean.com",
            "linodebs.csi.linode.com",
            "rbd.csi.ceph.com",
            "topolvm.io",
            "csi.cert-manager.io",
            "secrets-store.csi.k8s.io");

    private static final List<String> TYPES = Stream.concat(UNMAPPED_TYPES.keySet().stream(), UNKNOWN_TYPES.stream())
            .sorted()
            .toList();

    private static Map<String, String> drivers(String fileSystem, String... names) {
        return Stream.of(names).collect(Collectors.toMap(name -> name, name -> fileSystem));
    }

    /** Whether the volume supports ID-mapped mounts, with claims resolved. */
    static IdMapping of(Volume volume, RuleContext context) {
        IdMapping claimed = claim(volume)
                .map(claim -> context.namespace()
                        .flatMap(namespace -> context.cluster().claims().find(namespace, claim))
                        .map(IdMapping::of)
                        .orElse(unknown("is a claim")))
                .orElse(MAPPED);
        return claimed.answer() == Answer.YES ? of(volume) : claimed;
    }

    /** The same from the pod alone, without resolving claims. */
    static IdMapping of(Volume volume) {
        Field csi = volume.source("csi");
        if (csi.isPresent()) {
            return ofDriver(csi.get("driver").textOrEmpty());
        }
        IdMapping mapping = MAPPED;
        for (String type : TYPES) {
            if (mapping.answer() != Answer.NO && volume.source(type).isPresent()) {
                mapping = ofType(type);
            }
        }
        return mapping;
    }

    private static Optional<String> claim(Volume volume) {
        Field claim = volume.source("persistentVolumeClaim");
        return claim.isPresent() ? Optional.of(claim.get("claimName").textOrEmpty()) : Optional.empty();
    }

    private static IdMapping of(ClaimedVolume volume) {
        if (volume instanceof ClaimedVolume.OfDriver of) {
            return ofDriver(of.driver());
        }
        return volume instanceof ClaimedVolume.OfType of ? ofType(of.type()) : MAPPED;
    }

    private static IdMapping ofDriver(String driver) {
        String fileSystem = UNMAPPED_DRIVERS.get(driver);
        if (fileSystem != null) {
            return new IdMapping(Answer.NO, fileSystem + " (CSI driver " + driver + ")");
        }
        return MAPPED_DRIVERS.contains(driver) ? MAPPED : unknown("is of the CSI driver " + driver);
    }

    private static IdMapping ofType(String type) {
        String fileSystem = UNMAPPED_TYPES.get(type);
        if (fileSystem != null) {
            return new IdMapping(Answer.NO, fileSystem);
        }
        return UNKNOWN_TYPES.contains(type) ? unknown("is of the type " + type) : MAPPED;
    }

    private static IdMapping unknown(String what) {
        return new IdMapping(Answer.UNKNOWN, what);
    }
}
