package dev.bulkhead.engine.rule.check;

import dev.bulkhead.engine.image.ImageKnowledge;
import dev.bulkhead.engine.image.ImageKnowledge.Fact;
import dev.bulkhead.engine.image.ImageReference;
import dev.bulkhead.engine.image.ImageSetting;
import dev.bulkhead.engine.image.ImageUser;
import dev.bulkhead.engine.image.ImageUser.UserId;
import dev.bulkhead.engine.rule.RuleContext;
import dev.bulkhead.engine.rule.RuleSettings;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.ContainerKind;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * As whom the containers of a pod will run, by the first that says so: the container or its pod, the policy about the
 * image, for a debug container the pod's other containers, the policy about all pods, and what is known of the image.
 *
 * <p>The policy comes before what is known of the image, because what is known may change while pods run, and the files
 * that they wrote belong to the user that they had.
 */
final class ContainerUsers {
    /** In CEL: container {@code c} of a pod with the spec {@code s} names no user, and neither does its pod. */
    static final String NO_USER_IN_CEL =
            "!c.?securityContext.?runAsUser.hasValue() && !s.?securityContext.?runAsUser.hasValue()";

    private final Pod pod;
    private final RuleContext context;
    private boolean othersAreKnown;
    private Optional<UserId> ofOthers = Optional.empty();

    ContainerUsers(Pod pod, RuleContext context) {
        this.pod = pod;
        this.context = context;
    }

    /** As whom that container of the pod will run. */
    ContainerUser of(Container container) {
        OptionalLong declared = declared(container);
        if (declared.isPresent()) {
            return new ContainerUser.Declared(declared.getAsLong());
        }
        Optional<ImageReference> image = ImageReference.parse(image(container));
        Optional<ImageSetting> setting = image.flatMap(context.settings()::imageSetting);
        Optional<UserId> set = setting.flatMap(ImageSetting::user);
        if (set.isPresent()) {
            return new ContainerUser.Given(set.get(), setting.get().fsGroup());
        }
        if (container.kind() == ContainerKind.EPHEMERAL && ofOthers().isPresent()) {
            return new ContainerUser.Given(ofOthers().get(), Optional.empty());
        }
        Optional<RuleSettings.User> user = context.settings().user();
        if (user.isPresent()) {
            String namespace = context.namespace().orElse("default");
            return new ContainerUser.Given(
                    user.get().in(namespace), Optional.of(user.get().fsGroupIn(namespace)));
        }
        Optional<ImageKnowledge> known = image.flatMap(context.cluster().images()::find);
        return known.flatMap(ImageKnowledge::user)
                .map(by -> of(by, image.orElseThrow(), known.orElseThrow().runsAs()))
                .orElseGet(ContainerUser.Unknown::new);
    }

    private static ContainerUser of(Fact<ImageUser> user, ImageReference image, Optional<Fact<UserId>> runsAs) {
        if (user.value() instanceof ImageUser.Numeric numeric) {
            // The kubelet hands the runtime the image's user without the group that the image names with it.
            return numeric.gid()
                    .filter(gid -> gid != 0)
                    .<ContainerUser>map(gid ->
                            new ContainerUser.Given(new UserId(numeric.uid(), Optional.of(gid)), Optional.empty()))
                    .orElseGet(ContainerUser.OfImage::new);
        }
        if (user.value() instanceof ImageUser.Named name && name.id().isPresent()) {
            return new ContainerUser.Given(name.id().get(), Optional.empty());
        }
        if (user.value() instanceof ImageUser.Observed observed) {
            return new ContainerUser.Given(
                    withoutRootGroup(observed.id()),
                    Optional.empty(),
                    observed.ofEarlier() ? Optional.of(user) : Optional.empty());
        }
        if (user.value() instanceof ImageUser.Disputed) {
            return new ContainerUser.Unknown();
        }
        return new ContainerUser.Refused(image, user, runsAs);
    }

    /** The runtime gives a user the group that the image says, else 0; asking for group 0 would be a finding. */
    private static UserId withoutRootGroup(UserId id) {
        return new UserId(id.uid(), id.gid().filter(gid -> gid != 0));
    }

    /** The user that the container names, else the pod. */
    private OptionalLong declared(Container container) {
        Field own = container.securityContext().get("runAsUser");
        return own.isPresent()
                ? own.integer()
                : pod.securityContext().get("runAsUser").integer();
    }

    /** The image as the container writes it. */
    static String image(Container container) {
        return container.field().get("image").textOrEmpty();
    }

    /** What the policy or the table knows of the container's image besides its user. */
    static Optional<ImageKnowledge> knowledge(Container container, RuleContext context) {
        return ImageReference.parse(image(container)).flatMap(context.cluster().images()::find);
    }

    /** The user whom every container that is no debug container names, with its group. */
    private Optional<UserId> ofOthers() {
        if (!othersAreKnown) {
            ofOthers = sameInOthers("runAsUser")
                    .filter(uid -> uid > 0)
                    .map(uid -> new UserId(uid, sameInOthers("runAsGroup")));
            othersAreKnown = true;
        }
        return ofOthers;
    }

    private Optional<Long> sameInOthers(String member) {
        Set<OptionalLong> values = new HashSet<>();
        for (Container container : pod.containers()) {
            if (container.kind() != ContainerKind.EPHEMERAL) {
                values.add(container.securityContext().get(member).integer());
            }
        }
        if (values.size() != 1) {
            return Optional.empty();
        }
        OptionalLong value = values.iterator().next();
        return value.isPresent() ? Optional.of(value.getAsLong()) : Optional.empty();
    }
}
