package dev.bulkhead.engine.rule.check;

import static dev.bulkhead.engine.rule.Standard.ATTACK;
import static dev.bulkhead.engine.rule.Standard.CIS;
import static dev.bulkhead.engine.rule.Standard.NSA_CISA;

import com.fasterxml.jackson.databind.node.BooleanNode;
import dev.bulkhead.engine.cel.Cel;
import dev.bulkhead.engine.cel.CelCheck;
import dev.bulkhead.engine.cel.CelFilling;
import dev.bulkhead.engine.cel.CelNeed;
import dev.bulkhead.engine.edit.Edit;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.HardeningPass;
import dev.bulkhead.engine.rule.HardeningRule;
import dev.bulkhead.engine.rule.Layer;
import dev.bulkhead.engine.rule.PodSummary;
import dev.bulkhead.engine.rule.Remedy;
import dev.bulkhead.engine.rule.RuleAction;
import dev.bulkhead.engine.rule.RuleContext;
import dev.bulkhead.engine.rule.RuleInfo;
import dev.bulkhead.engine.rule.RuleSettings;
import dev.bulkhead.engine.rule.Severity;
import dev.bulkhead.engine.rule.Subject;
import dev.bulkhead.engine.rule.VersionedCheck;
import dev.bulkhead.engine.rule.Wording;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import dev.bulkhead.engine.workload.Volume;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Every pod gets a token for the Kubernetes API by default. An attacker in a container can use it, although most
 * programs never call the API.
 *
 * <p>Fields: {@code spec.automountServiceAccountToken}, {@code spec.serviceAccountName} (and the older
 * {@code spec.serviceAccount}), the volume through which the API server mounts the token. Allowed: automounting said to
 * be true or false, or a service account other than {@code default}; tokens that the pod projects itself. Versions: all.
 *
 * <p>The API server mounts the token before it calls webhooks, so that a pod may arrive with it. Hardening only adds
 * fields and cannot remove the mount: such a pod is denied, and its template must be fixed.
 */
final class ServiceAccountToken extends BulkheadRule implements HardeningRule {
    private static final String MOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";

    ServiceAccountToken() {
        super(
                RuleInfo.bulkhead(
                        "serviceAccountToken",
                        Layer.SECRETS,
                        Severity.MEDIUM,
                        "Service account token that was not asked for",
                        "A pod that did not ask for API access must not have a service account token mounted.",
                        CIS.control("5.1.5", "Ensure that default service accounts are not actively used"),
                        CIS.control("5.1.6", "Ensure that Service Account Tokens are only mounted where necessary"),
                        NSA_CISA.control("Protecting Pod service account tokens"),
                        ATTACK.control("T1528", "Steal Application Access Token")),
                RuleAction.of(Action.AUDIT),
                RuleAction.of(Action.HARDEN));
    }

    private static final CelCheck CEL = cel();

    private static CelCheck cel() {
        String notAskedFor = "!p.spec.?automountServiceAccountToken.hasValue()\n"
                + " && (p.spec.?serviceAccountName.orValue('') == '' ? p.spec.?serviceAccount.orValue('')"
                + " : p.spec.?serviceAccountName.orValue('')) in ['', 'default']";
        String ofApiServer = "(v.name.startsWith('kube-api-access-')\n"
                + "   ? v.?projected.?sources.orValue([]).exists(o, o.?serviceAccountToken.hasValue())\n"
                + "   : v.name.startsWith('default-token-') && v.?secret.hasValue())\n"
                + " && p.containers.exists(c, c.?volumeMounts.orValue([]).exists(m,\n"
                + "   m.name == v.name && m.?mountPath.orValue('') == " + Cel.text(MOUNT_PATH) + "))";
        return CelCheck.fix("set automountServiceAccountToken, or a serviceAccountName of its own")
                .volumes(Cel.when(notAskedFor + "\n && " + ofApiServer, "token"))
                .unsetInPod(notAskedFor + "\n && !p.volumes.exists(v, " + ofApiServer + ")", "token");
    }

    @Override
    public List<VersionedCheck> revisions() {
        return VersionedCheck.only(this::check, CEL);
    }

    private void check(Pod pod, RuleContext context, Consumer<Finding> found) {
        Field automount = pod.spec().get("automountServiceAccountToken");
        if (automount.isTrue() || automount.isFalse() || hasOwnServiceAccount(pod)) {
            return;
        }
        List<Volume> mounted = mountedByApiServer(pod);
        if (mounted.isEmpty()) {
            found.accept(Finding.unset(this, Subject.pod(), automount, "token"));
        }
        for (Volume volume : mounted) {
            found.accept(Finding.unsafe(this, Subject.of(volume), volume.field(), "token"));
        }
    }

    /** If both names are set, the newer one counts. */
    private static boolean hasOwnServiceAccount(Pod pod) {
        String name = pod.spec().get("serviceAccountName").textOrEmpty();
        if (name.isEmpty()) {
            name = pod.spec().get("serviceAccount").textOrEmpty();
        }
        return !name.isEmpty() && !name.equals("default");
    }

    private static List<Volume> mountedByApiServer(Pod pod) {
        Set<String> mounted = new HashSet<>();
        for (Container container : pod.containers()) {
            for (Field mount : container.volumeMounts()) {
                if (mount.get("mountPath").textOrEmpty().equals(MOUNT_PATH)) {
                    mounted.add(mount.get("name").textOrEmpty());
                }
            }
        }
        return pod.volumes().stream()
                .filter(volume -> mounted.contains(volume.name()) && isOfApiServer(volume))
                .toList();
    }

    /** Whether the API server added the volume: a projected one with its name prefix, or a Secret before 1.22. */
    private static boolean isOfApiServer(Volume volume) {
        return volume.name().startsWith("kube-api-access-")
                ? volume.source("projected").get("sources").items().stream()
                        .anyMatch(source -> source.get("serviceAccountToken").isPresent())
                : volume.name().startsWith("default-token-")
                        && volume.source("secret").isPresent();
    }

    @Override
    public PodSummary describe(List<Finding> findings) {
        List<String> volumes = findings.stream()
                .map(Finding::subject)
                .filter(Subject.OfVolume.class::isInstance)
                .map(subject -> ((Subject.OfVolume) subject).volume().name())
                .toList();
        return new PodSummary(
                "service account token",
                volumes.isEmpty()
                        ? "pod must set automountServiceAccountToken, or a serviceAccountName of its own"
                        : "pod must not mount the API token that nothing asked for (" + Wording.named("volume", volumes)
                                + ")");
    }

    @Override
    public Remedy remedy(Finding finding) {
        String remedy = "set spec.automountServiceAccountToken to false";
        if (finding.subject() instanceof Subject.OfVolume of) {
            return new Remedy(
                    remedy + " in the pod's template, or to true where the pod calls the Kubernetes API;"
                            + " the API server has mounted the token into this pod already",
                    context -> {
                        List<Edit> edits = RemedyParts.remove(finding, List.of(of.volume()));
                        edits.add(Edit.set(
                                RemedyParts.specOf(finding).get("automountServiceAccountToken"), BooleanNode.FALSE));
                        return edits;
                    });
        }
        return Remedy.of(
                remedy + ", or to true where the pod calls the Kubernetes API",
                Edit.set(finding.place(), BooleanNode.FALSE));
    }

    @Override
    public CelFilling hardenInCel(RuleSettings settings) {
        return CelFilling.where("true", CelFilling.member("automountServiceAccountToken", "false"));
    }

    @Override
    public CelNeed needInCel(RuleSettings settings, ClusterCapabilities cluster) {
        return CelNeed.ofPod("!s.?automountServiceAccountToken.hasValue()"
                + " && s.?serviceAccountName.orValue('') in ['', 'default']");
    }

    @Override
    public void harden(HardeningPass hardening) {
        for (Finding finding : hardening.open()) {
            if (hardening.context().template()) {
                hardening.skip(
                        finding, "the API server mounts the token into the template's pods before they are hardened");
            } else if (hardening.mayFillPod(id())) {
                hardening.fill(finding.place(), BooleanNode.FALSE);
            } else {
                hardening.skip(finding, "only a pod that is being created can go without a token");
            }
        }
    }
}
