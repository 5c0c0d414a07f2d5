package dev.bulkhead.engine.rule.secret;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Recognises values that are no credential: references, placeholders, flags, paths. The words and forms are those of
 * {@code placeholders.txt}.
 */
public final class Placeholders {
    /** Longer texts count as credentials. */
    private static final int LONGEST = 8192;

    /** The lists of {@code placeholders.txt}, which says what each is for. */
    enum Values {
        FLAG,
        MODE,
        OBJECT_ENDING,
        REFERENCE,
        PUBLIC_KEY,
        UNIT,
        WRAPPER,
        WHOLE,
        VARIABLE,
        MASK
    }

    /** What encloses a name, in the table around the word NAME. */
    private record Enclosure(String open, String close) {
        private static final String NAME = "NAME";

        static Enclosure of(String example) {
            int name = example.indexOf(NAME);
            return new Enclosure(example.substring(0, name), example.substring(name + NAME.length()));
        }
    }

    private static final Pattern WITHOUT_CAPITALS = Pattern.compile("[!-@\\[-~]+");
    private static final Pattern AROUND_NAME = Pattern.compile("[^A-Z ]+NAME[^A-Z ]+");
    private static final Pattern CHARACTER = Pattern.compile("[!-~]");

    private static final WordTable<Values> TABLE = WordTable.read("placeholders.txt", Values.class, Placeholders::form);
    private static final Set<String> FLAGS = TABLE.words(Values.FLAG);
    private static final Set<String> MODES = TABLE.words(Values.MODE);
    private static final Set<String> OBJECT_ENDINGS = TABLE.words(Values.OBJECT_ENDING);
    private static final Set<String> REFERENCES = TABLE.words(Values.REFERENCE);
    private static final List<String> PUBLIC_KEYS = TABLE.words(Values.PUBLIC_KEY).stream()
            .map(type -> type.endsWith("*") ? type.substring(0, type.length() - 1) : type + " ")
            .toList();
    private static final Set<String> UNITS = TABLE.words(Values.UNIT);
    private static final List<Enclosure> WRAPPERS = enclosures(Values.WRAPPER);
    private static final Set<String> WHOLE = TABLE.words(Values.WHOLE);
    private static final List<Enclosure> VARIABLES = enclosures(Values.VARIABLE);
    private static final String MASKS = String.join("", TABLE.words(Values.MASK));

    private static final int LONGEST_MODE = 16;

    /** The longest name of an object in the cluster. */
    private static final int LONGEST_OBJECT_NAME = 253;

    private Placeholders() {}

    private static Pattern form(Values list) {
        return switch (list) {
            case WRAPPER, VARIABLE -> AROUND_NAME;
            case MASK -> CHARACTER;
            case FLAG, MODE, OBJECT_ENDING, REFERENCE, PUBLIC_KEY, UNIT, WHOLE -> WITHOUT_CAPITALS;
        };
    }

    private static List<Enclosure> enclosures(Values list) {
        return TABLE.words(list).stream().map(Enclosure::of).toList();
    }

    /** Whether the value is no credential, although its variable has the name of one. */
    public static boolean isNoCredential(String value) {
        String text = value.strip();
        if (text.startsWith("-----BEGIN ")) {
            // SecretValues finds private keys; other PEM blocks are public.
            return true;
        }
        return text.length() <= LONGEST
                && (isPlaceholder(text)
                        || isFlag(text)
                        || isSmallNumber(text)
                        || isPath(text)
                        || isAddress(text)
                        || REFERENCES.stream().anyMatch(start -> text.regionMatches(true, 0, start, 0, start.length()))
                        || PUBLIC_KEYS.stream().anyMatch(text::startsWith));
    }

    /** Whether the text is a placeholder for something else: {@code $(OTHER)}, {@code <password>}, {@code ***}. */
    static boolean isPlaceholder(String text) {
        return isOneMask(text)
                || WRAPPERS.stream().anyMatch(wrapper -> isWrapped(text, wrapper))
                || WHOLE.contains(text)
                || isShellVariable(text)
                || isReferences(text);
    }

    static boolean isFlag(String text) {
        return text.length() <= LONGEST_MODE && FLAGS.contains(text.toLowerCase(Locale.ROOT));
    }

    /** Whether the text says how to get a credential: {@code never}, {@code simple}, {@code jwt,pub-key=...}. */
    public static boolean isMode(String value) {
        String text = value.strip();
        int comma = text.indexOf(',');
        int end = comma < 0 ? text.length() : comma;
        return end <= LONGEST_MODE && MODES.contains(text.substring(0, end).toLowerCase(Locale.ROOT));
    }

    /**
     * Whether the text is the name of a Secret, words in lower case with a last word that shows it:
     * {@code webhook-server-cert}; or the name of an entry: {@code redis-password}.
     */
    public static boolean isObjectName(String value, boolean ofEntry) {
        String text = value.strip();
        int lastWord = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '-' || c == '.' || (ofEntry && c == '_')) {
                lastWord = i + 1;
            } else if (c < 'a' || c > 'z') {
                return false;
            }
        }
        return lastWord > 0
                && text.length() <= LONGEST_OBJECT_NAME
                && (ofEntry || OBJECT_ENDINGS.contains(text.substring(lastWord)));
    }

    /** Whether the text is an absolute or relative path, not Base64 that begins with a slash. */
    static boolean isPath(String text) {
        int start = text.startsWith("~/") || text.startsWith("./") ? 1 : text.startsWith("../") ? 2 : 0;
        if (text.length() > 3 && text.startsWith(":\\", 1)) {
            return true;
        }
        if (!text.startsWith("/", start)) {
            return false;
        }
        int end = start + 1;
        while (end < text.length() && isLowerOrMark(text.charAt(end))) {
            end++;
        }
        if (end == start + 1 || (end < text.length() && text.charAt(end) != '/')) {
            return false;
        }
        return text.chars().noneMatch(c -> Character.isWhitespace(c) || c == '+' || c == '=' || c == ',');
    }

    private static boolean isLowerOrMark(char c) {
        return (c >= 'a' && c <= 'z') || c == '.' || c == '_' || c == '-';
    }

    /** At most three digits, or a number with a unit: a length, a time to live. */
    static boolean isSmallNumber(String text) {
        int digits = 0;
        while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
            digits++;
        }
        String unit = text.substring(digits).toLowerCase(Locale.ROOT);
        return digits > 0 && (unit.isEmpty() ? digits <= 3 : digits <= 6 && UNITS.contains(unit));
    }

    /** {@code scheme://...}; {@link ConnectionStringSecrets} finds a password in it. */
    private static boolean isAddress(String text) {
        int colon = text.indexOf("://");
        return colon > 0
                && text.chars()
                        .limit(colon)
                        .allMatch(c -> (c >= 'a' && c <= 'z')
                                || (c >= 'A' && c <= 'Z')
                                || (c >= '0' && c <= '9')
                                || c == '+'
                                || c == '-'
                                || c == '.');
    }

    /** Whether the text is empty, or the same mask character throughout. */
    private static boolean isOneMask(String text) {
        return text.isEmpty()
                || (MASKS.indexOf(text.charAt(0)) >= 0 && text.chars().allMatch(c -> c == text.charAt(0)));
    }

    /** Whether the text is a name in this wrapper. */
    private static boolean isWrapped(String text, Enclosure wrapper) {
        int start = wrapper.open().length();
        int inner = text.length() - start - wrapper.close().length();
        return inner > 0
                && text.startsWith(wrapper.open())
                && text.endsWith(wrapper.close())
                && text.chars().skip(start).limit(inner).allMatch(Placeholders::isInName);
    }

    private static boolean isInName(int c) {
        return c < 128 && (Character.isLetterOrDigit(c) || " _-./|<>{}".indexOf(c) >= 0);
    }

    /** {@code $DB_PASSWORD}; a password that begins with a dollar sign usually has more than capitals after it. */
    private static boolean isShellVariable(String text) {
        return text.length() > 1
                && text.charAt(0) == '$'
                && text.chars().skip(1).allMatch(c -> (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_');
    }

    /** Whether the text is made of references, without letters or digits between them: {@code $(A):$(B)}. */
    private static boolean isReferences(String text) {
        boolean any = false;
        int i = 0;
        while (i < text.length()) {
            Optional<Enclosure> variable = variableAt(text, i);
            if (variable.isPresent()) {
                Enclosure found = variable.get();
                int end = text.indexOf(found.close(), i + found.open().length());
                if (end < 0) {
                    return false;
                }
                any = true;
                i = end + found.close().length();
            } else if (Character.isLetterOrDigit(text.charAt(i))) {
                return false;
            } else {
                i++;
            }
        }
        return any;
    }

    private static Optional<Enclosure> variableAt(String text, int start) {
        for (Enclosure variable : VARIABLES) {
            if (text.startsWith(variable.open(), start)) {
                return Optional.of(variable);
            }
        }
        return Optional.empty();
    }
}
