package dev.bulkhead.engine.image;

import dev.bulkhead.engine.image.RecordedImage.Origin;
import dev.bulkhead.engine.text.SafeText;
import dev.bulkhead.engine.workload.ImmutableCopies;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What was found out about images in a cluster, as a text that people can read and that is bounded whatever images run
 * there. Immutable.
 */
public final class ImageRecords {
    /** Nothing. */
    public static final ImageRecords EMPTY = new ImageRecords(Map.of());

    /** More than most clusters run, each by tag and by digest. */
    public static final int MOST = 4_000;

    /** Half of what the API server stores in a ConfigMap. */
    public static final int MOST_BYTES = 512 << 10;

    /** Until the user of an image that no longer runs is forgotten. */
    static final int DAYS = 90;

    /** The same for a tag that was root: it denies its next version, which nobody will see run therefore. */
    static final int DAYS_OF_ROOT = 7;

    private static final int LONGEST_QUOTE = 80;

    private static final String HEAD = """
            # What Bulkhead found out about images: IMAGE ORIGIN LAST-SEEN FACTS.
            # Bulkhead writes this. Remove a line to have its image found out again.
            """;

    private static final Comparator<RecordedImage> NEWEST_FIRST =
            Comparator.comparing(RecordedImage::seen).reversed().thenComparing(RecordedImage::key);

    private final Map<String, RecordedImage> byKey;

    private ImageRecords(Map<String, RecordedImage> byKey) {
        this.byKey = ImmutableCopies.of(byKey);
    }

    /**
     * A text that was read.
     *
     * @param unreadable how many lines are none that Bulkhead writes
     * @param firstUnreadable the first of them, as a message quotes it
     */
    public record Read(ImageRecords records, int unreadable, Optional<String> firstUnreadable) {}

    /** Reads a text that {@link #text} wrote; of another one what can be read. */
    public static Read read(String text) {
        Map<String, RecordedImage> byKey = new TreeMap<>();
        int unreadable = 0;
        Optional<String> first = Optional.empty();
        for (String line : (Iterable<String>) text.lines()::iterator) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            Optional<RecordedImage> image = RecordedImage.parse(line);
            if (image.isPresent() && byKey.putIfAbsent(image.get().key(), image.get()) == null) {
                continue;
            }
            unreadable++;
            first = first.or(() -> Optional.of(SafeText.line(line, LONGEST_QUOTE)));
        }
        return new Read(new ImageRecords(byKey), unreadable, first);
    }

    /** One line for each image, in the order of their names, after a comment that explains them. */
    public String text() {
        StringBuilder text = new StringBuilder(HEAD);
        for (RecordedImage image : byKey.values()) {
            image.line().ifPresent(line -> text.append(line).append('\n'));
        }
        return text.toString();
    }

    /** How many lines there are. */
    public int size() {
        return byKey.size();
    }

    /** The line of that image and origin. */
    public Optional<RecordedImage> find(String image, Origin origin) {
        return Optional.ofNullable(byKey.get(RecordedImage.keyOf(image, origin)));
    }

    /** What is known by these records. */
    public ImageLookup lookup() {
        if (byKey.isEmpty()) {
            return ImageLookup.NONE;
        }
        return image -> Optional.of(knowledge(image, Origin.RUNNING).orElse(knowledge(image, Origin.REGISTRY)))
                .filter(known -> !known.equals(ImageKnowledge.NONE));
    }

    private ImageKnowledge knowledge(ImageReference image, Origin origin) {
        return find(RecordedImage.nameOf(image), origin)
                .map(RecordedImage::knowledge)
                .orElse(ImageKnowledge.NONE);
    }

    /**
     * The same with what runs now. An image that runs stays; one that ran as another user before is known as one whose user
     * differs; others are forgotten in time, the longest unseen first if there are too many.
     *
     * @param running the images of which containers run, and as whom, where that is known
     */
    public ImageRecords with(Map<String, Optional<ObservedUser>> running, LocalDate today) {
        return with(running, List.of(), today);
    }

    /**
     * The same with what runs now, and with what registries said now. What a registry said of a tag is forgotten like a tag
     * that was root, whatever runs, so that it is asked again.
     */
    public ImageRecords with(
            Map<String, Optional<ObservedUser>> running, List<RecordedImage> answers, LocalDate today) {
        Map<String, RecordedImage> merged = new HashMap<>();
        for (RecordedImage image : byKey.values()) {
            if (image.seen().isAfter(lastDayBefore(image, today))) {
                merged.put(image.key(), image.seenUntil(today));
            }
        }
        answers.forEach(image -> merged.put(image.key(), image));
        for (Map.Entry<String, Optional<ObservedUser>> entry : running.entrySet()) {
            String key = RecordedImage.keyOf(entry.getKey(), Origin.RUNNING);
            Optional<ObservedUser> before = Optional.ofNullable(byKey.get(key)).flatMap(RecordedImage::user);
            Optional<ObservedUser> now = entry.getValue()
                    .map(user -> before.map(user::and).orElse(user))
                    .or(() -> before);
            now.map(user -> RecordedImage.running(entry.getKey(), user, today))
                    .ifPresent(image -> merged.put(key, image));
        }
        return bounded(merged, running.keySet());
    }

    private static LocalDate lastDayBefore(RecordedImage image, LocalDate today) {
        boolean passing = (image.isRoot() || image.origin() == Origin.REGISTRY)
                && image.image().indexOf('@') < 0;
        return today.minusDays(1L + (passing ? DAYS_OF_ROOT : DAYS));
    }

    private static ImageRecords bounded(Map<String, RecordedImage> merged, Set<String> running) {
        List<RecordedImage> inOrder = new ArrayList<>(merged.values());
        inOrder.sort(Comparator.comparing((RecordedImage image) -> !running.contains(image.image()))
                .thenComparing(NEWEST_FIRST));
        Map<String, RecordedImage> kept = new TreeMap<>();
        int bytes = HEAD.length();
        for (RecordedImage image : inOrder) {
            Optional<String> line = image.line();
            if (line.isEmpty()) {
                continue;
            }
            bytes += line.get().length() + 1;
            if (bytes > MOST_BYTES || kept.size() == MOST) {
                break;
            }
            kept.put(image.key(), image);
        }
        return new ImageRecords(kept);
    }
}
