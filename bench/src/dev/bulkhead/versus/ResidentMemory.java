package dev.bulkhead.versus;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What of a Java process is resident, by what it is for: Linux knows the mappings, the JVM knows what it has them for. */
final class ResidentMemory {
    /** What memory is for. */
    enum Kind {
        HEAP("Java heap"),
        ARCHIVE("AOT cache, as in the file"),
        RELOCATED("AOT cache, relocated or written to"),
        METASPACE("metaspace"),
        CODE("compiled code"),
        STACKS("stacks of threads"),
        MALLOC("malloc: compiler, Netty, tables of the JVM"),
        LIBRARIES("libjvm and other files");

        final String label;

        Kind(String label) {
            this.label = label;
        }
    }

    private static final Pattern MAPPING =
            Pattern.compile("^([0-9a-f]+)-([0-9a-f]+) \\S+ \\S+ \\S+ \\d+ *(.*)$");
    private static final Pattern SIZE = Pattern.compile("^(Rss|Anonymous): +(\\d+) kB$");
    private static final Pattern HEAP = Pattern.compile("Heap address: 0x([0-9a-f]+), size: (\\d+) MB");
    private static final Pattern CLASSES =
            Pattern.compile("Compressed class space mapped at: 0x([0-9a-f]+)-0x([0-9a-f]+)");
    private static final Pattern CODE = Pattern.compile("bounds \\[0x([0-9a-f]+), 0x[0-9a-f]+, 0x([0-9a-f]+)\\]");
    private static final Pattern COMMITTED = Pattern.compile("(Metaspace|class space) +used \\d+K, committed (\\d+)K");

    private final Map<Kind, Double> bytes = new EnumMap<>(Kind.class);

    private ResidentMemory() {}

    private record Range(long from, long to, Kind kind) {
        boolean overlaps(long start, long end) {
            return Long.compareUnsigned(start, to) < 0 && Long.compareUnsigned(from, end) < 0;
        }
    }

    double of(Kind kind) {
        return bytes.getOrDefault(kind, 0.0);
    }

    double sum() {
        return bytes.values().stream().mapToDouble(Double::doubleValue).sum();
    }

    /**
     * That of a process now.
     *
     * @param jcmd the JDK's program that asks a JVM
     */
    static ResidentMemory of(long pid, Path jcmd) throws IOException {
        // Before the JVM is asked, which takes memory itself.
        List<String> mappings = Files.readAllLines(proc(pid).resolve("smaps"), StandardCharsets.ISO_8859_1);
        List<Range> ranges = stacks(pid);
        String info = Programs.output(List.of(jcmd.toString(), Long.toString(pid), "VM.info"));
        MatchResult heap = found(HEAP, info);
        long start = Long.parseUnsignedLong(heap.group(1), 16);
        ranges.add(new Range(start, start + (Long.parseLong(heap.group(2)) << 20), Kind.HEAP));
        ranges.add(range(found(CLASSES, info), Kind.METASPACE));
        CODE.matcher(info).results().forEach(one -> ranges.add(range(one, Kind.CODE)));

        ResidentMemory memory = new ResidentMemory();
        memory.read(mappings, ranges);
        // The other part of the metaspace is where malloc's memory is; the JVM says how large it is.
        double metaspace = 0;
        for (MatchResult line : COMMITTED.matcher(info).results().limit(2).toList()) {
            metaspace += (line.group(1).equals("Metaspace") ? 1024.0 : -1024.0) * Long.parseLong(line.group(2));
        }
        memory.add(Kind.METASPACE, metaspace);
        memory.add(Kind.MALLOC, -metaspace);
        return memory;
    }

    private void read(List<String> mappings, List<Range> ranges) {
        Kind kind = Kind.MALLOC;
        boolean archive = false;
        double resident = 0;
        for (String line : mappings) {
            Matcher mapping = MAPPING.matcher(line);
            Matcher size = SIZE.matcher(line);
            if (mapping.matches()) {
                long from = Long.parseUnsignedLong(mapping.group(1), 16);
                long to = Long.parseUnsignedLong(mapping.group(2), 16);
                String file = mapping.group(3);
                archive = file.endsWith(".aot") || file.endsWith(".jsa");
                kind = archive
                        ? Kind.ARCHIVE
                        : file.startsWith("/")
                                ? Kind.LIBRARIES
                                : ranges.stream()
                                        .filter(range -> range.overlaps(from, to))
                                        .findFirst()
                                        .map(Range::kind)
                                        .orElse(file.equals("[stack]") ? Kind.STACKS : Kind.MALLOC);
            } else if (size.matches() && size.group(1).equals("Rss")) {
                resident = 1024.0 * Long.parseLong(size.group(2));
                add(kind, resident);
            } else if (size.matches() && archive) {
                double changed = 1024.0 * Long.parseLong(size.group(2));
                add(Kind.ARCHIVE, -changed);
                add(Kind.RELOCATED, changed);
            }
        }
    }

    private void add(Kind kind, double more) {
        bytes.merge(kind, more, Double::sum);
    }

    /** The stacks of the threads that wait, which are nearly all. */
    private static List<Range> stacks(long pid) throws IOException {
        List<Range> stacks = new ArrayList<>();
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(proc(pid).resolve("task"))) {
            for (Path thread : threads) {
                pointer(thread).ifPresent(at -> stacks.add(new Range(at, at + 1, Kind.STACKS)));
            }
        }
        return stacks;
    }

    private static Optional<Long> pointer(Path thread) {
        try {
            String[] words = Files.readString(thread.resolve("syscall")).strip().split(" ", -1);
            return words.length < 3
                    ? Optional.empty()
                    : Optional.of(Long.parseUnsignedLong(words[words.length - 2].substring(2), 16));
        } catch (IOException e) {
            // The thread has ended, or Linux shows this to nobody.
            return Optional.empty();
        }
    }

    private static Path proc(long pid) {
        return Path.of("/proc", Long.toString(pid));
    }

    private static MatchResult found(Pattern pattern, String info) throws UnsuitableException {
        return pattern.matcher(info)
                .results()
                .findFirst()
                .orElseThrow(() -> new UnsuitableException("jcmd VM.info says nothing like " + pattern + ":\n" + info));
    }

    private static Range range(MatchResult found, Kind kind) {
        return new Range(
                Long.parseUnsignedLong(found.group(1), 16), Long.parseUnsignedLong(found.group(2), 16), kind);
    }
}
