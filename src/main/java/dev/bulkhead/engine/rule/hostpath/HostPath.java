package dev.bulkhead.engine.rule.hostpath;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A path on the host, as the node would follow it. Kubernetes hands the text to the node as it stands, so that one file
 * has many names; here they become one.
 *
 * <p>Where a text can be read in more than one way (as Windows would, or with a {@code ..} behind a symbolic link), all
 * readings count. A text that no reading does justice to leads anywhere: it reaches every place.
 */
public final class HostPath {
    /** Linux' PATH_MAX, which counts the final zero. */
    private static final int MOST_BYTES = 4095;

    /** Linux' NAME_MAX. */
    private static final int MOST_BYTES_IN_NAME = 255;

    /** No path that is written with a way back up, or as on Windows, has more; to try all its readings takes time. */
    private static final int MOST_NAMES_OF_MANY_READINGS = 64;

    private final String written;
    private final boolean onWindows;
    private final List<List<String>> readings;
    private final Optional<String> doubt;

    private HostPath(String written, boolean onWindows, List<List<String>> readings, Optional<String> doubt) {
        this.written = written;
        this.onWindows = onWindows;
        this.readings = List.copyOf(readings);
        this.doubt = doubt;
    }

    /**
     * Reads a path.
     *
     * @param written as it stands in the manifest, absolute or not
     * @param onWindows whether the node runs Windows; a path that is spelled as on Windows is read so in any case
     */
    public static HostPath of(String written, boolean onWindows) {
        Optional<String> flaw = flaw(written);
        if (flaw.isPresent()) {
            return new HostPath(written, onWindows, List.of(), flaw);
        }
        List<List<String>> spelled = new ArrayList<>(2);
        spelled.add(HostPathLinks.names(written));
        if (onWindows || WindowsHostPath.isSpelledSo(written)) {
            Optional<List<String>> names = WindowsHostPath.names(written, onWindows);
            if (names.isEmpty()) {
                return leadingAnywhere("it takes a detour that only Windows can follow");
            }
            spelled.add(names.get());
        }
        List<List<String>> readings = new ArrayList<>(4);
        for (List<String> names : spelled) {
            if (names.size() > MOST_NAMES_OF_MANY_READINGS && (spelled.size() > 1 || names.contains(".."))) {
                return leadingAnywhere("it is deeper than it can be followed");
            }
            for (List<String> way : HostPathLinks.waysOf(names)) {
                Optional<List<String>> followed = HostPathLinks.follow(way);
                if (followed.isEmpty()) {
                    return leadingAnywhere("it passes a link that leads wherever a process has something open");
                }
                readings.add(followed.get());
            }
        }
        return new HostPath(written, onWindows, readings, Optional.empty());
    }

    /**
     * The path that leads from this one to a place below it.
     *
     * @param subPath as a mount writes it
     */
    HostPath below(String subPath) {
        if (doubt.isPresent()) {
            return this;
        }
        String whole = written + "/" + subPath;
        if (hasManyReadings() || needsWholeText(whole, subPath)) {
            return of(whole, onWindows);
        }
        Optional<String> flaw = flaw(subPath);
        if (flaw.isPresent()) {
            return new HostPath(whole, onWindows, List.of(), flaw);
        }
        // What was followed once is not followed again for each of its mounts.
        return HostPathLinks.follow(readings.get(0), HostPathLinks.names(subPath))
                .map(followed -> new HostPath(whole, onWindows, List.of(followed), Optional.empty()))
                .orElseGet(() -> leadingAnywhere("it passes a link that leads wherever a process has something open"));
    }

    /** Whether the text can be read in more ways than one. */
    boolean hasManyReadings() {
        return readings.size() > 1;
    }

    private boolean needsWholeText(String whole, String subPath) {
        return onWindows
                // No character takes more than three bytes for each of its chars.
                || (3L * whole.length() > MOST_BYTES && bytes(whole) > MOST_BYTES)
                || WindowsHostPath.isSpelledSo(whole)
                || HostPathLinks.names(subPath).contains("..");
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** A path of which nothing more is known. */
    static HostPath leadingAnywhere(String why) {
        return new HostPath("", false, List.of(), Optional.of(why));
    }

    /** Why the text names no file for certain; such a path may be stored as other bytes than are seen here. */
    private static Optional<String> flaw(String written) {
        if (written.length() > MOST_BYTES) {
            return Optional.of("it is longer than a path can be");
        }
        int bytes = 0;
        int bytesInName = 0;
        boolean longName = false;
        int c;
        for (int i = 0; i < written.length(); i += Character.charCount(c)) {
            c = written.codePointAt(i);
            if (Character.isISOControl(c)) {
                return Optional.of("it contains a control character");
            }
            if (c == 0xFFFD || Character.getType(c) == Character.SURROGATE) {
                return Optional.of("it contains bytes that are no text");
            }
            int width = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
            bytes += width;
            bytesInName = c == '/' ? 0 : bytesInName + width;
            longName |= bytesInName > MOST_BYTES_IN_NAME;
        }
        if (bytes > MOST_BYTES) {
            return Optional.of("it is longer than a path can be");
        }
        return longName ? Optional.of("it contains a name that is longer than a name can be") : Optional.empty();
    }

    /** Why the path cannot be resolved; empty when it can. */
    public Optional<String> doubt() {
        return doubt;
    }

    /** Whether a mount of this path shows the place: it is the place, lies above it or below it, or may lead there. */
    public boolean reaches(Place place) {
        if (doubt.isPresent()) {
            return true;
        }
        for (List<String> reading : readings) {
            if (place.isInLineWith(reading)) {
                return true;
            }
        }
        return false;
    }

    /** Whether it is a directory that holds the place somewhere below it, by one of its readings. */
    public boolean isAbove(Place place) {
        for (List<String> reading : readings) {
            for (List<String> spelling : place.spellings()) {
                if (reading.size() < spelling.size() && HostPathLinks.agree(spelling, reading)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether it is the place, or a directory that holds it, by one of its readings; what leads anywhere holds every place. */
    public boolean holds(Place place) {
        if (doubt.isPresent()) {
            return true;
        }
        for (List<String> reading : readings) {
            for (List<String> spelling : place.spellings()) {
                if (reading.size() <= spelling.size() && HostPathLinks.agree(spelling, reading)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The path without its detours, as its first reading has it; empty when it cannot be resolved. */
    public Optional<String> plain() {
        return readings.stream().findFirst().map(names -> "/" + String.join("/", names));
    }

    /** Whether it may be a device of a Windows node, such as {@code \\.\PhysicalDrive0}; pipes are none. */
    public boolean isWindowsDevice() {
        return doubt.isPresent() || readings.stream().anyMatch(WindowsHostPath::isDevice);
    }

    /**
     * A place on the host that is guarded, with everything below it.
     *
     * @param path the name it is known by, in small letters; {@code *} stands for any one name, {@code //./pipe/} for
     *     the named pipes of Windows
     * @param spellings that path, and the ones it has where an old link is still a directory
     */
    public record Place(String path, List<List<String>> spellings) {
        public Place {
            spellings = List.copyOf(spellings);
        }

        public static Place of(String path) {
            return new Place(
                    path,
                    path.startsWith("//./")
                            ? List.of(WindowsHostPath.ofDevice(HostPathLinks.names(path)))
                            : HostPathLinks.spellings(HostPathLinks.names(path)));
        }

        /** Whether the names are the place's, or those of a place above or below it. */
        boolean isInLineWith(List<String> names) {
            for (List<String> spelling : spellings) {
                if (HostPathLinks.agree(spelling, names)) {
                    return true;
                }
            }
            return false;
        }
    }
}
