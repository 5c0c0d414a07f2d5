package dev.bulkhead.engine.rule.secret;

import dev.bulkhead.engine.text.TableFile;
import dev.bulkhead.engine.workload.ImmutableCopies;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Lists of words from a table of this package, whose rows are {@code SOURCE LIST WORD...}.
 *
 * @param <L> the lists; in the table they are named in lower case, with hyphens
 */
final class WordTable<L extends Enum<L>> {
    private static final Pattern SPACES = Pattern.compile(" +");

    private final Map<L, Set<String>> lists;

    private WordTable(Map<L, Set<String>> lists) {
        this.lists = lists;
    }

    /**
     * Reads the table of that name.
     *
     * @param form the form of the words of each list
     * @throws IllegalStateException if a list is unknown or missing, or a word is repeated or of another form
     */
    static <L extends Enum<L>> WordTable<L> read(String name, Class<L> type, Function<L, Pattern> form) {
        return of(name, TableFile.read(WordTable.class, name, 2), type, form);
    }

    static <L extends Enum<L>> WordTable<L> of(
            String name, List<TableFile.Row> rows, Class<L> type, Function<L, Pattern> form) {
        Map<L, Set<String>> words = new EnumMap<>(type);
        for (TableFile.Row row : rows) {
            L list = listOf(row, type);
            Set<String> ofList = words.computeIfAbsent(list, key -> new TreeSet<>());
            Pattern ofWord = form.apply(list);
            for (String word : SPACES.split(row.cell(1), -1)) {
                if (!ofWord.matcher(word).matches()) {
                    throw row.wrong("expected words of the form " + ofWord + ", found " + word);
                }
                if (!ofList.add(word)) {
                    throw row.wrong(word + " is already in list " + row.cell(0));
                }
            }
        }
        Map<L, Set<String>> lists = new EnumMap<>(type);
        for (L list : type.getEnumConstants()) {
            Set<String> ofList = words.get(list);
            if (ofList == null) {
                throw new IllegalStateException(name + ": there is no list " + nameOf(list));
            }
            lists.put(list, ImmutableCopies.of(ofList));
        }
        return new WordTable<>(lists);
    }

    private static <L extends Enum<L>> L listOf(TableFile.Row row, Class<L> type) {
        List<String> names = new ArrayList<>();
        for (L list : type.getEnumConstants()) {
            if (nameOf(list).equals(row.cell(0))) {
                return list;
            }
            names.add(nameOf(list));
        }
        throw row.wrong("expected one of the lists " + names + ", found " + row.cell(0));
    }

    private static String nameOf(Enum<?> list) {
        return list.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The words of the list. */
    Set<String> words(L list) {
        return lists.getOrDefault(list, Set.of());
    }
}
