package dev.bulkhead.app.admission.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The usual field names of reviews and pods, so that no new texts are allocated for them. */
final class FieldNames {
    private static final String[] USUAL = Stream.of(
                    "AdmissionReview kind apiVersion request uid group version resource requestKind requestResource",
                    "subResource requestSubResource name namespace operation userInfo username groups extra object",
                    "oldObject dryRun options metadata generateName creationTimestamp labels annotations",
                    "ownerReferences managedFields spec status controller blockOwnerDeletion finalizers",
                    "volumes containers initContainers ephemeralContainers image command args workingDir ports",
                    "containerPort hostPort hostIP protocol env value valueFrom envFrom secretKeyRef configMapKeyRef",
                    "key optional fieldRef fieldPath resources limits requests cpu memory volumeMounts mountPath",
                    "readOnly subPath subPathExpr recursiveReadOnly mountPropagation volumeDevices devicePath",
                    "livenessProbe readinessProbe startupProbe lifecycle postStart preStop httpGet tcpSocket host path",
                    "port scheme exec grpc initialDelaySeconds timeoutSeconds periodSeconds successThreshold",
                    "failureThreshold terminationMessagePath terminationMessagePolicy imagePullPolicy",
                    "securityContext privileged allowPrivilegeEscalation readOnlyRootFilesystem runAsNonRoot",
                    "runAsUser runAsGroup fsGroup fsGroupChangePolicy supplementalGroups capabilities add drop",
                    "seccompProfile appArmorProfile localhostProfile type procMount seLinuxOptions user role level",
                    "sysctls windowsOptions hostProcess hostNetwork hostPID hostIPC hostUsers shareProcessNamespace",
                    "restartPolicy terminationGracePeriodSeconds dnsPolicy serviceAccountName serviceAccount",
                    "automountServiceAccountToken nodeName nodeSelector schedulerName tolerations operator effect",
                    "tolerationSeconds affinity priority priorityClassName preemptionPolicy enableServiceLinks",
                    "runtimeClassName overhead os imagePullSecrets topologySpreadConstraints hostPath configMap secret",
                    "secretName emptyDir medium sizeLimit persistentVolumeClaim claimName projected sources",
                    "serviceAccountToken expirationSeconds audience downwardAPI items defaultMode mode csi nfs",
                    "template replicas selector matchLabels strategy jobTemplate phase qosClass")
            .flatMap(line -> Stream.of(line.split(" ")))
            .toArray(String[]::new);

    private static final int SLOTS = 1_024;
    private static final @Nullable Name[] TABLE = table();

    private FieldNames() {}

    @SuppressWarnings("ArrayRecordComponent")
    private record Name(String text, int hash, byte[] bytes) {}

    private static @Nullable Name[] table() {
        @Nullable Name[] table = new @Nullable Name[SLOTS];
        for (String text : Set.of(USUAL)) {
            int slot = slot(text.hashCode());
            while (table[slot] != null) {
                slot = (slot + 1) & (SLOTS - 1);
            }
            table[slot] = new Name(text.intern(), text.hashCode(), text.getBytes(StandardCharsets.US_ASCII));
        }
        return table;
    }

    private static int slot(int hash) {
        return (hash ^ (hash >>> 10) ^ (hash >>> 20)) & (SLOTS - 1);
    }

    /** The usual name in those bytes, whose hash is a String's; null if it is not a usual one. */
    static @Nullable String find(byte[] bytes, int start, int end, int hash) {
        for (int slot = slot(hash); ; slot = (slot + 1) & (SLOTS - 1)) {
            Name name = TABLE[slot];
            if (name == null) {
                return null;
            }
            if (name.hash == hash && Arrays.equals(name.bytes, 0, name.bytes.length, bytes, start, end)) {
                return name.text;
            }
        }
    }
}
