package dev.bulkhead.app.cluster.scan;

import dev.bulkhead.app.cluster.reconcile.Reconciler;
import dev.bulkhead.app.cluster.reconcile.Reconciler.Pace;
import dev.bulkhead.app.cluster.resource.ImageConfigMap;
import dev.bulkhead.app.cluster.watch.ObjectListener;
import dev.bulkhead.engine.image.ImageRecords;
import dev.bulkhead.engine.image.RecordedImage;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/**
 * Records as whom images run, where the replicas of the webhook read it. What is stored counts as well, so that nothing is
 * lost with a restart, and what a person removes is forgotten.
 */
public final class ImageRecorder implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(ImageRecorder.class);

    private static final Pace PACE =
            new Pace(Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofMinutes(5), Duration.ofMinutes(1));

    /** How long a change that somebody else made to the record may go unnoticed. */
    private static final Duration LOOK_EVERY = Duration.ofMinutes(1);

    private final KubernetesClient client;
    private final ImageConfigMap place;
    private final BooleanSupplier complete;
    private final Clock clock;
    private final RunningImages running = new RunningImages();
    private final Reconciler recording;
    private final Map<String, RecordedImage> answers = new ConcurrentHashMap<>();
    private volatile ImageRecords recorded = ImageRecords.EMPTY;
    private volatile boolean looked;
    private Instant lookAt = Instant.MIN;
    private String reported = "";

    /**
     * Records nothing before it is started.
     *
     * @param complete whether all pods have been handed to {@link #listener} once, and the record may be written
     */
    public ImageRecorder(KubernetesClient client, ImageConfigMap place, BooleanSupplier complete, Clock clock) {
        this.client = client;
        this.place = place;
        this.complete = complete;
        this.clock = clock;
        this.recording = new Reconciler("image-records", this::record, PACE);
    }

    /** Wants all pods of the cluster. */
    public ObjectListener listener() {
        return running;
    }

    /** Records what a registry said as well, with the next pass. */
    void add(RecordedImage answer) {
        answers.put(answer.image(), answer);
    }

    /** Whether the record was read, and all pods are known. */
    boolean isReady() {
        return looked;
    }

    /** What was recorded when this looked last. */
    ImageRecords recorded() {
        return recorded;
    }

    public void start() {
        recording.start();
    }

    /** Writes the record if it changes. */
    void record() {
        Instant now = clock.instant();
        if (!complete.getAsBoolean() || (!running.takeChange() && answers.isEmpty() && now.isBefore(lookAt))) {
            return;
        }
        try {
            Optional<ConfigMap> stored = place.stored(client);
            Optional<String> text = stored.flatMap(ImageConfigMap::text);
            ImageRecords.Read read = ImageRecords.read(text.orElse(""));
            report(place.problem(read));
            LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
            List<RecordedImage> answered = List.copyOf(answers.values());
            ImageRecords next = read.records().with(running.images(), answered, today);
            String written = next.text();
            if (!text.equals(Optional.of(written))) {
                place.store(client, written, stored);
            }
            recorded = next;
            looked = true;
            answered.forEach(answer -> answers.remove(answer.image(), answer));
            lookAt = now.plus(LOOK_EVERY);
        } catch (RuntimeException e) {
            running.putBackChange();
            throw e;
        }
    }

    /** A problem that stays, because the record cannot be written, is reported once. */
    private void report(Optional<String> problem) {
        problem.filter(text -> !text.equals(reported)).ifPresent(text -> LOG.warnf("%s, which is removed", text));
        reported = problem.orElse("");
    }

    @Override
    public void close() {
        recording.close();
    }
}
