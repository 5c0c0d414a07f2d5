package dev.bulkhead.app.cluster.scan;

import dev.bulkhead.app.cluster.reconcile.Reconciler;
import dev.bulkhead.app.cluster.reconcile.Reconciler.Pace;
import dev.bulkhead.app.cluster.scan.WantedImages.Puller;
import dev.bulkhead.app.cluster.watch.ObjectListener;
import dev.bulkhead.app.registry.RegistryImages.Answer;
import dev.bulkhead.engine.image.ImageKnowledge;
import dev.bulkhead.engine.image.ImageLookup;
import dev.bulkhead.engine.image.ImageReference;
import dev.bulkhead.engine.image.KnownImages;
import dev.bulkhead.engine.image.RecordedImage;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Asks the registries of images as whom they run, where a pod leaves that to the image and nothing is known of it. One image
 * a minute, because registries count such requests as pulls; an image that could not be asked about waits longer each time.
 */
public final class RegistryLookups implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(RegistryLookups.class);

    private static final Pace PACE =
            new Pace(Duration.ofMinutes(1), Duration.ofMinutes(1), Duration.ofHours(1), Duration.ofMinutes(5));
    private static final Duration FIRST_PAUSE = Duration.ofMinutes(10);
    private static final Duration LONGEST_PAUSE = Duration.ofDays(1);

    /** Registries whose failure is logged, each once. */
    private static final int MOST_REPORTED = 20;

    private final ImageRecorder recorder;
    private final Function<Puller, List<byte[]>> secrets;
    private final Registries registries;
    private final Clock clock;
    private final WantedImages wanted = new WantedImages();
    private final Map<String, Attempt> attempts = new HashMap<>();
    private final Set<String> reported = new HashSet<>();
    private final Reconciler asking;

    /** What asks the registry of an image, with the contents of pull secrets. */
    @FunctionalInterface
    interface Registries {
        Answer ask(ImageReference image, List<byte[]> pullSecrets);
    }

    private record Attempt(Instant next, int failures) {}

    /**
     * Asks nothing before it is started.
     *
     * @param recorder knows what is recorded, and records the answers
     * @param secrets reads the pull secrets of a pod
     */
    RegistryLookups(
            ImageRecorder recorder, Function<Puller, List<byte[]>> secrets, Registries registries, Clock clock) {
        this.recorder = recorder;
        this.secrets = secrets;
        this.registries = registries;
        this.clock = clock;
        this.asking = new Reconciler("image-registries", this::ask, PACE);
    }

    /** Wants all pods of the cluster. */
    ObjectListener listener() {
        return wanted;
    }

    void start() {
        asking.start();
    }

    /** Asks about the next image that is due, if there is one. */
    void ask() {
        if (!recorder.isReady()) {
            return;
        }
        List<String> images = wanted.images();
        attempts.keySet().retainAll(new HashSet<>(images));
        ImageLookup known = recorder.recorded().lookup().orElse(KnownImages.LOOKUP);
        Instant now = clock.instant();
        for (String name : images) {
            Attempt before = attempts.getOrDefault(name, new Attempt(Instant.MIN, 0));
            Optional<ImageReference> image = ImageReference.parse(name);
            if (!now.isBefore(before.next())
                    && image.isPresent()
                    && known.find(image.get()).flatMap(ImageKnowledge::user).isEmpty()) {
                attempts.put(name, ask(name, image.get(), before.failures(), now));
                return;
            }
        }
    }

    private Attempt ask(String name, ImageReference image, int failures, Instant now) {
        List<byte[]> pullSecrets = wanted.puller(name).map(secrets).orElse(List.of());
        Answer answer = registries.ask(image, pullSecrets);
        Optional<RecordedImage> line = answer.knowledge()
                .flatMap(known -> RecordedImage.answered(name, known, LocalDate.ofInstant(now, ZoneOffset.UTC)));
        if (line.isPresent()) {
            recorder.add(line.get());
            return new Attempt(now.plus(LONGEST_PAUSE), 0);
        }
        answer.failure().ifPresent(reason -> report(image, reason));
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(failures, 10));
        return new Attempt(now.plus(pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE), failures + 1);
    }

    private void report(ImageReference image, String reason) {
        String registry = image.repository().substring(0, image.repository().indexOf('/'));
        if (reported.size() < MOST_REPORTED && reported.add(registry)) {
            LOG.warnf("registry %s was asked about an image: %s", registry, reason);
        }
    }

    @Override
    public void close() {
        asking.close();
    }
}
