package dev.bulkhead.engine.preview;

import dev.bulkhead.engine.image.ImageKnowledge;
import dev.bulkhead.engine.image.ImageKnowledge.Paths;
import dev.bulkhead.engine.image.ImageLookup;
import dev.bulkhead.engine.image.ImageReference;
import dev.bulkhead.engine.image.ImageSetting;
import dev.bulkhead.engine.image.ImageUser;
import dev.bulkhead.engine.preview.HardenedImages.Tally;
import dev.bulkhead.engine.report.ReportedFinding;
import dev.bulkhead.engine.report.ReportedWorkload;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.Note;
import dev.bulkhead.engine.rule.RuleSettings;
import dev.bulkhead.engine.rule.Starts;
import dev.bulkhead.engine.text.SafeText;
import dev.bulkhead.engine.workload.ImmutableCopies;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Whether workloads start with what would be filled in, by all that is known of them: what the rules note, what their own
 * pods show, how the same images fare elsewhere, and what their containers have written.
 */
public final class StartForecast {
    private static final String RUN_AS_NON_ROOT = "runAsNonRoot";
    private static final String READ_ONLY = "readOnlyRootFilesystem";

    /** The rules whose fields keep programs from starting, in the order in which a sentence lists them. */
    static final List<String> RULES = List.of(RUN_AS_NON_ROOT, READ_ONLY, "capabilities_restricted");

    private static final String STATUS = "the status of its pods";
    private static final int LONGEST_NAME = 120;
    private static final int KIBI = 1024;

    private final ImageLookup images;
    private final HardenedImages hardened;

    /**
     * A forecast by what is known now.
     *
     * @param hardened has counted every pod that is known
     */
    public StartForecast(ImageLookup images, HardenedImages hardened) {
        this.images = images;
        this.hardened = hardened;
    }

    /** Whether a workload starts, and how that is known. */
    public record Forecast(Starts starts, List<Evidence> evidence) {
        /** Nothing is filled in. */
        static final Forecast NONE = new Forecast(Starts.YES, List.of());

        public Forecast {
            evidence = List.copyOf(evidence);
        }
    }

    /**
     * What is known of a workload besides its specification.
     *
     * @param images of its containers, by their names, as they are written
     * @param settings what its policies say of images
     * @param pods what its pods show
     */
    public record Known(Map<String, String> images, RuleSettings settings, OwnPods pods) {
        public Known {
            images = ImmutableCopies.of(images);
        }
    }

    /** The forecast for a workload. */
    public Forecast of(ReportedWorkload workload, Known known) {
        Set<String> filledIn = workload.leadingTo(Action.HARDEN).stream()
                .map(finding -> finding.rule().id())
                .collect(Collectors.toCollection(TreeSet::new));
        return filledIn.isEmpty() ? Forecast.NONE : new OfOne(workload, known, filledIn).forecast();
    }

    /** The forecast for one workload. */
    private final class OfOne {
        private final ReportedWorkload workload;
        private final Known known;
        private final List<String> rules;
        private final List<Evidence> evidence = new ArrayList<>();

        OfOne(ReportedWorkload workload, Known known, Set<String> filledIn) {
            this.workload = workload;
            this.known = known;
            this.rules = RULES.stream().filter(filledIn::contains).toList();
        }

        Forecast forecast() {
            for (Note note : workload.notes()) {
                if (note.starts() != Starts.YES) {
                    add(Evidence.Kind.NOTE, Optional.empty(), note.message(), note.source(), note.starts());
                }
            }
            boolean proven = !rules.isEmpty() && !known.images().isEmpty();
            for (Map.Entry<String, String> container : known.images().entrySet()) {
                proven &= ofContainer(container.getKey(), container.getValue());
            }
            Starts starts = workload.starts();
            for (Evidence one : evidence) {
                starts = starts.and(one.starts());
            }
            return new Forecast(proven ? Starts.YES : starts, evidence);
        }

        /** Returns whether the workload's own pods prove that it starts. */
        private boolean ofContainer(String name, String written) {
            String image = ImageName.of(written);
            addRunningUser(name);
            addImage(name, written);
            boolean proven = addOwnPods(name, image);
            addOtherPods(name, image);
            addWritten(name, written);
            return proven;
        }

        private void add(
                Evidence.Kind kind, Optional<String> container, String sentence, String source, Starts starts) {
            evidence.add(new Evidence(kind, container, sentence, source, starts));
        }

        private void addRunningUser(String name) {
            Set<Long> users = known.pods().users(name);
            if (users.isEmpty()) {
                return;
            }
            boolean root = users.contains(0L) && rules.contains(RUN_AS_NON_ROOT);
            add(
                    Evidence.Kind.RUNNING_USER,
                    Optional.of(name),
                    quoted(name) + " runs as "
                            + users.stream()
                                    .map(user -> user == 0 ? "root" : "user " + user)
                                    .collect(Collectors.joining(" and "))
                            + " now" + (root ? "; with " + RUN_AS_NON_ROOT + " it does not" : ""),
                    STATUS,
                    root ? Starts.UNKNOWN : Starts.YES);
        }

        private void addImage(String name, String written) {
            Optional<ImageReference> image = ImageReference.parse(written);
            Optional<ImageSetting> setting = image.flatMap(known.settings()::imageSetting);
            setting.flatMap(StartForecast::sayings)
                    .ifPresent(says -> add(
                            Evidence.Kind.IMAGE,
                            Optional.of(name),
                            imageOf(written) + " " + says,
                            "the policy",
                            Starts.YES));
            Optional<ImageKnowledge> knowledge = image.flatMap(images::find);
            knowledge
                    .flatMap(ImageKnowledge::user)
                    .ifPresent(user -> add(
                            Evidence.Kind.IMAGE,
                            Optional.of(name),
                            imageOf(written) + " runs as " + described(user.value()),
                            user.source(),
                            Starts.YES));
            knowledge
                    .flatMap(ImageKnowledge::paths)
                    .ifPresent(paths -> add(
                            Evidence.Kind.IMAGE,
                            Optional.of(name),
                            imageOf(written) + " " + described(paths.value()),
                            paths.source(),
                            Starts.YES));
        }

        private boolean addOwnPods(String name, String image) {
            boolean proven = true;
            for (Map.Entry<Tally, List<String>> group :
                    tallies(rules, rule -> known.pods().of(name, image, rule))) {
                Tally tally = group.getKey();
                String what = counted(tally.containers(), "of its pods has", "of its pods have") + " these filled in: "
                        + String.join(", ", group.getValue());
                proven &= tally.steady() > 0 && tally.faulty() == 0;
                if (tally.faulty() > 0) {
                    add(
                            Evidence.Kind.OWN_PODS,
                            Optional.of(name),
                            quoted(name) + " does not start in " + tally.faulty() + " of its pods, because "
                                    + tally.cause()
                                    + known.pods()
                                            .refusedPath(name)
                                            .map(path -> " (it writes to " + SafeText.line(path, LONGEST_NAME) + ")")
                                            .orElse(""),
                            STATUS,
                            Starts.NO);
                } else if (tally.containers() > 0) {
                    add(
                            Evidence.Kind.OWN_PODS,
                            Optional.of(name),
                            quoted(name) + ": " + what + ", " + fares(tally),
                            STATUS,
                            Starts.YES);
                }
            }
            return proven;
        }

        private void addOtherPods(String name, String image) {
            for (Map.Entry<Tally, List<String>> group : tallies(
                    rules, rule -> hardened.elsewhere(image, rule, known.pods().byImage()))) {
                Tally tally = group.getKey();
                if (tally.containers() == 0) {
                    continue;
                }
                boolean doubtful = tally.faulty() > 0 || tally.steady() == 0;
                add(
                        Evidence.Kind.OTHER_PODS,
                        Optional.of(name),
                        tally.faulty() > 0
                                ? imageOf(image) + " does not start in " + tally.faulty() + " of "
                                        + counted(tally.containers(), "other container", "other containers")
                                        + " with " + String.join(", ", group.getValue()) + " filled in, because "
                                        + tally.cause()
                                : imageOf(image) + " runs in "
                                        + counted(tally.containers(), "other container", "other containers") + " with "
                                        + String.join(", ", group.getValue()) + " filled in, " + fares(tally),
                        "the status of other pods",
                        doubtful ? Starts.UNKNOWN : Starts.YES);
            }
        }

        private void addWritten(String name, String image) {
            long bytes = known.pods().written(name);
            boolean readOnly =
                    workload.leadingTo(Action.HARDEN).stream().anyMatch(finding -> isReadOnlyRootOf(finding, name));
            if (bytes == 0 || !readOnly) {
                return;
            }
            boolean scratch = ImageReference.parse(image)
                    .filter(of -> known.settings()
                                    .imageSetting(of)
                                    .flatMap(ImageSetting::scratch)
                                    .isPresent()
                            || images.find(of)
                                    .flatMap(ImageKnowledge::paths)
                                    .filter(paths -> paths.value().complete())
                                    .isPresent())
                    .isPresent();
            add(
                    Evidence.Kind.ROOT_FILE_SYSTEM,
                    Optional.of(name),
                    quoted(name) + " has written " + size(bytes) + " to its root file system since it started"
                            + (scratch ? ", where its image is known to write" : ""),
                    "the kubelet of its node",
                    scratch ? Starts.YES : Starts.UNKNOWN);
        }
    }

    private interface TallyOfRule {
        Tally of(String ruleId);
    }

    /** The rules with equal tallies together. */
    private static Set<Map.Entry<Tally, List<String>>> tallies(List<String> rules, TallyOfRule tally) {
        Map<Tally, List<String>> byTally = new LinkedHashMap<>();
        rules.forEach(rule -> byTally.computeIfAbsent(tally.of(rule), key -> new ArrayList<>())
                .add(rule));
        return byTally.entrySet();
    }

    private static boolean isReadOnlyRootOf(ReportedFinding finding, String container) {
        return finding.rule().id().equals(READ_ONLY)
                && finding.container().filter(container::equals).isPresent();
    }

    private static String fares(Tally tally) {
        if (tally.restarts() == 0) {
            return tally.steady() == tally.containers() ? "without a restart" : "not all of them ready";
        }
        return "restarted " + counted(tally.restarts(), "time", "times");
    }

    private static Optional<String> sayings(ImageSetting setting) {
        List<String> sayings = new ArrayList<>();
        setting.user().ifPresent(user -> sayings.add("is given user " + user));
        setting.scratch()
                .ifPresent(paths -> sayings.add(
                        paths.isEmpty() ? "is given no other scratch" : "is given scratch at " + listed(paths)));
        return sayings.isEmpty() ? Optional.empty() : Optional.of(String.join(" and ", sayings));
    }

    private static String described(ImageUser user) {
        if (user instanceof ImageUser.Numeric numeric) {
            return "user " + numeric.uid();
        }
        if (user instanceof ImageUser.Named named) {
            return "user \"" + SafeText.line(named.name(), LONGEST_NAME) + "\""
                    + named.id().map(id -> " (" + id + ")").orElse("");
        }
        if (user instanceof ImageUser.Observed observed) {
            return "user " + observed.id();
        }
        return user instanceof ImageUser.Root ? "root" : "root in one place and as another user elsewhere";
    }

    private static String described(Paths paths) {
        List<String> all = new ArrayList<>(paths.writes());
        all.addAll(paths.shipsFilesIn());
        String other = paths.complete() ? "nowhere else" : "perhaps elsewhere";
        return all.isEmpty() ? "writes to /tmp and " + other : "writes to " + listed(all) + ", and " + other;
    }

    private static String listed(List<String> paths) {
        return SafeText.line(String.join(", ", paths), LONGEST_NAME);
    }

    private static String size(long bytes) {
        return bytes < (long) KIBI * KIBI ? bytes / KIBI + " KiB" : bytes / KIBI / KIBI + " MiB";
    }

    private static String counted(int count, String one, String several) {
        return count + " " + (count == 1 ? one : several);
    }

    private static String quoted(String container) {
        return "container \"" + SafeText.line(container, LONGEST_NAME) + "\"";
    }

    private static String imageOf(String image) {
        return "image " + SafeText.line(image, LONGEST_NAME);
    }
}
