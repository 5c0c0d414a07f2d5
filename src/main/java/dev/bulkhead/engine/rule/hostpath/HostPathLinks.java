package dev.bulkhead.engine.rule.hostpath;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The symbolic links that nodes have by convention, and how a path is followed through them. */
public final class HostPathLinks {
    /** Links between directories. A system may lack one and have a directory of that name instead. */
    private static final Map<List<String>, List<String>> DIRECTORIES = links(
            // Filesystem Hierarchy Standard 3.0, 5.13 and 5.9
            "/var/run /run",
            "/var/lock /run/lock",
            // the merged /usr of all current distributions
            "/bin /usr/bin",
            "/sbin /usr/sbin",
            "/lib /usr/lib",
            "/lib32 /usr/lib32",
            "/lib64 /usr/lib64",
            "/libx32 /usr/libx32");

    /** Those, and the links that udev and the container runtimes make. */
    private static final Map<List<String>, List<String>> PLAIN = plain();

    /** Names below {@code /proc/PID} of links that lead where the process has something open, which is unknown. */
    private static final Set<String> OPEN = Set.of("cwd", "fd", "map_files");

    /** Such names below {@code /proc/PID/task/TID}. */
    private static final Set<String> OPEN_OF_THREAD = Set.of("cwd", "fd", "root");

    /** Where the kernel has links of its own, such as {@code /proc/net} and {@code /sys/class/net/eth0}. */
    private static final Set<String> OF_KERNEL = Set.of("proc", "sys");

    private HostPathLinks() {}

    private static Map<List<String>, List<String>> links(String... fromAndTo) {
        Map<List<String>, List<String>> links = new LinkedHashMap<>();
        for (String link : fromAndTo) {
            int space = link.indexOf(' ');
            links.put(List.copyOf(names(link.substring(0, space))), List.copyOf(names(link.substring(space + 1))));
        }
        return Collections.unmodifiableMap(links);
    }

    private static Map<List<String>, List<String>> plain() {
        Map<List<String>, List<String>> plain = new HashMap<>(DIRECTORIES);
        plain.putAll(links(
                "/dev/fd /proc/self/fd",
                "/dev/stdin /proc/self/fd/0",
                "/dev/stdout /proc/self/fd/1",
                "/dev/stderr /proc/self/fd/2"));
        return Collections.unmodifiableMap(plain);
    }

    /** The names between the slashes, without those that lead nowhere; every path counts as absolute. */
    public static List<String> names(String path) {
        List<String> names = new ArrayList<>();
        for (String name : path.split("/", -1)) {
            if (!name.isEmpty() && !name.equals(".")) {
                names.add(name);
            }
        }
        return names;
    }

    /** The names as they stand; and, where there is a way back up, the names that are left when it is taken first. */
    public static List<List<String>> waysOf(List<String> names) {
        if (!names.contains("..")) {
            return List.of(names);
        }
        List<String> shortened = new ArrayList<>(names.size());
        for (String name : names) {
            if (!name.equals("..")) {
                shortened.add(name);
            } else if (!shortened.isEmpty()) {
                shortened.remove(shortened.size() - 1);
            }
        }
        return List.of(names, shortened);
    }

    /** Where these names lead when each link on the way is taken at once; empty when that could be anywhere. */
    public static Optional<List<String>> follow(List<String> names) {
        return follow(List.of(), names);
    }

    /**
     * Where these names lead from a place that no link lies on the way to. Takes as long as there are names and links in
     * them, wherever they start.
     */
    public static Optional<List<String>> follow(List<String> from, List<String> names) {
        List<String> at = new ArrayList<>(from.size() + names.size());
        at.addAll(from);
        for (String name : names) {
            if (name.equals("..")) {
                if (at.size() > 1 && OF_KERNEL.contains(at.get(0))) {
                    // Any name there may be a link, whose target's parent is another than the link's.
                    return Optional.empty();
                }
                if (!at.isEmpty()) {
                    at.remove(at.size() - 1);
                }
                continue;
            }
            at.add(name);
            for (Optional<List<String>> target = targetOf(at); target.isPresent(); target = targetOf(at)) {
                at.clear();
                at.addAll(target.get());
            }
            if (leadsAnywhere(at)) {
                return Optional.empty();
            }
        }
        return Optional.of(List.copyOf(at));
    }

    /** Where the link at that place leads, if one is there. See proc(5) for those that the kernel makes. */
    private static Optional<List<String>> targetOf(List<String> at) {
        return switch (at.size()) {
            case 1, 2 -> Optional.ofNullable(PLAIN.get(at));
            case 3 -> isInProc(at) && at.get(2).equals("root") ? Optional.of(List.of()) : Optional.empty();
            default -> Optional.empty();
        };
    }

    private static boolean leadsAnywhere(List<String> at) {
        int depth = at.size();
        return depth >= 3
                && isInProc(at)
                && (OPEN.contains(at.get(2))
                        || (depth >= 5 && at.get(2).equals("task") && OPEN_OF_THREAD.contains(at.get(4))));
    }

    private static boolean isInProc(List<String> at) {
        return at.get(0).equals("proc");
    }

    /** A path, and its other name below each link to a directory above it. */
    static List<List<String>> spellings(List<String> names) {
        List<List<String>> spellings = new ArrayList<>();
        spellings.add(List.copyOf(names));
        DIRECTORIES.forEach((from, to) -> {
            int depth = to.size();
            if (names.size() > depth && names.subList(0, depth).equals(to)) {
                List<String> spelling = new ArrayList<>(from);
                spelling.addAll(names.subList(depth, names.size()));
                spellings.add(List.copyOf(spelling));
            }
        });
        return spellings;
    }

    /** Whether one is the other or lies above it; {@code *} in the pattern agrees with every name. */
    static boolean agree(List<String> pattern, List<String> names) {
        int common = Math.min(pattern.size(), names.size());
        for (int i = 0; i < common; i++) {
            String name = pattern.get(i);
            if (!name.equals("*") && !name.equals(names.get(i))) {
                return false;
            }
        }
        return true;
    }
}
