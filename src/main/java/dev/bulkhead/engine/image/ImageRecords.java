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

    /** The most lines of one repository, so that the tags of one cannot fill the record. */
    static final int MOST_OF_REPOSITORY = 256;

    /** How long an image that no longer runs goes before one that is new, if there are too many. */
    static final int DAYS_OF_PRECEDENCE = 7;

    private static final int LONGEST_QUOTE = 80;

    private static final String HEAD = """
            # What Bulkhead found out about images: IMAGE ORIGIN LAST-SEEN FACTS.
            # Bulkhead writes this. Remove a line to have its image found out again.
            """;

    private static final Comparator<RecordedImage> NEWEST_FIRST =
            Comparator.comparing(RecordedImage::lastRun).reversed().thenComparing(RecordedImage::key);

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

    /**
     * What is known by these records. One pod's status is not enough to deny others an image that its registry or the table
     * knows as one that does not run as root.
     */
    public ImageLookup lookup() {
        if (byKey.isEmpty()) {
            return ImageLookup.NONE;
        }
        return image -> {
            ImageKnowledge running = knowledge(image, Origin.RUNNING);
            ImageKnowledge registry = knowledge(image, Origin.REGISTRY);
            ImageKnowledge others =
                    KnownImages.LOOKUP.find(image).map(registry::orElse).orElse(registry);
            ImageKnowledge seen = isRoot(running) && others.user().isPresent() && !isRoot(others)
                    ? ImageKnowledge.ofUser(new ImageUser.Disputed(), Origin.RUNNING.source())
                    : running;
            return Optional.of(seen.orElse(registry)).filter(known -> !known.equals(ImageKnowledge.NONE));
        };
    }

    private static boolean isRoot(ImageKnowledge known) {
        return known.user()
                .filter(user -> user.value() instanceof ImageUser.Root)
                .isPresent();
    }

    private ImageKnowledge knowledge(ImageReference image, Origin origin) {
        return find(RecordedImage.nameOf(image), origin)
                .map(RecordedImage::knowledge)
                .orElse(ImageKnowledge.NONE);
    }

    /**
     * The same with what runs now. An image that runs stays, except that a tag is known as root only for a few days after a
     * pod told so last. A digest that ran as another user before is known as one whose user differs; a tag has the user of
     * the version that came into use last. Others are forgotten in time.
     *
     * <p>If there are too many, those go first that no longer run and were unseen for the longest, then those that are new and
     * run in the fewest namespaces.
     *
     * @param running the images of which containers run, by name
     */
    public ImageRecords with(Map<String, RunningImage> running, LocalDate today) {
        return with(running, List.of(), today);
    }

    /**
     * The same with what runs now, and with what registries said now. What a registry said of a tag is forgotten like a tag
     * that was root, whatever runs, so that it is asked again.
     */
    public ImageRecords with(Map<String, RunningImage> running, List<RecordedImage> answers, LocalDate today) {
        Map<String, RecordedImage> merged = new HashMap<>();
        for (RecordedImage image : byKey.values()) {
            boolean depended = running.containsKey(image.image()) && !isPassing(image);
            if (depended || image.lastRun().isAfter(lastDayBefore(image, today))) {
                merged.put(image.key(), image.seenUntil(today));
            }
        }
        answers.forEach(image -> merged.put(image.key(), image));
        // By digest first, because what is known of a digest counts for the tags that stand for it.
        running.forEach((name, image) -> {
            String key = RecordedImage.keyOf(name, Origin.RUNNING);
            if (isDigest(name)) {
                Optional<ObservedUser> before = user(merged, name);
                image.user()
                        .map(user -> before.map(user::and).orElse(user))
                        .or(() -> before)
                        .ifPresent(user -> merged.put(key, RecordedImage.running(name, user, today)));
            }
        });
        running.forEach((name, image) -> {
            String key = RecordedImage.keyOf(name, Origin.RUNNING);
            if (!isDigest(name)) {
                new RecordedTag(name, Optional.ofNullable(merged.get(key)), digest -> user(merged, digest), today)
                        .now(image)
                        .ifPresentOrElse(now -> merged.put(key, now), () -> merged.remove(key));
            }
        });
        return bounded(merged, running, today);
    }

    private static Optional<ObservedUser> user(Map<String, RecordedImage> byKey, String name) {
        return Optional.ofNullable(byKey.get(RecordedImage.keyOf(name, Origin.RUNNING)))
                .flatMap(RecordedImage::user);
    }

    private static boolean isDigest(String name) {
        return name.indexOf('@') >= 0;
    }

    /** Whether it may be different with the next version. */
    private static boolean isPassing(RecordedImage image) {
        return (image.isRoot() || image.origin() == Origin.REGISTRY) && !isDigest(image.image());
    }

    private static LocalDate lastDayBefore(RecordedImage image, LocalDate today) {
        return today.minusDays(1L + (isPassing(image) ? DAYS_OF_ROOT : DAYS));
    }

    private ImageRecords bounded(
            Map<String, RecordedImage> merged, Map<String, RunningImage> running, LocalDate today) {
        Comparator<RecordedImage> runningFirst = Comparator.comparing(
                image -> running.containsKey(image.image()) ? (byKey.containsKey(image.key()) ? 0 : 1) : 2);
        Map<String, List<RecordedImage>> byRepository = new HashMap<>();
        for (RecordedImage image : merged.values()) {
            byRepository
                    .computeIfAbsent(image.repository(), repository -> new ArrayList<>(1))
                    .add(image);
        }
        List<RecordedImage> inOrder = new ArrayList<>(merged.size());
        for (List<RecordedImage> images : byRepository.values()) {
            images.sort(runningFirst.thenComparing(NEWEST_FIRST));
            inOrder.addAll(images.subList(0, Math.min(images.size(), MOST_OF_REPOSITORY)));
        }
        LocalDate lately = today.minusDays(DAYS_OF_PRECEDENCE);
        inOrder.sort(Comparator.comparing((RecordedImage image) -> {
                    if (byKey.containsKey(image.key()) && !image.lastRun().isBefore(lately)) {
                        return 0;
                    }
                    return running.containsKey(image.image()) ? 1 : 2;
                })
                .thenComparing(image -> -namespaces(running, image))
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

    private static int namespaces(Map<String, RunningImage> running, RecordedImage image) {
        RunningImage now = running.get(image.image());
        return now == null ? 0 : now.namespaces();
    }
}
