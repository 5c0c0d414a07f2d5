package dev.bulkhead.engine.image;

import dev.bulkhead.engine.image.RunningImage.Version;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What is recorded of a tag that runs. A tag can be moved, so its user is that of the version that came into use last; if no
 * pod tells that one's user, because it was filled in, the number of an earlier version is kept and marked as such.
 */
final class RecordedTag {
    private final String tag;
    private final Optional<RecordedImage> before;
    private final Function<String, Optional<ObservedUser>> ofDigest;
    private final LocalDate today;

    /**
     * @param before what is recorded of it
     * @param ofDigest what is recorded of an image by its digest
     */
    RecordedTag(
            String tag,
            Optional<RecordedImage> before,
            Function<String, Optional<ObservedUser>> ofDigest,
            LocalDate today) {
        this.tag = tag;
        this.before = before;
        this.ofDigest = ofDigest;
        this.today = today;
    }

    /** What is to be recorded; empty if nothing is known. */
    Optional<RecordedImage> now(RunningImage running) {
        List<Version> newestFirst = running.versions().stream()
                .sorted(Comparator.comparing(Version::since).reversed())
                .toList();
        String last = newestFirst.get(0).since();
        List<Version> newest = newestFirst.stream()
                .filter(version -> version.since().equals(last))
                .filter(version -> user(version).isPresent())
                .toList();
        Optional<ObservedUser> user =
                newest.stream().map(this::user).flatMap(Optional::stream).reduce(ObservedUser::and);
        if (user.isEmpty()) {
            return ofEarlier(newestFirst);
        }
        if (isRoot(user.get())
                && newest.stream().allMatch(version -> version.user().isEmpty())) {
            // Renewed only by a pod that tells it: the next version may not be root, and nobody would see it run.
            return before;
        }
        RecordedImage now = RecordedImage.running(tag, user.get(), today);
        return Optional.of(user.get() instanceof ObservedUser.Single ? now.ofDigest(digest(newest)) : now);
    }

    /** The digest whose user is known, if it is one. */
    private Optional<String> digest(List<Version> newest) {
        List<String> digests = newest.stream()
                .filter(version -> known(version).isPresent())
                .map(Version::digest)
                .flatMap(Optional::stream)
                .distinct()
                .toList();
        return digests.isEmpty()
                ? before.flatMap(RecordedImage::digest)
                : Optional.of(digests.get(0)).filter(digest -> digests.size() == 1);
    }

    /** As nothing is known of the newest version. */
    private Optional<RecordedImage> ofEarlier(List<Version> newestFirst) {
        return before.filter(image -> image.user().filter(RecordedTag::isNumber).isPresent())
                .or(() -> newestFirst.stream()
                        .filter(version ->
                                user(version).filter(RecordedTag::isNumber).isPresent())
                        .findFirst()
                        .map(version -> RecordedImage.running(tag, user(version).orElseThrow(), today)
                                .ofDigest(version.digest())))
                .map(image -> image.movedOn(today));
    }

    /** The user of a version; that of the tag where nothing says that it is another version. */
    private Optional<ObservedUser> user(Version version) {
        return known(version)
                .or(() -> before.filter(image -> !image.isMoved()
                                && (image.digest().isEmpty() || version.digest().isEmpty()))
                        .flatMap(RecordedImage::user));
    }

    /** The same by its pods, by the record of its digest, and by that of the tag if it is of this version. */
    private Optional<ObservedUser> known(Version version) {
        Optional<ObservedUser> byDigest = version.digest()
                .flatMap(digest -> ofDigest.apply(repository() + "@" + digest))
                .filter(user -> !isRoot(user));
        Optional<ObservedUser> byTag = before.filter(
                        image -> image.digest().equals(version.digest().map(RecordedImage::shortened)))
                .filter(image -> !image.isMoved() || image.digest().isPresent())
                .flatMap(RecordedImage::user);
        return Stream.of(version.user(), byDigest, byTag)
                .flatMap(Optional::stream)
                .reduce(ObservedUser::and);
    }

    private String repository() {
        return tag.substring(0, tag.lastIndexOf(':'));
    }

    private static boolean isRoot(ObservedUser user) {
        return user instanceof ObservedUser.Single single && single.uid() == 0;
    }

    private static boolean isNumber(ObservedUser user) {
        return user instanceof ObservedUser.Single single && single.uid() != 0;
    }
}
