package dev.bulkhead.engine.rule.secret;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Texts that stand where a credential could, and are none: references to one, placeholders, flags, paths. */
public final class Placeholders {
    /** Longer texts are taken at their word. */
    private static final int LONGEST = 8192;

    private static final Set<String> FLAGS = Set.of(
            "true",
            "false",
            "yes",
            "no",
            "on",
            "off",
            "y",
            "n",
            "t",
            "f",
            "none",
            "null",
            "nil",
            "undefined",
            "enabled",
            "disabled",
            "redacted");

    /** Words of settings that say how a credential is come by, or of which kind it is. */
    private static final Set<String> MODES = Set.of(
            "always",
            "anonymous",
            "ask",
            "auto",
            "basic",
            "bearer",
            "jwt",
            "ldap",
            "never",
            "oauth",
            "oauth2",
            "oidc",
            "opaque",
            "optional",
            "prompt",
            "required",
            "saml",
            "simple");

    /** How the names of Secrets end that hold something else than a single password. */
    private static final Set<String> OBJECT_ENDINGS =
            Set.of("ca", "cert", "certificate", "certs", "credentials", "creds", "crt", "keypair", "tls");

    private static final int LONGEST_MODE = 16;

    /** The longest name of an object in the cluster. */
    private static final int LONGEST_OBJECT_NAME = 253;

    /** How tools that fetch secrets are told which one. */
    private static final List<String> REFERENCES = List.of(
            "vault:",
            "bao:",
            "openbao:",
            "ref+",
            "secretref:",
            "secretkeyref:",
            "secret:",
            "k8s:",
            "env:",
            "file:",
            "classpath:",
            "awssm:",
            "awsps:",
            "ssm:",
            "gcpsm:",
            "gcp:secretmanager:",
            "sm:",
            "azkv:",
            "akv:",
            "azurekeyvault@",
            "@microsoft.keyvault(",
            "arn:aws",
            "projects/",
            "op:");

    private static final List<String> PUBLIC_KEYS = List.of("ssh-rsa ", "ssh-ed25519 ", "ecdsa-sha2-", "sk-ssh-");

    private static final Set<String> UNITS =
            Set.of("", "ms", "s", "m", "h", "d", "w", "sec", "min", "k", "kb", "mb", "ki", "mi");

    private Placeholders() {}

    /** Whether a value is no credential, although its variable's name says so. */
    public static boolean isNoCredential(String value) {
        String text = value.strip();
        if (text.startsWith("-----BEGIN ")) {
            // Forms know private keys; what else begins like this may be read by all.
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

    /** Whether the text is to be replaced by something else: {@code $(OTHER)}, {@code <password>}, {@code ***}. */
    static boolean isPlaceholder(String text) {
        return isOneMask(text)
                || isWrapped(text, "<", ">")
                || isWrapped(text, "{", "}")
                || isWrapped(text, "[", "]")
                || isWrapped(text, "%", "%")
                || isWrapped(text, "@", "@")
                || isWrapped(text, "%(", ")s")
                || isWrapped(text, "%{", "}")
                || isWrapped(text, "#{", "}")
                || text.equals("%s")
                || isShellVariable(text)
                || isReferences(text);
    }

    static boolean isFlag(String text) {
        return text.length() <= LONGEST_MODE && FLAGS.contains(text.toLowerCase(Locale.ROOT));
    }

    /** Whether the text says how a credential is come by: {@code never}, {@code simple}, {@code jwt,pub-key=...}. */
    public static boolean isMode(String value) {
        String text = value.strip();
        int comma = text.indexOf(',');
        int end = comma < 0 ? text.length() : comma;
        return end <= LONGEST_MODE && MODES.contains(text.substring(0, end).toLowerCase(Locale.ROOT));
    }

    /**
     * Whether the text is such a name as Secrets have, words in small letters, and says itself that it is one:
     * {@code webhook-server-cert}; or is the name of an entry: {@code redis-password}.
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

    /** Whether the text looks like an absolute or relative file, not like Base64 that begins with a slash. */
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
        return digits > 0 && UNITS.contains(unit) && (digits <= 3 || (!unit.isEmpty() && digits <= 6));
    }

    /** {@code scheme://...}; a password in it is found by its form. */
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

    /** Nothing, or one and the same mark throughout, as where something was blotted out. */
    private static boolean isOneMask(String text) {
        return text.isEmpty()
                || ("*.-_#?xX".indexOf(text.charAt(0)) >= 0 && text.chars().allMatch(c -> c == text.charAt(0)));
    }

    /** The brackets hold a name and nothing that a name does not have. */
    private static boolean isWrapped(String text, String open, String close) {
        int inner = text.length() - open.length() - close.length();
        return inner > 0
                && text.startsWith(open)
                && text.endsWith(close)
                && text.chars().skip(open.length()).limit(inner).allMatch(Placeholders::isInName);
    }

    private static boolean isInName(int c) {
        return c < 128 && (Character.isLetterOrDigit(c) || " _-./|<>{}".indexOf(c) >= 0);
    }

    /** {@code $DB_PASSWORD}; a password that begins with a dollar sign has more than capitals after it. */
    private static boolean isShellVariable(String text) {
        return text.length() > 1
                && text.charAt(0) == '$'
                && text.chars().skip(1).allMatch(c -> (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_');
    }

    /** References and nothing else that could be part of a credential: {@code $(A):$(B)}. */
    private static boolean isReferences(String text) {
        boolean any = false;
        int i = 0;
        while (i < text.length()) {
            String close = closeOfReference(text, i);
            if (!close.isEmpty()) {
                int end = text.indexOf(close, i + 2);
                if (end < 0) {
                    return false;
                }
                any = true;
                i = end + close.length();
            } else if (Character.isLetterOrDigit(text.charAt(i))) {
                return false;
            } else {
                i++;
            }
        }
        return any;
    }

    /** What ends the reference that begins there; empty when none does. */
    private static String closeOfReference(String text, int start) {
        if (text.startsWith("$(", start)) {
            return ")";
        }
        if (text.startsWith("{{", start)) {
            return "}}";
        }
        return text.startsWith("${", start) ? "}" : "";
    }
}
