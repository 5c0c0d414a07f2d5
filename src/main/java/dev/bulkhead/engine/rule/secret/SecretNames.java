package dev.bulkhead.engine.rule.secret;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Tells by its name whether a variable holds a credential. The name is cut into words at every character that is
 * neither letter nor digit, and at the humps of camel case; its last credential word decides, unless what follows says
 * that the variable holds something about a credential ({@code PASSWORD_FILE}, {@code TOKEN_TTL}).
 */
public final class SecretNames {
    /** No more than so much of a name's end is read. */
    private static final int LONGEST = 1024;

    /** Words, and ends of words ({@code PGPASSWORD}, {@code authtoken}). */
    private static final List<String> ENDINGS = List.of(
            "PASSWORD",
            "PASSWD",
            "PASSWORT",
            "KENNWORT",
            "PASSPHRASE",
            "PWD",
            "SECRET",
            "TOKEN",
            "CREDENTIAL",
            "CREDENTIALS",
            "CREDS",
            "APIKEY",
            "ACCESSKEY",
            "ACCOUNTKEY",
            "AUTHKEY",
            "ENCRYPTIONKEY",
            "MASTERKEY",
            "PRIVATEKEY",
            "SECRETKEY",
            "SIGNINGKEY");

    /** Words that are credentials only as a whole. */
    private static final Set<String> WORDS = Set.of("PASSWORDS", "PSK", "MNEMONIC", "APIKEYS");

    /** Ends of a name; elsewhere they mean something else ({@code PASS_THROUGH}). */
    private static final Set<String> LAST_WORDS = Set.of(
            "PASS",
            "DBPASS",
            "SSHPASS",
            "USERPASS",
            "ADMINPASS",
            "ROOTPASS",
            "MYSQLPASS",
            "PGPASS",
            "SMTPPASS",
            "MAILPASS",
            "KEYPASS",
            "STOREPASS",
            "KEYSTOREPASS",
            "TRUSTSTOREPASS");

    /** What a key must be called to be one that is kept secret: {@code API_KEY}, but not {@code PARTITION_KEY}. */
    private static final Set<String> SECRET_KEYS = Set.of(
            "API",
            "ACCESS",
            "ACCOUNT",
            "ADMIN",
            "AES",
            "AUTH",
            "CRYPT",
            "CRYPTO",
            "DECRYPTION",
            "ENCRYPT",
            "ENCRYPTION",
            "FERNET",
            "HMAC",
            "JWT",
            "LICENCE",
            "LICENSE",
            "MASTER",
            "PRESHARED",
            "PRIVATE",
            "SECRET",
            "SHARED",
            "SIGN",
            "SIGNING",
            "SUBSCRIPTION");

    /** What makes several tokens or secrets credentials; language models count in tokens, too. */
    private static final Set<String> SECRET_PLURALS =
            Set.of("API", "ACCESS", "APP", "AUTH", "BEARER", "CLIENT", "JWT", "REFRESH", "USER", "WEBHOOK");

    /** Words before TOKEN that make it a mark in a text. */
    private static final Set<String> TEXT_MARKS =
            Set.of("PAD", "EOS", "BOS", "UNK", "SEP", "CLS", "MASK", "STOP", "SPECIAL");

    /** Words before SECRET that make it the name of an object in the cluster. */
    private static final Set<String> OBJECT_MARKS = Set.of(
            "PULL",
            "TLS",
            "SSL",
            "CERT",
            "CERTIFICATE",
            "CA",
            "SEALED",
            "K8S",
            "KUBE",
            "KUBERNETES",
            "INGRESS",
            "EXISTING");

    /** Words before SECRET, in Airflow's settings, that make it the name under which a backend knows the setting. */
    private static final Set<String> AIRFLOW_SETTINGS =
            Set.of("KEY", "CONN", "PASSWORD", "BACKEND", "URL", "CREDENTIALS");

    /** Words anywhere that say that no secret follows. */
    private static final Set<String> OPEN = Set.of("PUBLIC", "PUBLISHABLE", "MAX", "MIN", "NUM", "COUNT", "TOTAL");

    /** Words after a credential, or such a word and an S, that say that the variable holds something about it. */
    private static final Set<String> ABOUT = words(
            // where it is
            "FILE FILENAME PATH DIR DIRECTORY DIRECTORIE FOLDER LOCATION MOUNT MOUNTPATH VOLUME SOURCE STORE STORAGE URL"
                    + " URI ENDPOINT HOST HOSTNAME PORT ADDRESS ADDR SERVER REGION PROJECT NAMESPACE BUCKET POOL CACHE"
                    + " CACHING COLUMN FIELD PARAM PARAMETER ATTRIBUTE HEADER COOKIE CLAIM LABEL ANNOTATION SELECTOR",
            // what it is called
            "NAME REF REFERENCE KEY ID UUID ARN USER USERNAME OWNER PREFIX SUFFIX TYPE KIND CLASS VERSION FORMAT"
                    + " ENCODING TITLE TEXT HINT PROMPT MESSAGE PLACEHOLDER TEMPLATE DESCRIPTION",
            // how long it lasts, how large it is
            "TTL EXPIRY EXPIRATION EXPIRE EXPIRED EXP DURATION LIFETIME LIFESPAN VALIDITY AGE MAXAGE TIMEOUT INTERVAL"
                    + " PERIOD GRACE SECOND SEC MINUTE MIN HOUR DAY MS MILLI DELAY LEEWAY SKEW TIME DATE TIMESTAMP"
                    + " WINDOW LENGTH LEN SIZE BIT BYTE MAX MINIMUM MAXIMUM LIMIT COUNT NUM NUMBER RATE QUOTA USAGE"
                    + " BUDGET ROUND ITERATION",
            // what is done with it
            "ENABLED ENABLE DISABLED DISABLE REQUIRED REQUIRE OPTIONAL ALLOWED MODE STATUS EXIST POLICY POLICIE RULE"
                    + " STRATEGY STRENGTH COMPLEXITY PATTERN REGEX REGEXP RESET RECOVERY ROTATION ROTATE CHANGE REFRESH"
                    + " EXCHANGE INTROSPECTION REVOCATION REVIEW REVIEWER GENERATE GENERATOR GENERATION AUTOGENERATE"
                    + " SYNC VALIDATE VALIDATION VALIDATOR VERIFICATION VERIFIER HASH HASHER HASHING ENCODER AUTH"
                    + " AUTHENTICATION AUTHENTICATOR LOGIN GRANT FLOW THROUGH SCANNING SCANNER DETECTION MASK MASKING"
                    + " REDACT REDACTION FILTER SANITIZE PROTECTED PROTECTION LOGGING DEBUG EMBEDDING",
            // who tells it
            "CMD COMMAND SCRIPT HELPER PROCESS EXECUTABLE BINARY",
            // who does it
            "ISSUER AUDIENCE AUD SCOPE ALGORITHM ALG ALGO PROVIDER BACKEND ENGINE MANAGER DRIVER CSI PLUGIN OPERATOR"
                    + " CONTROLLER SIGNER");

    private SecretNames() {}

    public static boolean isCredential(String name) {
        List<String> words = wordsOf(name);
        for (String word : words) {
            if (OPEN.contains(word)) {
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
                && AIRFLOW_SETTINGS.contains(words.get(last - 1));
    }

    private static boolean isAbout(String word) {
        return ABOUT.contains(word) || (word.endsWith("S") && ABOUT.contains(word.substring(0, word.length() - 1)));
    }

    /**
     * Whether the variable may just as well hold the name of a Secret in the cluster, or of an entry of one, so that its
     * value has to tell: {@code WEBHOOK_SECRET}, {@code REDIS_PASSWORD_SECRET_KEY}.
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

    /** Whether what the name calls a credential may also be the way to come by one: a token, several passwords. */
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
        return word.endsWith("PASSWORD") || word.endsWith("PASSWD") || word.endsWith("CREDENTIALS");
    }

    /** Whether that is the name's last word. */
    public static boolean endsWith(String name, String word) {
        List<String> words = wordsOf(name);
        return !words.isEmpty() && words.get(words.size() - 1).equals(word);
    }

    /** Whether that is one of the name's words. */
    static boolean contains(String name, String word) {
        return wordsOf(name).contains(word);
    }

    /** Whether the name consists of a single word, and so says little outside of an environment. */
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
            case "TOKEN" -> !TEXT_MARKS.contains(before);
            case "SECRET" -> !OBJECT_MARKS.contains(before);
            case "PWD" -> words.size() > 1;
            case "OLDPWD" -> false;
            case "COOKIE" -> before.equals("ERLANG");
            case "WORD", "WD" -> before.equals("PASS");
            case "PHRASE" -> before.equals("PASS") || before.equals("SEED");
            case "ID" -> last && isVaultsOwn(words, before);
            default -> WORDS.contains(word) || (last && LAST_WORDS.contains(word)) || hasEnding(word);
        };
    }

    /** The second half of AppRole's login; a token, which HashiCorp Vault and OpenBao call by its id. */
    private static boolean isVaultsOwn(List<String> words, String before) {
        boolean vault = words.contains("VAULT") || words.contains("BAO") || words.contains("OPENBAO");
        return before.equals("SECRET")
                ? vault || words.contains("APPROLE") || words.contains("ROLE")
                : before.equals("TOKEN") && vault && !words.contains("ACCESSOR");
    }

    private static boolean hasEnding(String word) {
        for (String ending : ENDINGS) {
            if (word.endsWith(ending)) {
                return true;
            }
        }
        return false;
    }

    private static Set<String> words(String... lines) {
        return Set.of(String.join(" ", lines).split(" ", -1));
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
