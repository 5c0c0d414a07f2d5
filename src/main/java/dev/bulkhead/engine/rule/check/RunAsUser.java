package dev.bulkhead.engine.rule.check;

import static dev.bulkhead.engine.rule.Standard.CIS;
import static dev.bulkhead.engine.rule.Standard.NSA_CISA;
import static dev.bulkhead.engine.rule.Standard.POD_SECURITY;

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
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * User 0 in a container is user 0 to the kernel, also after an escape.
 *
 * <p>Fields: {@code securityContext.runAsUser} of the pod and of every container. Allowed: absent, anything but 0.
 * Versions: from 1.23; from 1.35 not checked in a pod with a user namespace.
 */
final class RunAsUser extends PodSecurityRule implements HardeningRule {
    RunAsUser() {
        super(RuleInfo.restricted(
                "runAsUser",
                Layer.IDENTITY,
                Severity.MEDIUM,
                "User 0",
                "No pod or container may ask for uid 0.",
                POD_SECURITY.control("Running as Non-root user"),
                CIS.control("5.2.7", "Minimize the admission of root containers"),
                NSA_CISA.control("\"Non-root\" containers and \"rootless\" container engines")));
    }

    private static final CelCheck CEL = CelCheck.fix(
                    "set securityContext.runAsUser to a number other than 0, or remove it where the image names one")
            .securityContexts(Optional.of("runAsUser"), Cel.when("$.?securityContext.?runAsUser.orValue(1) == 0", "0"));

    @Override
    public List<VersionedCheck> revisions() {
        return List.of(
                VersionedCheck.since(23, this::check).inCel(CEL),
                VersionedCheck.ofHostUsersSince(35, this::check).inCel(CEL));
    }

    /** An unset user is no finding; hardening sets one only if the policy asks for it. */
    @Override
    public RuleAction leastPrivilege() {
        return RuleAction.of(Action.DENY);
    }

    private void check(Pod pod, RuleContext context, Consumer<Finding> found) {
        check(Subject.pod(), pod.securityContext(), found);
        for (Container container : pod.containers()) {
            check(Subject.of(container), container.securityContext(), found);
        }
    }

    private void check(Subject subject, Field securityContext, Consumer<Finding> found) {
        Field user = securityContext.get("runAsUser");
        if (user.isPresent() && user.integer().orElse(-1) == 0) {
            found.accept(Finding.unsafe(this, subject, user, "0"));
        }
    }

    @Override
    public PodSummary describe(List<Finding> findings) {
        return new PodSummary("runAsUser=0", Wording.setters(findings) + " must not set runAsUser=0");
    }

    @Override
    public Remedy remedy(Finding finding) {
        return new Remedy(
                "set securityContext.runAsUser to a number other than 0, or remove it where the image names one",
                context -> List.of(new Edit.Replace(finding.place(), RemedyParts.nonRootUser(context))));
    }

    /** Fills in a user where none is set: see {@link ContainerUsers}. */
    @Override
    public void harden(HardeningPass hardening) {
        if (!hardening.pod().isWindows()) {
            new UserFilling(hardening, id()).fill();
        }
    }

    @Override
    public CelFilling hardenInCel(RuleSettings settings) {
        return CelFilling.inexpressible("the users of policies and images are filled in by the webhook only");
    }

    @Override
    public CelNeed needInCel(RuleSettings settings, ClusterCapabilities cluster) {
        return fillsInBySettings(settings) ? CelNeed.ofContainers(ContainerUsers.NO_USER_IN_CEL) : CelNeed.NOTHING;
    }

    @Override
    public boolean fillsInBySettings(RuleSettings settings) {
        return settings.user().isPresent()
                || settings.images().stream().anyMatch(image -> image.user().isPresent());
    }

    /** Whether that user is filled in for the container, for which nothing excuses it from having one. */
    static boolean isGiven(HardeningPass hardening, Container container, ContainerUser.Given given) {
        boolean wanted = given.fsGroup().isPresent() || hardening.isFilling("runAsNonRoot");
        return wanted
                && hardening.isActive("runAsUser")
                && hardening.isEditable(container)
                && !hardening.isExcused("runAsNonRoot", container)
                && !hardening.isExcused("runAsUser", container);
    }
}
