package dev.bulkhead.app.cluster.scan.failure;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.admission.WorkloadAdmission;
import dev.bulkhead.engine.image.ImageKnowledge;
import dev.bulkhead.engine.image.ImageLookup;
import dev.bulkhead.engine.image.ImageReference;
import dev.bulkhead.engine.preview.ObservedPod.Fault;
import dev.bulkhead.engine.text.SafeText;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.ContainerStatuses;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.MalformedWorkloadException;
import dev.bulkhead.engine.workload.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A container that does not start because of a field that Bulkhead filled in.
 *
 * @param container its name
 * @param image as the container writes it
 * @param path what to make writable, where it failed to write and says where
 */
public record StartFailure(String container, String image, Reason reason, Optional<String> path) {
    private static final Set<String> OVER = Set.of("Succeeded", "Failed");

    /** Of the kubelet, for a container whose settings it does not run. */
    private static final String NOT_CONFIGURED = "CreateContainerConfigError";

    /** Of the kubelet, for a container that the runtime does not make or run, or that ends again and again. */
    private static final Set<String> NOT_RUN = Set.of("CreateContainerError", "RunContainerError", "CrashLoopBackOff");

    private static final int LONGEST_NAME = 200;

    /** Why it does not start. */
    public enum Reason {
        ROOT_USER("runAsNonRoot", "root-user", "its image runs as root"),
        NAMED_USER("runAsNonRoot", "named-user", "its image names its user by a name"),
        READ_ONLY_FILE_SYSTEM("readOnlyRootFilesystem", "read-only-file-system", "its root file system is read-only");

        private final String rule;
        private final String label;
        private final String cause;

        Reason(String rule, String label, String cause) {
            this.rule = rule;
            this.label = label;
            this.cause = cause;
        }

        /** As metrics have it. */
        String label() {
            return label;
        }
    }

    /**
     * The containers of a stored pod that do not start now because of what was filled in, at most one failure of each.
     *
     * @throws MalformedWorkloadException when the pod is not of the form that the API server stores
     */
    public static List<StartFailure> in(JsonNode stored) {
        Field object = Field.root(stored);
        Field status = object.get("status");
        String hardened = object.get("metadata")
                .get("annotations")
                .get(WorkloadAdmission.HARDENED_ANNOTATION)
                .textOrEmpty();
        if (hardened.isEmpty()
                || object.get("metadata").get("deletionTimestamp").isPresent()
                || OVER.contains(status.get("phase").textOrEmpty())) {
            return List.of();
        }
        Map<String, Field> statuses = ContainerStatuses.byName(object);
        List<StartFailure> failures = new ArrayList<>(0);
        for (Container container : Pod.in(object).containers()) {
            Optional.ofNullable(statuses.get(container.name()))
                    .flatMap(StartFailure::messageOf)
                    .flatMap(failure -> of(container, failure))
                    .filter(failure -> ("," + hardened + ",").contains("," + failure.reason().rule + ","))
                    .ifPresent(failures::add);
        }
        return failures;
    }

    /** The same without the names. */
    public Fault fault() {
        return new Fault(reason.rule, reason.cause, path);
    }

    /** What a kubelet says of a container that does not run. */
    private record Message(String reason, String text) {}

    private static Optional<Message> messageOf(Field status) {
        Field state = status.get("state");
        Field waiting = state.get("waiting");
        String reason = waiting.get("reason").textOrEmpty();
        if (reason.equals(NOT_CONFIGURED)) {
            return Optional.of(new Message(reason, waiting.get("message").textOrEmpty()));
        }
        boolean repeatedly = status.get("restartCount").integer().orElse(0) > 0
                && !status.get("ready").isTrue();
        Field ended = state.get("terminated");
        if (NOT_RUN.contains(reason) || ended.isPresent() || repeatedly) {
            String text = waiting.get("message").textOrEmpty() + "\n"
                    + failed(ended) + "\n"
                    + failed(status.get("lastState").get("terminated"));
            return Optional.of(new Message(reason, text));
        }
        return Optional.empty();
    }

    private static String failed(Field terminated) {
        return terminated.get("exitCode").integer().orElse(0) == 0
                ? ""
                : terminated.get("message").textOrEmpty();
    }

    private static Optional<StartFailure> of(Container container, Message message) {
        String image = container.field().get("image").textOrEmpty();
        if (message.reason().equals(NOT_CONFIGURED)) {
            if (!message.text().contains("runAsNonRoot")) {
                return Optional.empty();
            }
            Reason reason = message.text().contains("non-numeric user") ? Reason.NAMED_USER : Reason.ROOT_USER;
            return Optional.of(new StartFailure(container.name(), image, reason, Optional.empty()));
        }
        return ReadOnlyMessage.is(message.text())
                ? Optional.of(new StartFailure(
                        container.name(),
                        image,
                        Reason.READ_ONLY_FILE_SYSTEM,
                        ReadOnlyMessage.directory(message.text())))
                : Optional.empty();
    }

    /**
     * What is wrong and what helps, in two sentences.
     *
     * @param images what is known of images, for a user as whom the image works
     */
    String message(ImageLookup images) {
        String name = SafeText.line(container, LONGEST_NAME);
        return switch (reason) {
            case ROOT_USER ->
                "Container \"" + name + "\" does not start: image " + SafeText.line(image, LONGEST_NAME)
                        + " runs as root. " + userAdvice(images);
            case NAMED_USER ->
                "Container \"" + name + "\" does not start: image " + SafeText.line(image, LONGEST_NAME)
                        + " names its user by a name, which the kubelet cannot tell from root. " + userAdvice(images);
            case READ_ONLY_FILE_SYSTEM ->
                "Container \"" + name + "\" does not start: its root file system is read-only. "
                        + path.map(directory -> "Add the annotation bulkhead.dev/scratch: " + directory
                                        + " to the pod, or mount a volume there; it must hold no files of the image.")
                                .orElse("Name the paths that it writes to in the pod's annotation"
                                        + " bulkhead.dev/scratch, such as bulkhead.dev/scratch: /var/cache,/run.");
        };
    }

    private String userAdvice(ImageLookup images) {
        Optional<ImageKnowledge> known = ImageReference.parse(image).flatMap(images::find);
        return known.flatMap(ImageKnowledge::runsAs)
                .map(fact -> "Set securityContext.runAsUser: " + fact.value().uid()
                        + fact.value()
                                .gid()
                                .map(gid -> " and runAsGroup: " + gid)
                                .orElse("")
                        + " in the container, as which it is known to work.")
                .orElse("Set securityContext.runAsUser in the container to the number of a user other than root"
                        + " that the program works as.");
    }
}
