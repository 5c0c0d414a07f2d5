package dev.bulkhead.app.cluster.scan.failure;

import dev.bulkhead.engine.rule.RuleSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What programs and runtimes write when a file system is read-only. */
final class ReadOnlyMessage {
    /** Longer than any message that a kubelet stores. */
    private static final int LONGEST = 16_384;

    /** Deeper than any directory that a program makes for itself. */
    private static final int LONGEST_PATH = 200;

    private static final Pattern SAYS_SO =
            Pattern.compile("read-only file system|\\bEROFS\\b", Pattern.CASE_INSENSITIVE);
    private static final Pattern PATH = Pattern.compile("(?<![A-Za-z0-9._:/-])/[A-Za-z0-9._@+/-]*[A-Za-z0-9_+/-]");

    /** Where runtimes assemble a container's file system on the node. */
    private static final String ROOTFS = "/rootfs/";

    /** Directories in which nearly every image has files, so that nothing can be mounted over them. */
    private static final Set<String> FULL_OF_FILES = Set.of(
            "",
            "/app",
            "/bin",
            "/etc",
            "/home",
            "/lib",
            "/opt",
            "/root",
            "/sbin",
            "/srv",
            "/usr",
            "/usr/local",
            "/usr/share",
            "/var",
            "/var/cache",
            "/var/lib",
            "/var/log");

    private static final List<String> NOT_SCRATCH = List.of("/proc", "/sys", "/dev");

    private ReadOnlyMessage() {}

    /** Whether that is what it says. */
    static boolean is(String message) {
        return SAYS_SO.matcher(bounded(message)).find();
    }

    /**
     * The directory to be made writable: that of the path that the message is about, or the path itself where nothing can be
     * mounted over the directory. Empty if it names none.
     */
    static Optional<String> directory(String message) {
        for (String line : (Iterable<String>) bounded(message).lines()::iterator) {
            Matcher says = SAYS_SO.matcher(line);
            if (says.find()) {
                Optional<String> path = nearest(line, says.start());
                if (path.isPresent()) {
                    return path.map(ReadOnlyMessage::directoryOf).filter(ReadOnlyMessage::mayBeScratch);
                }
            }
        }
        return Optional.empty();
    }

    /** Most name the path before they say what is wrong with it. */
    private static Optional<String> nearest(String line, int place) {
        List<String> before = new ArrayList<>(2);
        Matcher paths = PATH.matcher(line);
        while (paths.find()) {
            if (paths.start() > place && !before.isEmpty()) {
                break;
            }
            before.add(paths.group());
            if (paths.start() > place) {
                break;
            }
        }
        return before.isEmpty() ? Optional.empty() : Optional.of(before.get(before.size() - 1));
    }

    private static String directoryOf(String path) {
        int rootfs = path.indexOf(ROOTFS);
        String inside = rootfs < 0 ? path : path.substring(rootfs + ROOTFS.length() - 1);
        String bare = inside.endsWith("/") ? inside.substring(0, inside.length() - 1) : inside;
        String parent = bare.substring(0, Math.max(0, bare.lastIndexOf('/')));
        return FULL_OF_FILES.contains(parent) ? bare : parent;
    }

    private static boolean mayBeScratch(String path) {
        return path.length() <= LONGEST_PATH
                && RuleSettings.Scratch.isMountable(path)
                && NOT_SCRATCH.stream().noneMatch(directory -> (path + "/").startsWith(directory + "/"));
    }

    private static String bounded(String message) {
        return message.substring(0, Math.min(LONGEST, message.length()));
    }
}
