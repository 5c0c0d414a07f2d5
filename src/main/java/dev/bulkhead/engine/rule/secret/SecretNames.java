package dev.bulkhead.engine.rule.secret;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Recognises by its name whether a variable holds a credential, with the words of {@code names.txt}. Splits the name into
 * words at every character that is neither letter nor digit and at camel case. The last credential word decides, unless
 * a later word shows that the variable only describes a credential ({@code PASSWORD_FILE}, {@code TOKEN_TTL}).
 */
public final class SecretNames {
    /** The most characters read, from the end of the name. */
    private static final int LONGEST = 1024;

    /** The lists of {@code names.txt}, which says what each is for. */
    enum Words {
        ENDING,
        WORD,
        LAST_WORD,
        SECRET_KEY,
        SECRET_PLURAL,
        TEXT_TOKEN,
        SECRET_OBJECT,
        AIRFLOW_SECRET,
        PASSWORD_ENDING,
        VAULT,
        PUBLIC,
        ABOUT
    }

    private static final Pattern CAPITALS = Pattern.compile("[A-Z0-9]+");
    private static final WordTable<Words> TABLE = WordTable.read("names.txt", Words.class, list -> CAPITALS);
    private static final Set<String> ENDINGS = TABLE.words(Words.ENDING);
    private static final Set<String> WORDS = TABLE.words(Words.WORD);
    private static final Set<String> LAST_WORDS = TABLE.words(Words.LAST_WORD);
    private static final Set<String> SECRET_KEYS = TABLE.words(Words.SECRET_KEY);
    private static final Set<String> SECRET_PLURALS = TABLE.words(Words.SECRET_PLURAL);
    private static final Set<String> TEXT_TOKENS = TABLE.words(Words.TEXT_TOKEN);
    private static final Set<String> SECRET_OBJECTS = TABLE.words(Words.SECRET_OBJECT);
    private static final Set<String> AIRFLOW_SECRETS = TABLE.words(Words.AIRFLOW_SECRET);
    private static final Set<String> PASSWORD_ENDINGS = TABLE.words(Words.PASSWORD_ENDING);
    private static final Set<String> VAULTS = TABLE.words(Words.VAULT);
    private static final Set<String> PUBLIC = TABLE.words(Words.PUBLIC);
    private static final Set<String> ABOUT = TABLE.words(Words.ABOUT);

    private SecretNames() {}

    public static boolean isCredential(String name) {
        List<String> words = wordsOf(name);
        for (String word : words) {
            if (PUBLIC.contains(word)) {
                return false;
            }
        }
        if (isAirflowReference(words)) {
            return false;
        }
        for (int i = words.size() - 1; i >= 0; i--) {
            if (isCredential(words, i)) {
                return true;
            }
            if (isAbout(words.get(i))) {
                return false;
            }
        }
        return false;
    }

    private static boolean isAirflowReference(List<String> words) {
        int last = words.size() - 1;
        return last > 1
                && words.get(0).equals("AIRFLOW")
                && words.get(last).equals("SECRET")
                && AIRFLOW_SECRETS.contains(words.get(last - 1));
    }

    private static boolean isAbout(String word) {
        return ABOUT.contains(word) || (word.endsWith("S") && ABOUT.contains(word.substring(0, word.length() - 1)));
    }

    /**
     * Whether the variable may also hold the name of a Secret in the cluster, or of an entry of one, so that its value
     * decides: {@code WEBHOOK_SECRET}, {@code REDIS_PASSWORD_SECRET_KEY}.
     */
    public static boolean mayNameObject(String name) {
        List<String> words = wordsOf(name);
        int size = words.size();
        return size > 1
                && (words.get(size - 1).equals("SECRET")
                        || (size > 2
                                && words.get(size - 1).equals("KEY")
                                && words.get(size - 2).equals("SECRET")
                                && isPasswordWord(words.get(size - 3))));
    }

    /** Whether the variable may also say how to get the credential: a token or a secret, but no password. */
    public static boolean mayNameMode(String name) {
        List<String> words = wordsOf(name);
        for (int i = words.size() - 1; i >= 0; i--) {
            if (isCredential(words, i)) {
                return !isPasswordWord(words.get(i));
            }
        }
        return false;
    }

    private static boolean isPasswordWord(String word) {
        return hasEnding(word, PASSWORD_ENDINGS);
    }

    /** Whether this is the name's last word. */
    public static boolean endsWith(String name, String word) {
        List<String> words = wordsOf(name);
        return !words.isEmpty() && words.get(words.size() - 1).equals(word);
    }

    /** Whether this is one of the name's words. */
    static boolean contains(String name, String word) {
        return wordsOf(name).contains(word);
    }

    /** Whether the name is a single word, which is weak evidence outside of an environment variable. */
    static boolean isBare(String name) {
        return wordsOf(name).size() < 2;
    }

    private static boolean isCredential(List<String> words, int i) {
        String word = words.get(i);
        String before = i == 0 ? "" : words.get(i - 1);
        boolean last = i == words.size() - 1;
        return switch (word) {
            case "KEY", "KEYS" -> SECRET_KEYS.contains(before) || (before.equals("STORAGE") && words.contains("AZURE"));
            case "TOKENS", "SECRETS" -> SECRET_PLURALS.contains(before);
            case "TOKEN" -> !TEXT_TOKENS.contains(before);
            case "SECRET" -> !SECRET_OBJECTS.contains(before);
            case "PWD" -> words.size() > 1;
            case "OLDPWD" -> false;
            case "COOKIE" -> before.equals("ERLANG");
            case "WORD", "WD" -> before.equals("PASS");
            case "PHRASE" -> before.equals("PASS") || before.equals("SEED");
            case "ID" -> last && isVaultsOwn(words, before);
            default -> WORDS.contains(word) || (last && LAST_WORDS.contains(word)) || hasEnding(word, ENDINGS);
        };
    }

    /** Whether the ID is a credential of HashiCorp Vault or a fork: the secret half of AppRole's login, or a token. */
    private static boolean isVaultsOwn(List<String> words, String before) {
        boolean vault = words.stream().anyMatch(VAULTS::contains);
        return before.equals("SECRET")
                ? vault || words.contains("APPROLE") || words.contains("ROLE")
                : before.equals("TOKEN") && vault && !words.contains("ACCESSOR");
    }

    private static boolean hasEnding(String word, Set<String> endings) {
        for (String ending : endings) {
            if (word.endsWith(ending)) {
                return true;
            }
        }
        return false;
    }

    /** The words in capitals, without the digits at their ends. */
    private static List<String> wordsOf(String wholeName) {
        String name = wholeName.substring(Math.max(0, wholeName.length() - LONGEST));
        List<String> words = new ArrayList<>();
        int start = 0;
        for (int i = 0; i <= name.length(); i++) {
            boolean separator = i == name.length() || !isWord(name.charAt(i));
            if (separator || (i > start && isHump(name, i))) {
                if (i > start) {
                    words.add(word(name, start, i));
                }
                start = separator ? i + 1 : i;
            }
        }
        return words;
    }

    private static String word(String name, int start, int end) {
        int letters = end;
        while (letters > start && Character.isDigit(name.charAt(letters - 1))) {
            letters--;
        }
        // S3 and V2 are words.
        return name.substring(start, letters - start < 2 ? end : letters).toUpperCase(Locale.ROOT);
    }

    private static boolean isWord(char c) {
        return c < 128 && Character.isLetterOrDigit(c);
    }

    /** {@code db|Password}, {@code API|Key}, {@code S3|Secret}. */
    private static boolean isHump(String name, int i) {
        return Character.isUpperCase(name.charAt(i))
                && (Character.isLowerCase(name.charAt(i - 1))
                        || (i + 1 < name.length() && Character.isLowerCase(name.charAt(i + 1))));
    }
}
