package dev.bulkhead.engine.image;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What was found out of an image, as one line: {@code IMAGE ORIGIN DATE KEY=VALUE…}, such as {@code
 * docker.io/acme/web:1 running 2026-11-27 user=1000:1000}. No image can be named so that it makes two lines.
 *
 * @param image the image, as {@link #nameOf} has it
 * @param seen the day when it was last so
 * @param facts by their keys, in their order; no value holds spaces
 */
public record RecordedImage(String image, Origin origin, LocalDate seen, Map<String, String> facts) {
    /** The longest line. The longest names in use have a tenth of it. */
    static final int LONGEST = 600;

    /** Of {@link Origin#RUNNING}: as whom it runs. */
    static final String USER = "user";

    /** Of a tag: the beginning of the digest that it stood for then. */
    static final String DIGEST = "digest";

    /** Of a tag: the last day on which it ran as another digest, of which no user is known. */
    static final String MOVED = "moved";

    /** Enough to tell versions of a tag from each other. */
    private static final int DIGEST_DIGITS = 16;

    private static final Pattern SPACES = Pattern.compile(" +");
    private static final Pattern FACT = Pattern.compile("[a-z][a-zA-Z]{0,31}=[!-~]+");

    /** How it was found out. */
    public enum Origin {
        /** A container of it runs, or ran. */
        RUNNING("running", "a container that runs or ran in this cluster"),
        /** Its registry says so. */
        REGISTRY("registry", "its registry");

        private final String word;
        private final String source;

        Origin(String word, String source) {
            this.word = word;
            this.source = source;
        }

        /** As a message says it. */
        public String source() {
            return source;
        }

        static Optional<Origin> of(String word) {
            return List.of(values()).stream()
                    .filter(origin -> origin.word.equals(word))
                    .findFirst();
        }
    }

    public RecordedImage {
        facts = Collections.unmodifiableMap(new TreeMap<>(facts));
    }

    /** As whom containers of it run. */
    public static RecordedImage running(String image, ObservedUser user, LocalDate seen) {
        return new RecordedImage(image, Origin.RUNNING, seen, Map.of(USER, user.toString()));
    }

    /**
     * What its registry says of it; empty if that says not as whom it runs, or no line can hold it. Paths that do not fit
     * are left out.
     */
    public static Optional<RecordedImage> answered(String image, ImageKnowledge known, LocalDate asked) {
        return Stream.of(true, false)
                .flatMap(withPaths -> RegistryFacts.of(known, withPaths).stream())
                .map(facts -> new RecordedImage(image, Origin.REGISTRY, asked, facts))
                .filter(record -> record.line().isPresent())
                .findFirst();
    }

    /** The name of an image: the repository with the digest, else with the tag, which is {@code latest} by default. */
    public static String nameOf(ImageReference image) {
        return image.repository()
                + image.digest()
                        .map(digest -> "@" + digest)
                        .orElseGet(() -> ":" + image.tag().orElse("latest"));
    }

    /** The same, of a tag that stood for that digest, where it is known. */
    RecordedImage ofDigest(Optional<String> digest) {
        return digest.map(known -> with(DIGEST, shortened(known))).orElse(this);
    }

    /** The same, of a tag that stands for another digest now. */
    RecordedImage movedOn(LocalDate day) {
        return with(MOVED, day.toString());
    }

    private RecordedImage with(String fact, String value) {
        Map<String, String> more = new TreeMap<>(facts);
        more.put(fact, value);
        return new RecordedImage(image, origin, seen, more);
    }

    /** The beginning of the digest that the tag stood for when its user was seen. */
    Optional<String> digest() {
        return Optional.ofNullable(facts.get(DIGEST));
    }

    /** A digest as the record has it. */
    static String shortened(String digest) {
        return digest.substring(0, Math.min(digest.length(), digest.indexOf(':') + 1 + DIGEST_DIGITS));
    }

    private Optional<LocalDate> moved() {
        return Optional.ofNullable(facts.get(MOVED)).map(LocalDate::parse);
    }

    /** Whether it is a tag that stands for another digest now. */
    boolean isMoved() {
        return facts.containsKey(MOVED);
    }

    /** The last day on which a container of it ran, whatever its version. */
    LocalDate lastRun() {
        return moved().filter(day -> day.isAfter(seen)).orElse(seen);
    }

    /** The repository. */
    String repository() {
        int at = image.indexOf('@');
        return image.substring(0, at < 0 ? image.lastIndexOf(':') : at);
    }

    /** The user that containers of it were seen to run as. */
    Optional<ObservedUser> user() {
        return Optional.ofNullable(facts.get(USER)).flatMap(ObservedUser::parse);
    }

    /** What the line says. */
    ImageKnowledge knowledge() {
        if (origin == Origin.REGISTRY) {
            return RegistryFacts.knowledge(facts, origin.source()).orElse(ImageKnowledge.NONE);
        }
        return user().flatMap(ObservedUser::asImageUser)
                .map(user -> moved().isPresent() && user instanceof ImageUser.Observed observed
                        ? new ImageUser.Observed(observed.id(), true)
                        : user)
                .map(user -> ImageKnowledge.ofUser(user, origin.source()))
                .orElse(ImageKnowledge.NONE);
    }

    /** Whether it runs as root. */
    boolean isRoot() {
        return knowledge()
                .user()
                .filter(user -> user.value() instanceof ImageUser.Root)
                .isPresent();
    }

    /** The same, seen no later than on that day. */
    RecordedImage seenUntil(LocalDate day) {
        RecordedImage capped = moved().filter(moved -> moved.isAfter(day)).isPresent() ? movedOn(day) : this;
        return seen.isAfter(day) ? new RecordedImage(image, origin, day, capped.facts) : capped;
    }

    /** What tells it from other lines. */
    String key() {
        return keyOf(image, origin);
    }

    static String keyOf(String image, Origin origin) {
        return image + " " + origin.word;
    }

    /** The line; empty if it would be too long. */
    Optional<String> line() {
        String line = key() + " " + seen
                + facts.entrySet().stream()
                        .map(fact -> " " + fact.getKey() + "=" + fact.getValue())
                        .collect(Collectors.joining());
        return line.length() <= LONGEST ? Optional.of(line) : Optional.empty();
    }

    /** Reads a line; empty if it is none. */
    static Optional<RecordedImage> parse(String line) {
        if (line.length() > LONGEST) {
            return Optional.empty();
        }
        String[] cells = SPACES.split(line, -1);
        Optional<Origin> origin = cells.length < 4 ? Optional.empty() : Origin.of(cells[1]);
        boolean isNamed = ImageReference.parse(cells[0])
                .filter(image -> nameOf(image).equals(cells[0]))
                .isPresent();
        if (origin.isEmpty() || !isNamed) {
            return Optional.empty();
        }
        Map<String, String> facts = new TreeMap<>();
        for (String cell : List.of(cells).subList(3, cells.length)) {
            int equals = cell.indexOf('=');
            if (!FACT.matcher(cell).matches()
                    || facts.put(cell.substring(0, equals), cell.substring(equals + 1)) != null) {
                return Optional.empty();
            }
        }
        try {
            RecordedImage image = new RecordedImage(cells[0], origin.get(), LocalDate.parse(cells[2]), facts);
            return image.isSound() ? Optional.of(image) : Optional.empty();
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** Whether it has the facts that its origin tells. */
    private boolean isSound() {
        // What is no day throws.
        return origin == Origin.RUNNING
                ? user().isPresent() && !lastRun().isBefore(seen)
                : knowledge().user().isPresent();
    }
}
