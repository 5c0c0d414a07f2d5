package dev.bulkhead.engine.image;

import dev.bulkhead.engine.image.ImageUser.UserId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What is known of an image. Each fact says where it is known from, because several sources may each know a part.
 *
 * @param user as whom it runs where the pod names no user; empty if not known
 * @param runsAs a user other than root as whom it is known to work, although it names another one
 * @param paths where it writes; empty if not known
 * @param ports the TCP ports that it listens on unless it is configured otherwise; empty if not known
 * @param requires the capabilities without which its program does not even start, because the file carries them; empty if
 *     not known
 */
public record ImageKnowledge(
        Optional<Fact<ImageUser>> user,
        Optional<Fact<UserId>> runsAs,
        Optional<Fact<Paths>> paths,
        Optional<Fact<List<Integer>>> ports,
        Optional<Fact<List<String>>> requires) {
    /** Nothing. */
    public static final ImageKnowledge NONE = new ImageKnowledge(
            Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    public ImageKnowledge {
        ports = ports.map(fact -> new Fact<>(List.copyOf(fact.value()), fact.source()));
        requires = requires.map(fact -> new Fact<>(List.copyOf(fact.value()), fact.source()));
    }

    /**
     * Something that is known.
     *
     * @param source where from, as a message says it
     */
    public record Fact<T>(T value, String source) {}

    /**
     * Where an image writes besides {@code /tmp}.
     *
     * @param writes the paths that get an empty volume
     * @param shipsFilesIn the paths where it has files, which an empty volume would hide
     * @param volumes those of {@code writes} of which nothing is known but that they are its volumes: it may have files there
     * @param complete whether it is known to write nowhere else
     */
    public record Paths(List<String> writes, List<String> shipsFilesIn, List<String> volumes, boolean complete) {
        /** It writes nowhere else. */
        public static final Paths NONE = new Paths(List.of(), List.of());

        public Paths {
            writes = List.copyOf(writes);
            shipsFilesIn = List.copyOf(shipsFilesIn);
            volumes = List.copyOf(volumes);
        }

        /** All paths where it writes; it has files in none of the first. */
        public Paths(List<String> writes, List<String> shipsFilesIn) {
            this(writes, shipsFilesIn, List.of(), true);
        }

        /** The volumes that its configuration names. It may write elsewhere, too. */
        public static Paths ofVolumes(List<String> volumes) {
            return new Paths(volumes, List.of(), volumes, false);
        }

        /** These and the other ones; where one of the two knows of files, there are files. */
        Paths and(Paths other) {
            Set<String> files = new LinkedHashSet<>(shipsFilesIn);
            files.addAll(other.shipsFilesIn);
            Set<String> written = new LinkedHashSet<>(writes);
            written.addAll(other.writes);
            written.removeAll(files);
            Set<String> unsure = new LinkedHashSet<>(written);
            unsure.removeAll(withoutFiles());
            unsure.removeAll(other.withoutFiles());
            return new Paths(
                    new ArrayList<>(written),
                    new ArrayList<>(files),
                    new ArrayList<>(unsure),
                    complete || other.complete);
        }

        private Set<String> withoutFiles() {
            Set<String> known = new LinkedHashSet<>(writes);
            volumes.forEach(known::remove);
            return known;
        }
    }

    /** Its user, and nothing else. */
    public static ImageKnowledge ofUser(ImageUser user, String source) {
        return new ImageKnowledge(
                Optional.of(new Fact<>(user, source)),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /**
     * The same, with what only the other one knows: also the number of a user's name, the group and the name of a user that
     * was seen, and further paths.
     */
    public ImageKnowledge orElse(ImageKnowledge other) {
        return new ImageKnowledge(
                isNumberOf(other.user, user)
                        ? other.user
                        : user.map(own -> named(own, other)).or(other::user),
                runsAs.or(other::runsAs),
                together(paths, other.paths),
                ports.or(other::ports),
                requires.or(other::requires));
    }

    private static boolean isNumberOf(Optional<Fact<ImageUser>> one, Optional<Fact<ImageUser>> other) {
        return one.isPresent()
                && other.isPresent()
                && one.get().value() instanceof ImageUser.Named numbered
                && other.get().value() instanceof ImageUser.Named named
                && numbered.name().equals(named.name())
                && numbered.id().isPresent()
                && named.id().isEmpty();
    }

    /** The runtime reports group 0 for a user that the image does not list, whatever group the image names. */
    private static Fact<ImageUser> named(Fact<ImageUser> one, ImageKnowledge other) {
        if (!(one.value() instanceof ImageUser.Observed seen) || other.user.isEmpty()) {
            return one;
        }
        ImageUser by = other.user.get().value();
        Optional<UserId> known = Optional.empty();
        if (by instanceof ImageUser.Numeric numeric) {
            known = Optional.of(new UserId(numeric.uid(), numeric.gid()));
        } else if (by instanceof ImageUser.Named name) {
            known = name.id();
        }
        if (known.filter(id -> id.uid() == seen.id().uid()).isEmpty()) {
            return one;
        }
        UserId id = new UserId(seen.id().uid(), known.get().gid().or(seen.id()::gid));
        ImageUser user = by instanceof ImageUser.Named name
                ? new ImageUser.Named(name.name(), Optional.of(id))
                : new ImageUser.Observed(id);
        return user.equals(seen)
                ? one
                : new Fact<>(user, one.source() + "; " + other.user.get().source());
    }

    private static Optional<Fact<Paths>> together(Optional<Fact<Paths>> one, Optional<Fact<Paths>> other) {
        if (one.isEmpty() || other.isEmpty()) {
            return one.or(() -> other);
        }
        Paths all = one.get().value().and(other.get().value());
        if (all.equals(one.get().value())) {
            return one;
        }
        return all.equals(other.get().value())
                ? other
                : Optional.of(
                        new Fact<>(all, one.get().source() + "; " + other.get().source()));
    }

    /** Where it is known to write, without the paths where it is known to have files. */
    public List<String> writes() {
        return paths.map(fact -> fact.value().writes()).orElse(List.of());
    }
}
