package dev.bulkhead.engine.rule.check;

import static dev.bulkhead.engine.rule.Standard.CIS;
import static dev.bulkhead.engine.rule.Standard.NSA_CISA;
import static dev.bulkhead.engine.rule.Standard.POD_SECURITY;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.bulkhead.engine.cel.Cel;
import dev.bulkhead.engine.cel.CelCheck;
import dev.bulkhead.engine.cel.CelFilling;
import dev.bulkhead.engine.cel.CelNeed;
import dev.bulkhead.engine.edit.Edit;
import dev.bulkhead.engine.image.ImageKnowledge.Fact;
import dev.bulkhead.engine.image.ImageUser;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.HardeningPass;
import dev.bulkhead.engine.rule.HardeningRule;
import dev.bulkhead.engine.rule.Layer;
import dev.bulkhead.engine.rule.PodSummary;
import dev.bulkhead.engine.rule.Remedy;
import dev.bulkhead.engine.rule.RuleContext;
import dev.bulkhead.engine.rule.RuleInfo;
import dev.bulkhead.engine.rule.RuleSettings;
import dev.bulkhead.engine.rule.Severity;
import dev.bulkhead.engine.rule.Starts;
import dev.bulkhead.engine.rule.Subject;
import dev.bulkhead.engine.rule.VersionedCheck;
import dev.bulkhead.engine.rule.Wording;
import dev.bulkhead.engine.rule.hostpath.HostPathVolume;
import dev.bulkhead.engine.text.SafeText;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Root in a container is root on the host as soon as another protection fails.
 *
 * <p>Fields: {@code securityContext.runAsNonRoot} of the pod and of every container. Allowed: true, of the container's own
 * or by way of the pod; false nowhere. Versions: all; from 1.35 not checked in a pod with a user namespace.
 */
final class RunAsNonRoot extends PodSecurityRule implements HardeningRule {
    RunAsNonRoot() {
        super(RuleInfo.restricted(
                "runAsNonRoot",
                Layer.IDENTITY,
                Severity.MEDIUM,
                "Container may run as root",
                "Every container must be required to run as a user other than root.",
                POD_SECURITY.control("Running as Non-root"),
                CIS.control("5.2.7", "Minimize the admission of root containers"),
                NSA_CISA.control("\"Non-root\" containers and \"rootless\" container engines")));
    }

    private static final int LONGEST_IMAGE = 120;

    /** The value of every finding, explicit or unset: the container may run as root. */
    private static final String MAY_BE_ROOT = "false";

    private static final CelCheck CEL = CelCheck.fix(
                    "set securityContext.runAsNonRoot to true, and runAsUser to a number other than 0 unless the image names"
                            + " one")
            .securityContexts(
                    Optional.of("runAsNonRoot"),
                    Cel.when("!$.?securityContext.?runAsNonRoot.orValue(true)", MAY_BE_ROOT))
            .unsetInContainers(
                    "!c.?securityContext.?runAsNonRoot.hasValue()"
                            + " && !p.spec.?securityContext.?runAsNonRoot.orValue(false)",
                    MAY_BE_ROOT)
            .but(
                    "what is known of images is not used: a controller whose image runs as root is admitted, and its pods do not"
                            + " start");

    @Override
    public List<VersionedCheck> revisions() {
        return List.of(
                VersionedCheck.since(0, this::check).inCel(CEL),
                VersionedCheck.ofHostUsersSince(35, this::check).inCel(CEL));
    }

    private void check(Pod pod, RuleContext context, Consumer<Finding> found) {
        Field onPod = pod.securityContext().get("runAsNonRoot");
        if (onPod.isFalse()) {
            found.accept(Finding.unsafe(this, Subject.pod(), onPod, MAY_BE_ROOT));
        }
        for (Container container : pod.containers()) {
            Field own = container.securityContext().get("runAsNonRoot");
            if (own.isFalse()) {
                found.accept(Finding.unsafe(this, Subject.of(container), own, MAY_BE_ROOT));
            } else if (own.isAbsent() && !onPod.isTrue()) {
                found.accept(Finding.unset(this, Subject.of(container), own, MAY_BE_ROOT));
            }
        }
    }

    /** Like Pod Security Admission, names the parts that set false; only if there are none, those that lack true. */
    @Override
    public PodSummary describe(List<Finding> findings) {
        List<Finding> unsafe =
                findings.stream().filter(finding -> !finding.unset()).toList();
        return new PodSummary(
                "runAsNonRoot != true",
                unsafe.isEmpty()
                        ? "pod or " + Wording.containers(findings) + " must set securityContext.runAsNonRoot=true"
                        : Wording.setters(unsafe) + " must not set securityContext.runAsNonRoot=false");
    }

    @Override
    public String message(Finding finding) {
        return Wording.setters(List.of(finding))
                + (finding.unset()
                        ? " must set securityContext.runAsNonRoot=true"
                        : " must not set securityContext.runAsNonRoot=false");
    }

    @Override
    public Remedy remedy(Finding finding) {
        Field securityContext = finding.place().parent().orElseThrow();
        Field spec = RemedyParts.specOf(finding);
        if (HostPathVolume.isForWindows(spec)) {
            return new Remedy(
                    "set securityContext.runAsNonRoot to true, and windowsOptions.runAsUserName to ContainerUser",
                    context -> editsOnWindows(finding, securityContext));
        }
        Field own = securityContext.get("runAsUser");
        Field user = own.isPresent() ? own : spec.get("securityContext").get("runAsUser");
        boolean root = user.node().isIntegralNumber() && user.node().longValue() == 0;
        String text = "set securityContext.runAsNonRoot to true";
        if (root) {
            text += ", and runAsUser to a number other than 0";
        } else if (user.isAbsent()) {
            text += ", and runAsUser to a number other than 0 unless the image names one";
        }
        return new Remedy(text, context -> {
            List<Edit> edits = new ArrayList<>();
            edits.add(Edit.set(finding.place(), BooleanNode.TRUE));
            if (root) {
                edits.add(Edit.set(own, RemedyParts.nonRootUser(context)));
            } else if (user.isAbsent()) {
                finding.subject()
                        .asContainer()
                        .ifPresent(container -> edits.addAll(userOf(container, finding, context)));
            }
            return edits;
        });
    }

    /** The user and group for a container whose image is known not to start without. */
    private static List<Edit> userOf(Container container, Finding finding, RuleContext context) {
        ContainerUser user = new ContainerUsers(RemedyParts.podOf(finding), context).of(container);
        if (!(user instanceof ContainerUser.Refused refused)) {
            return List.of();
        }
        Field securityContext = container.securityContext();
        List<Edit> edits = new ArrayList<>();
        Optional<ImageUser.UserId> known = refused.runsAs().map(Fact::value);
        edits.add(Edit.set(
                securityContext.get("runAsUser"),
                known.<JsonNode>map(id -> LongNode.valueOf(id.uid()))
                        .orElseGet(() -> RemedyParts.nonRootUser(context))));
        known.flatMap(ImageUser.UserId::gid)
                .filter(gid -> gid > 0 && securityContext.get("runAsGroup").isAbsent())
                .ifPresent(gid -> edits.add(Edit.set(securityContext.get("runAsGroup"), LongNode.valueOf(gid))));
        return edits;
    }

    private static List<Edit> editsOnWindows(Finding finding, Field securityContext) {
        Field own = WindowsAdministrator.userName(securityContext);
        Optional<String> user = own.text()
                .or(() -> WindowsAdministrator.userName(
                                RemedyParts.specOf(finding).get("securityContext"))
                        .text());
        List<Edit> edits = new ArrayList<>();
        edits.add(Edit.set(finding.place(), BooleanNode.TRUE));
        if (user.isEmpty() || WindowsAdministrator.isRootToKubelet(user)) {
            edits.add(Edit.set(own, TextNode.valueOf(WindowsAdministrator.UNPRIVILEGED)));
        }
        return edits;
    }

    @Override
    public void harden(HardeningPass hardening) {
        List<Finding> fillable = new ArrayList<>();
        ContainerUsers users = new ContainerUsers(hardening.pod(), hardening.context());
        for (Finding finding : hardening.open()) {
            Container container = finding.subject().asContainer().orElseThrow();
            Optional<String> windowsUser = WindowsAdministrator.userOf(hardening.pod(), container);
            Optional<String> obstacle = hardening.pod().isWindows() || windowsUser.isPresent()
                    ? obstacleOnWindows(hardening, container, windowsUser)
                    : obstacle(hardening, container, users);
            obstacle.ifPresentOrElse(
                    reason -> hardening.skip(finding, "it would not start: " + reason), () -> fillable.add(finding));
        }
        Field onPod = hardening.pod().securityContext().get("runAsNonRoot");
        if (!fillable.isEmpty()
                && fillable.size() == hardening.open().size()
                && onPod.isAbsent()
                && hardening.mayFillPod(id())) {
            hardening.fill(onPod, BooleanNode.TRUE);
        } else {
            fillable.forEach(finding -> hardening.fill(finding.place(), BooleanNode.TRUE));
        }
        if (!hardening.pod().isWindows()) {
            noteWhatIsSet(hardening, users);
        }
    }

    @Override
    public CelFilling hardenInCel(RuleSettings settings) {
        String own = "c.?securityContext";
        String onPod = "p.spec.?securityContext";
        String windowsUser = own + ".?windowsOptions.?runAsUserName.orValue(" + onPod
                + ".?windowsOptions.?runAsUserName.orValue(''))";
        String user =
                own + ".?runAsUser.orValue(" + onPod + ".?runAsUser.orValue(" + (mayNeedUser(settings) ? 0 : 1) + "))";
        return CelFilling.where(
                        "(p.windows || " + windowsUser + " != ''\n  ? " + windowsUser + ".lowerAscii() != "
                                + Cel.text(WindowsAdministrator.OF_CONTAINERS.toLowerCase(Locale.ROOT)) + "\n  : "
                                + user
                                + " != 0)",
                        CelFilling.member("runAsNonRoot", "true"))
                .orOnPod("!" + onPod + ".?runAsNonRoot.hasValue()", CelFilling.member("runAsNonRoot", "true"))
                .but(
                        mayNeedUser(settings)
                                ? "runAsNonRoot is filled in only where the container or pod names a user"
                                : "runAsNonRoot is filled in whatever the image; where the webhook would add the image's user, or"
                                        + " deny root's image, the container does not start");
    }

    @Override
    public CelNeed needInCel(RuleSettings settings, ClusterCapabilities cluster) {
        return CelNeed.ofContainers("!c.?securityContext.?runAsNonRoot.hasValue()"
                        + " && !s.?securityContext.?runAsNonRoot.orValue(false)")
                .orOfContainers(ContainerUsers.NO_USER_IN_CEL);
    }

    /** Whether a container that names no user is given one, or denied where nothing is known of its image. */
    private static boolean mayNeedUser(RuleSettings settings) {
        return settings.user().isPresent()
                || settings.unknownUser() == RuleSettings.UnknownUser.DENY
                || settings.images().stream().anyMatch(image -> image.user().isPresent());
    }

    /** Why the kubelet would not start that container under the field; what may only keep it from starting is noted. */
    private static Optional<String> obstacle(HardeningPass hardening, Container container, ContainerUsers users) {
        ContainerUser user = users.of(container);
        if (user instanceof ContainerUser.Declared declared) {
            return declared.uid() == 0 ? Optional.of("its runAsUser is 0") : Optional.empty();
        }
        if (user instanceof ContainerUser.Given given && RunAsUser.isGiven(hardening, container, given)) {
            noteGiven(hardening, container, given);
            return Optional.empty();
        }
        if (user instanceof ContainerUser.Refused refused) {
            if (!hardening.context().controlled()) {
                return Optional.of(refused.reason() + " (" + refused.user().source() + ")" + advice(refused));
            }
            noteRefused(hardening, container, refused);
            return Optional.empty();
        }
        if (user instanceof ContainerUser.OfImage) {
            return Optional.empty();
        }
        return switch (hardening.context().settings().unknownUser()) {
            case HARDEN -> Optional.empty();
            case DENY ->
                hardening.context().controlled()
                        ? Optional.empty()
                        : Optional.of("nothing is known of the user of image " + imageOf(container)
                                + ": set runAsUser, or name it in the policy's images");
            case WARN -> {
                noteUnknown(hardening, container);
                yield Optional.empty();
            }
        };
    }

    private static Optional<String> obstacleOnWindows(
            HardeningPass hardening, Container container, Optional<String> user) {
        if (WindowsAdministrator.isRootToKubelet(user)) {
            return Optional.of("its windowsOptions.runAsUserName is root to the kubelet");
        }
        if (user.isEmpty()) {
            hardening.note("container \"" + container.name() + "\" starts only if image " + imageOf(container)
                    + " runs as another user than ContainerAdministrator; else set"
                    + " securityContext.windowsOptions.runAsUserName to ContainerUser");
        }
        return Optional.empty();
    }

    /** The field is set already, by the pod's author or in an earlier turn, and the container will or may not start. */
    private void noteWhatIsSet(HardeningPass hardening, ContainerUsers users) {
        boolean onPod = hardening.pod().securityContext().get("runAsNonRoot").isTrue();
        for (Container container : hardening.pod().containers()) {
            Field own = container.securityContext().get("runAsNonRoot");
            if (own.isPresent() ? own.isFalse() : !onPod) {
                continue;
            }
            boolean added = !hardening.podEditable() && hardening.isEditable(container);
            if (!(added || (hardening.podEditable() && hardening.isFilling(id())))
                    || hardening.isExcused(id(), container)) {
                continue;
            }
            ContainerUser user = users.of(container);
            if (user instanceof ContainerUser.Given given && RunAsUser.isGiven(hardening, container, given)) {
                noteGiven(hardening, container, given);
            } else if (user instanceof ContainerUser.Refused refused) {
                noteRefused(hardening, container, refused);
            } else if (user instanceof ContainerUser.Unknown && added) {
                // A person waits for it, who did not write the pod's field.
                noteUnknown(hardening, container);
            }
        }
    }

    private static void noteUnknown(HardeningPass hardening, Container container) {
        hardening.note("container \"" + container.name() + "\" starts only if image " + imageOf(container)
                + " names a numeric user other than 0; else set runAsUser");
    }

    private static void noteRefused(HardeningPass hardening, Container container, ContainerUser.Refused refused) {
        hardening.note(
                Starts.NO,
                "container \"" + container.name() + "\" will not start: " + refused.reason() + advice(refused),
                sources(Optional.of(refused.user()), refused.runsAs()));
    }

    private static void noteGiven(HardeningPass hardening, Container container, ContainerUser.Given given) {
        noteRootImage(hardening, container, given);
        given.ofEarlier()
                .ifPresent(earlier -> hardening.note(
                        "container \"" + container.name() + "\" runs as user "
                                + given.id().uid() + ", as an earlier version of image " + imageOf(container)
                                + " did; set runAsUser if this version names another user",
                        earlier.source()));
    }

    /** The user is right for the kubelet; whether it is for the program is another matter. */
    private static void noteRootImage(HardeningPass hardening, Container container, ContainerUser.Given given) {
        ContainerUsers.knowledge(container, hardening.context())
                .filter(knowledge -> knowledge
                        .user()
                        .filter(user -> user.value() instanceof ImageUser.Root)
                        .isPresent())
                .filter(knowledge -> knowledge
                        .runsAs()
                        .filter(known -> known.value().uid() == given.id().uid())
                        .isEmpty())
                .ifPresent(knowledge -> hardening.note(
                        "container \"" + container.name() + "\" runs as user "
                                + given.id().uid() + "; image "
                                + imageOf(container) + " runs as root and may not work as another user"
                                + knowledge
                                        .runsAs()
                                        .map(known -> " than " + known.value().uid())
                                        .orElse(""),
                        sources(knowledge.user(), knowledge.runsAs())));
    }

    /** Where a note's facts come from, each source once. */
    private static String sources(Optional<Fact<ImageUser>> user, Optional<Fact<ImageUser.UserId>> runsAs) {
        return Stream.of(user.map(Fact::source), runsAs.map(Fact::source))
                .flatMap(Optional::stream)
                .distinct()
                .collect(Collectors.joining("; "));
    }

    private static String advice(ContainerUser.Refused refused) {
        return refused.runsAs()
                .map(Fact::value)
                .map(known -> "; it works with runAsUser " + known.uid()
                        + known.gid().map(gid -> " and runAsGroup " + gid).orElse(""))
                .orElse("; set runAsUser to a number other than 0");
    }

    private static String imageOf(Container container) {
        String image = ContainerUsers.image(container);
        return image.isEmpty() ? "(none)" : SafeText.line(image, LONGEST_IMAGE);
    }
}
