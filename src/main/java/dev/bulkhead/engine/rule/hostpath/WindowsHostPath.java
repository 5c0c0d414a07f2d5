package dev.bulkhead.engine.rule.hostpath;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A host path as a Windows node reads it: both slashes separate, capitals do not matter, nor do dots and spaces at the
 * end of a name. Every drive counts as the one that holds the system.
 *
 * @see <a href="https://learn.microsoft.com/windows/win32/fileio/naming-a-file">Naming files, paths and namespaces</a>
 */
final class WindowsHostPath {
    /** Stands before the names of a device, where no name of a file can stand. */
    private static final String DEVICE = "\\\\.";

    private static final Pattern DEVICE_PREFIX = Pattern.compile("/[/?][.?]/+");

    private static final Pattern DRIVE = Pattern.compile("/*[A-Za-z]:");

    /** Spelled with slashes only, these mean nothing else; what else begins with two slashes may be meant for Linux. */
    private static final Pattern PLAIN_DEVICE =
            Pattern.compile("/[/?][.?]/+([a-z]:|pipe(/|$))", Pattern.CASE_INSENSITIVE);

    /** {@code PLUGIN~1} is another name of {@code plugins_registry}, if it is the first of its kind. */
    private static final Pattern SHORT_NAME = Pattern.compile("~[0-9]");

    private WindowsHostPath() {}

    /** Whether the text makes sense as a path of Windows rather than of Linux. */
    static boolean isSpelledSo(String written) {
        return written.indexOf('\\') >= 0
                || DRIVE.matcher(written).lookingAt()
                || PLAIN_DEVICE.matcher(written).lookingAt();
    }

    /** The names it is made of, in small letters; empty when it leads where no list of names can. */
    static Optional<List<String>> names(String written, boolean onWindows) {
        String path = lowerCase(written.replace('\\', '/'));
        Matcher device = DEVICE_PREFIX.matcher(path);
        if (device.lookingAt()) {
            String rest = path.substring(device.end());
            Matcher drive = DRIVE.matcher(rest);
            if (drive.lookingAt()) {
                return fileNames(rest.substring(drive.end()));
            }
            // The root of the object manager, network shares and volumes by id hold all files under other names.
            if (rest.startsWith("globalroot") || rest.startsWith("unc") || rest.startsWith("volume{")) {
                return Optional.empty();
            }
            return fileNames(rest).map(WindowsHostPath::ofDevice);
        }
        boolean network = path.startsWith("//") && (onWindows || !written.startsWith("//"));
        if (network) {
            // A share may be one of the node itself: \\localhost\c$ is the drive, \\localhost\pipe the pipes.
            return Optional.empty();
        }
        Matcher drive = DRIVE.matcher(path);
        return fileNames(drive.lookingAt() ? path.substring(drive.end()) : path);
    }

    private static Optional<List<String>> fileNames(String path) {
        List<String> names = new ArrayList<>();
        for (String written : path.split("/", -1)) {
            if (SHORT_NAME.matcher(written).find()) {
                return Optional.empty();
            }
            if (written.stripTrailing().equals("..")) {
                names.add("..");
                continue;
            }
            String name = withoutTrail(written);
            if (!name.isEmpty()) {
                names.add(name);
            }
        }
        return Optional.of(names);
    }

    private static String withoutTrail(String name) {
        int end = name.length();
        while (end > 0 && (name.charAt(end - 1) == '.' || name.charAt(end - 1) == ' ')) {
            end--;
        }
        return name.substring(0, end);
    }

    /** Letters of other alphabets stay: folded, they could become letters of this one. */
    private static String lowerCase(String text) {
        StringBuilder lower = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            lower.append(c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c);
        }
        return lower.toString();
    }

    /** The names of what stands in the namespace of devices and pipes, given the names within it. */
    static List<String> ofDevice(List<String> names) {
        List<String> all = new ArrayList<>(names.size() + 1);
        all.add(DEVICE);
        all.addAll(names);
        return all;
    }

    /** Whether these names are those of a device, not of a pipe or a file. */
    static boolean isDevice(List<String> names) {
        return !names.isEmpty()
                && names.get(0).equals(DEVICE)
                && !(names.size() > 1 && names.get(1).equals("pipe"));
    }
}
