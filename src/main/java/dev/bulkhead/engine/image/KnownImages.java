package dev.bulkhead.engine.image;

import dev.bulkhead.engine.image.ImageKnowledge.Fact;
import dev.bulkhead.engine.image.ImageKnowledge.Paths;
import dev.bulkhead.engine.image.ImageUser.UserId;
import dev.bulkhead.engine.text.TableFile;
import dev.bulkhead.engine.text.TableFile.Row;
import dev.bulkhead.engine.text.TableFile.Source;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The table of images that most clusters run, which ships with Bulkhead as {@code images.txt}. A policy that knows better
 * overrides it.
 */
public final class KnownImages {
    private static final String SOURCE = "Bulkhead's table of known images";
    private static final String NOTHING = "-";
    private static final String UNKNOWN = "?";
    private static final String MARK = "!";
    private static final String LIBRARY = "library/";
    private static final Pattern ID = Pattern.compile("([1-9][0-9]{0,9})(?::(0|[1-9][0-9]{0,9}))?");

    /** Finds an image in the table by its repository. */
    public static final ImageLookup LOOKUP =
            image -> Table.entry(image.repository()).map(Entry::knowledge);

    private KnownImages() {}

    /**
     * A row of the table.
     *
     * @param source where what is known was read
     * @param capabilities what it needs when it runs as the user that it names
     */
    public record Entry(Source source, String repository, ImageKnowledge knowledge, List<String> capabilities) {
        public Entry {
            capabilities = List.copyOf(capabilities);
        }
    }

    /** The table, read when the first image is asked for, and each row of it when its image is. */
    private static final class Table {
        private static final Map<String, Row> ROWS = read();
        private static final Map<String, Entry> ENTRIES = new ConcurrentHashMap<>();

        static Optional<Entry> entry(String repository) {
            Entry known = ENTRIES.get(repository);
            if (known != null) {
                return Optional.of(known);
            }
            Row row = ROWS.get(repository);
            return row == null
                    ? Optional.empty()
                    : Optional.of(ENTRIES.computeIfAbsent(repository, name -> KnownImages.entry(row)));
        }

        private static Map<String, Row> read() {
            Map<String, Row> rows = new HashMap<>();
            for (Row row : TableFile.read(KnownImages.class, "images.txt", 6)) {
                if (rows.put(row.cell(0), row) != null) {
                    throw row.wrong("the repository stands in the table twice");
                }
            }
            return rows;
        }
    }

    /** Every row, by repository. */
    public static List<Entry> all() {
        return Table.ROWS.keySet().stream()
                .sorted()
                .flatMap(repository -> Table.entry(repository).stream())
                .toList();
    }

    /**
     * What the names of those images contain whose programs do not start without that capability, however they are
     * written: their repositories without what may be left out.
     */
    public static List<String> requiring(String capability) {
        return all().stream()
                .filter(entry -> entry.knowledge()
                        .requires()
                        .filter(required -> required.value().contains(capability))
                        .isPresent())
                .map(entry -> entry.repository().substring(entry.repository().indexOf('/') + 1))
                .map(path -> path.startsWith(LIBRARY) ? path.substring(LIBRARY.length()) : path)
                .distinct()
                .toList();
    }

    static Entry entry(Row row) {
        String repository = row.cell(0);
        if (ImageReference.parse(repository)
                .filter(image -> image.toString().equals(repository))
                .isEmpty()) {
            throw row.wrong("expected a repository with its registry, found " + repository);
        }
        List<String> writes = new ArrayList<>();
        List<String> shipsFilesIn = new ArrayList<>();
        for (String path : list(row.cell(3))) {
            String bare = unmarked(path);
            if (!bare.startsWith("/")) {
                throw row.wrong("expected absolute paths, found " + path);
            }
            (path.endsWith(MARK) ? shipsFilesIn : writes).add(bare);
        }
        Optional<UserId> runsAs =
                row.cell(2).equals(NOTHING) ? Optional.empty() : Optional.of(userId(row, row.cell(2)));
        List<Integer> ports =
                list(row.cell(4)).stream().map(port -> port(row, port)).toList();
        List<String> capabilities = list(row.cell(5));
        List<String> required = capabilities.stream()
                .filter(name -> name.endsWith(MARK))
                .map(KnownImages::unmarked)
                .toList();
        return new Entry(
                row.source(),
                repository,
                new ImageKnowledge(
                        Optional.of(known(user(row, row.cell(1)))),
                        runsAs.map(KnownImages::known),
                        Optional.of(known(new Paths(writes, shipsFilesIn))),
                        Optional.of(known(ports)),
                        Optional.of(known(required))),
                capabilities.stream().map(KnownImages::unmarked).toList());
    }

    private static <T> Fact<T> known(T value) {
        return new Fact<>(value, SOURCE);
    }

    private static ImageUser user(Row row, String cell) {
        if (cell.equals("root")) {
            return new ImageUser.Root();
        }
        int equals = cell.indexOf('=');
        if (equals < 0) {
            UserId id = userId(row, cell);
            return new ImageUser.Numeric(id.uid(), id.gid());
        }
        String id = cell.substring(equals + 1);
        return new ImageUser.Named(
                cell.substring(0, equals), id.equals(UNKNOWN) ? Optional.empty() : Optional.of(userId(row, id)));
    }

    private static UserId userId(Row row, String cell) {
        var ids = ID.matcher(cell);
        if (!ids.matches()) {
            throw row.wrong("expected root, UID, UID:GID or NAME=UID:GID, found " + cell);
        }
        return new UserId(
                Long.parseLong(ids.group(1)), Optional.ofNullable(ids.group(2)).map(Long::parseLong));
    }

    private static String unmarked(String cell) {
        return cell.endsWith(MARK) ? cell.substring(0, cell.length() - MARK.length()) : cell;
    }

    private static int port(Row row, String cell) {
        try {
            return Integer.parseInt(cell);
        } catch (NumberFormatException e) {
            throw row.wrong("expected a port, found " + cell);
        }
    }

    private static List<String> list(String cell) {
        return cell.equals(NOTHING) ? List.of() : Stream.of(cell.split(",")).toList();
    }
}
