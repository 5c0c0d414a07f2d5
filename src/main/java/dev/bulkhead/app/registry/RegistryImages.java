package dev.bulkhead.app.registry;

import dev.bulkhead.engine.image.ImageKnowledge;
import dev.bulkhead.engine.image.ImageLookup;
import dev.bulkhead.engine.image.ImageReference;
import dev.bulkhead.engine.text.SafeText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/**
 * What the registries of some images say of them. It is asked for once, several images at a time, and answers from
 * memory from then on.
 */
public final class RegistryImages implements ImageLookup {
    private static final int LONGEST_REASON = 300;

    private final Map<String, ImageKnowledge> known;
    private final List<Unanswered> unanswered;

    private RegistryImages(Map<String, ImageKnowledge> known, List<Unanswered> unanswered) {
        this.known = known;
        this.unanswered = List.copyOf(unanswered);
    }

    /**
     * What came of asking about an image: one of the two.
     *
     * @param failure why its registry told nothing, as one line for people
     */
    public record Answer(ImageReference image, Optional<ImageKnowledge> knowledge, Optional<String> failure) {}

    /**
     * An image of which its registry did not tell anything.
     *
     * @param reason one line for people
     */
    public record Unanswered(ImageReference image, String reason) {}

    /**
     * How long to wait.
     *
     * @param ofOne for one image
     * @param ofAll for all of them
     */
    record Limits(Duration ofOne, Duration ofAll, int atOnce) {
        static final Limits USUAL = new Limits(Duration.ofSeconds(20), Duration.ofMinutes(3), 4);
    }

    /**
     * Asks the registries of these images, with the credentials that the user of that environment has for Docker.
     *
     * @param environment the variables that say where these are
     * @param answered receives how many images were asked about so far
     */
    public static RegistryImages ask(
            Collection<ImageReference> images, Map<String, String> environment, IntConsumer answered) {
        return ask(images, DockerCredentials.of(environment), Limits.USUAL, answered);
    }

    /**
     * Asks the registry of an image that a pod names, which may be made up to have requests sent somewhere. So it is asked by
     * HTTPS only, and not if it is on this machine.
     *
     * @param pullSecrets the contents of Secrets of the type {@code kubernetes.io/dockerconfigjson}
     */
    public static Answer askForPod(ImageReference image, List<byte[]> pullSecrets) {
        return answer(new ImageReader(new PullSecrets(pullSecrets), false), image, Limits.USUAL.ofOne());
    }

    static RegistryImages ask(
            Collection<ImageReference> images, Credentials credentials, Limits limits, IntConsumer answered) {
        return ask(images, new ImageReader(credentials, true), limits, answered);
    }

    private static RegistryImages ask(
            Collection<ImageReference> images, ImageReader reader, Limits limits, IntConsumer answered) {
        Map<String, ImageReference> open = new LinkedHashMap<>();
        images.forEach(image -> open.put(image.toString(), image));
        Map<String, ImageKnowledge> known = new LinkedHashMap<>();
        Map<String, Unanswered> failed = new LinkedHashMap<>();
        ExecutorService threads = Executors.newFixedThreadPool(limits.atOnce(), task -> {
            Thread thread = new Thread(task, "registry");
            thread.setDaemon(true);
            return thread;
        });
        try {
            CompletionService<Answer> answers = new ExecutorCompletionService<>(threads);
            open.values().forEach(image -> answers.submit(() -> answer(reader, image, limits.ofOne())));
            Deadline deadline = Deadline.in(limits.ofAll());
            for (int count = 1; !open.isEmpty(); count++) {
                Future<Answer> next = answers.poll(deadline.left(), TimeUnit.NANOSECONDS);
                if (next == null) {
                    break;
                }
                Answer answer = next.get();
                String name = answer.image().toString();
                answer.knowledge().ifPresent(knowledge -> known.put(name, knowledge));
                answer.failure().ifPresent(reason -> failed.put(name, new Unanswered(answer.image(), reason)));
                open.remove(name);
                answered.accept(count);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } finally {
            threads.shutdownNow();
        }
        String late = "not asked " + Deadline.in(limits.ofAll()).within();
        open.forEach((name, image) -> failed.put(name, new Unanswered(image, late)));
        return new RegistryImages(known, inOrder(images, failed));
    }

    private static Answer answer(ImageReader reader, ImageReference image, Duration limit) {
        try {
            return new Answer(image, Optional.of(reader.read(image, Deadline.in(limit))), Optional.empty());
        } catch (RegistryException e) {
            return new Answer(image, Optional.empty(), Optional.of(SafeText.line(e.reason(), LONGEST_REASON)));
        } catch (RuntimeException | Error e) {
            // An answer that the libraries do not expect, or that takes too much memory, must not fail the other
            // images.
            return new Answer(image, Optional.empty(), Optional.of("its answer cannot be read"));
        }
    }

    private static List<Unanswered> inOrder(Collection<ImageReference> images, Map<String, Unanswered> failed) {
        List<Unanswered> ordered = new ArrayList<>();
        for (ImageReference image : images) {
            Unanswered one = failed.remove(image.toString());
            if (one != null) {
                ordered.add(one);
            }
        }
        return ordered;
    }

    @Override
    public Optional<ImageKnowledge> find(ImageReference image) {
        return Optional.ofNullable(known.get(image.toString()));
    }

    /** The images of which nothing was told, in the order in which they were given. */
    public List<Unanswered> unanswered() {
        return unanswered;
    }
}
