package dev.bulkhead.rule;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The symbolic links that nodes have by convention, and how a path is followed through them. */
final class HostPathLinks {
    private record Link(List<String> from, List<String> to) {
        static Link of(String from, String to) {
            return new Link(names(from), names(to));
        }
    }

    /** Links between directories. A system may lack one and have a directory of that name instead. */
    private static final List<Link> DIRECTORIES = List.of(
            // Filesystem Hierarchy Standard 3.0, 5.13 and 5.9
            Link.of("/var/run", "/run"),
            Link.of("/var/lock", "/run/lock"),
            // the merged /usr of all current distributions
            Link.of("/bin", "/usr/bin"),
            Link.of("/sbin", "/usr/sbin"),
            Link.of("/lib", "/usr/lib"),
            Link.of("/lib32", "/usr/lib32"),
            Link.of("/lib64", "/usr/lib64"),
            Link.of("/libx32", "/usr/libx32"));

    /** Links that the kernel, or udev for it, makes: see proc(5). */
    private static final List<Link> KERNEL = List.of(Link.of("/proc/*/root", "/"), Link.of("/dev/fd", "/proc/self/fd"));

    /** Links that lead where a process has something open: nobody else can tell where. */
    private static final List<List<String>> ANYWHERE = List.of(
            names("/proc/*/cwd"),
            names("/proc/*/fd"),
            names("/proc/*/map_files"),
            names("/proc/*/task/*/cwd"),
            names("/proc/*/task/*/fd"),
            names("/proc/*/task/*/root"));

    private HostPathLinks() {}

    /** The names between the slashes, without those that lead nowhere; every path counts as absolute. */
    static List<String> names(String path) {
        List<String> names = new ArrayList<>();
        for (String name : path.split("/", -1)) {
            if (!name.isEmpty() && !name.equals(".")) {
                names.add(name);
            }
        }
        return names;
    }

    /** The names as they stand; and, where there is a way back up, the names that are left when it is taken first. */
    static List<List<String>> waysOf(List<String> names) {
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
    static Optional<List<String>> follow(List<String> names) {
        List<String> at = new ArrayList<>(names.size());
        for (String name : names) {
            if (name.equals("..")) {
                if (!at.isEmpty()) {
                    at.remove(at.size() - 1);
                }
                continue;
            }
            at.add(name);
            for (Optional<Link> link = linkAt(at); link.isPresent(); link = linkAt(at)) {
                at.clear();
                at.addAll(link.get().to());
            }
            if (leadsAnywhere(at)) {
                return Optional.empty();
            }
        }
        return Optional.of(List.copyOf(at));
    }

    private static Optional<Link> linkAt(List<String> names) {
        for (Link link : DIRECTORIES) {
            if (link.from().equals(names)) {
                return Optional.of(link);
            }
        }
        for (Link link : KERNEL) {
            if (link.from().size() == names.size() && agree(link.from(), names)) {
                return Optional.of(link);
            }
        }
        return Optional.empty();
    }

    private static boolean leadsAnywhere(List<String> names) {
        for (List<String> link : ANYWHERE) {
            if (link.size() == names.size() && agree(link, names)) {
                return true;
            }
        }
        return false;
    }

    /** A path, and its other name below each link to a directory above it. */
    static List<List<String>> spellings(List<String> names) {
        List<List<String>> spellings = new ArrayList<>();
        spellings.add(List.copyOf(names));
        for (Link link : DIRECTORIES) {
            int depth = link.to().size();
            if (names.size() > depth && names.subList(0, depth).equals(link.to())) {
                List<String> spelling = new ArrayList<>(link.from());
                spelling.addAll(names.subList(depth, names.size()));
                spellings.add(List.copyOf(spelling));
            }
        }
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
