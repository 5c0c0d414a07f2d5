package dev.bulkhead.engine.rule.secret;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Finds passwords and keys in URLs, connection strings and settings in JSON. Reads the text a bounded number of times,
 * and of each name and value no more than a bound.
 */
final class ConnectionStringSecrets {
    private static final int SHORTEST_NAME = 3;
    private static final int LONGEST_NAME = 128;
    private static final int LONGEST_VALUE = 160;
    private static final int SHORTEST_SIGNATURE = 40;
    private static final int SHORTEST_TOKEN = 16;

    private static final String IN_CONNECTION_STRING = "a password or key in a connection string";

    /** The lists of {@code connection-strings.txt}, which says what each is for. */
    enum Texts {
        SIGNATURE,
        AFTER_LOGIN,
        PRIVATE_MEMBER,
        PASSWORD
    }

    private static final Pattern WITHOUT_CAPITALS = Pattern.compile("[!-@\\[-~]+");
    private static final WordTable<Texts> TABLE =
            WordTable.read("connection-strings.txt", Texts.class, list -> WITHOUT_CAPITALS);
    private static final Set<String> SIGNATURES = TABLE.words(Texts.SIGNATURE);
    private static final Set<String> AFTER_LOGIN = TABLE.words(Texts.AFTER_LOGIN);
    private static final Set<String> PRIVATE_MEMBERS = TABLE.words(Texts.PRIVATE_MEMBER);
    private static final Set<String> PASSWORDS = TABLE.words(Texts.PASSWORD);

    private ConnectionStringSecrets() {}

    static Optional<String> find(String text) {
        if (hasPasswordInUrl(text)) {
            return Optional.of("a password in a URL");
        }
        if (AFTER_LOGIN.stream().anyMatch(mark -> hasLoginBefore(text, mark)) || hasOracleLogin(text)) {
            return Optional.of(IN_CONNECTION_STRING);
        }
        return findSetting(text);
    }

    /** {@code scheme://user:password@host}. */
    private static boolean hasPasswordInUrl(String text) {
        for (int scheme = text.indexOf("://"); scheme >= 0; scheme = text.indexOf("://", scheme + 3)) {
            int start = scheme + 3;
            int at = -1;
            int end = start;
            while (end < text.length() && !endsAuthority(text.charAt(end))) {
                if (text.charAt(end) == '@') {
                    at = end;
                }
                end++;
            }
            // An image's digest also follows an at sign.
            if (at >= 0 && !text.startsWith("sha256:", at + 1)) {
                int colon = text.indexOf(':', start);
                if (colon >= 0 && colon < at && isPassword(text, colon + 1, at)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean endsAuthority(char c) {
        return c == '/' || c == '?' || c == '#' || c == '`' || isBreak(c);
    }

    /** {@code user:password@tcp(host)} of Go's MySQL driver. */
    private static boolean hasLoginBefore(String text, String mark) {
        LoginScan scan = new LoginScan(text, ':');
        for (int at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + 1)) {
            int colon = scan.separatorBefore(at);
            if (colon > scan.start() && isPassword(text, colon + 1, at)) {
                return true;
            }
        }
        return false;
    }

    /** {@code user/password@//host}, {@code jdbc:oracle:thin:user/password@host}. */
    private static boolean hasOracleLogin(String text) {
        LoginScan scan = new LoginScan(text, '/');
        for (int at = text.indexOf("@//"); at >= 0; at = text.indexOf("@//", at + 1)) {
            int slash = scan.separatorBefore(at);
            if (slash > 0 && isNamePart(text.charAt(slash - 1)) && isPassword(text, slash + 1, at)) {
                return true;
            }
        }
        int jdbc = text.indexOf("jdbc:oracle:");
        int at = jdbc < 0 ? -1 : text.indexOf('@', jdbc);
        int slash = at < 0 ? -1 : text.indexOf('/', jdbc);
        return slash >= 0 && slash < at && isPassword(text, slash + 1, at);
    }

    /**
     * Finds where logins and their passwords begin, for positions in increasing order. Reads the text once, however many
     * positions there are.
     */
    private static final class LoginScan {
        private final String text;
        private final char separator;
        private int position;
        private int start;
        private int first = -1;

        LoginScan(String text, char separator) {
            this.text = text;
            this.separator = separator;
        }

        /** The first separator in the word that ends at that position, within the bound; -1 if there is none. */
        int separatorBefore(int end) {
            for (; position < end; position++) {
                char c = text.charAt(position);
                if (isBreak(c)) {
                    start = position + 1;
                    first = -1;
                } else if (c == separator && first < 0) {
                    first = position;
                }
            }
            while (first >= 0 && end - first > LONGEST_VALUE) {
                int next = text.indexOf(separator, first + 1);
                first = next < end ? next : -1;
            }
            return first;
        }

        /** The beginning of the word. */
        int start() {
            return start;
        }
    }

    private static boolean isBreak(char c) {
        return isQuote(c) || Character.isWhitespace(c);
    }

    private static boolean isPassword(String text, int start, int end) {
        return end > start && !Placeholders.isPlaceholder(text.substring(start, Math.min(end, start + LONGEST_VALUE)));
    }

    /** {@code password=...} as in connection strings, {@code "password": "..."} as in JSON. */
    private static Optional<String> findSetting(String text) {
        boolean registries = text.contains("\"auths\"");
        boolean webKey = text.contains("\"kty\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '=' && c != ':') {
                continue;
            }
            String name = nameBefore(text, i, c == ':');
            if (name.isEmpty()) {
                continue;
            }
            String lower = name.toLowerCase(Locale.ROOT);
            boolean webKeyPart = webKey && PRIVATE_MEMBERS.contains(lower);
            boolean signature = SIGNATURES.contains(lower);
            boolean login = (registries && lower.equals("auth")) || lower.equals("_auth");
            boolean secret = lower.equals("pwd") || (name.length() >= SHORTEST_NAME && SecretNames.isCredential(name));
            if (!webKeyPart && !signature && !login && !secret) {
                continue;
            }
            String value = valueAfter(text, i + 1, c == ':');
            if (isNoValue(value)) {
                continue;
            }
            if (webKeyPart && value.length() >= SHORTEST_TOKEN) {
                return Optional.of("a private key");
            }
            if (signature && value.length() >= SHORTEST_SIGNATURE) {
                return Optional.of("a signed URL");
            }
            if (login) {
                return Optional.of("a login to a registry");
            }
            if (secret && (saysEnough(name, lower) || isRandom(value))) {
                return Optional.of(c == ':' ? "a password or key in JSON" : IN_CONNECTION_STRING);
            }
        }
        return Optional.empty();
    }

    private static boolean isNoValue(String value) {
        return Placeholders.isPlaceholder(value) || Placeholders.isFlag(value) || Placeholders.isPath(value);
    }

    /** Whether the setting's name alone shows a credential; a mere "token" or "secret" also needs a random value. */
    private static boolean saysEnough(String name, String lower) {
        return !SecretNames.isBare(name) || PASSWORDS.stream().anyMatch(pattern -> matches(lower, pattern));
    }

    private static boolean matches(String text, String pattern) {
        if (pattern.startsWith("*")) {
            return text.endsWith(pattern.substring(1));
        }
        return pattern.endsWith("*")
                ? text.startsWith(pattern.substring(0, pattern.length() - 1))
                : text.equals(pattern);
    }

    /** Whether the text is long and mixes letters and digits. */
    static boolean isRandom(String text) {
        boolean letters = false;
        boolean digits = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= '0' && c <= '9') {
                digits = true;
            } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
                letters = true;
            } else if ("_.+=".indexOf(c) < 0) {
                return false;
            }
        }
        return letters && digits && text.length() >= SHORTEST_TOKEN;
    }

    /** The name before the separator; empty if there is none, or if it is not quoted but must be. */
    private static String nameBefore(String text, int separator, boolean mustBeQuoted) {
        int end = separator;
        while (end > 0 && separator - end < LONGEST_NAME && text.charAt(end - 1) == ' ') {
            end--;
        }
        boolean isQuoted = end > 0 && isQuote(text.charAt(end - 1));
        if (mustBeQuoted && !isQuoted) {
            return "";
        }
        if (isQuoted) {
            end--;
            if (end > 0 && text.charAt(end - 1) == '\\') {
                end--;
            }
        }
        int start = end;
        while (start > 0 && end - start < LONGEST_NAME && isNamePart(text.charAt(start - 1))) {
            start--;
        }
        return text.substring(start, end);
    }

    private static boolean isNamePart(char c) {
        return c < 128 && (Character.isLetterOrDigit(c) || c == '_' || c == '-' || c == '.');
    }

    private static boolean isQuote(char c) {
        return c == '"' || c == '\'';
    }

    /** The value after the separator, up to the bound; empty if there is none. */
    private static String valueAfter(String text, int separatorEnd, boolean mustBeQuoted) {
        int start = separatorEnd;
        int bound = Math.min(text.length(), separatorEnd + LONGEST_VALUE);
        while (start < bound && text.charAt(start) == ' ') {
            start++;
        }
        if (start < bound && text.charAt(start) == '\\') {
            start++;
        }
        if (start >= bound) {
            return "";
        }
        char quote = text.charAt(start);
        if (isQuote(quote)) {
            int end = start + 1;
            while (end < bound && text.charAt(end) != quote && text.charAt(end) != '\\') {
                end++;
            }
            return text.substring(start + 1, end);
        }
        // Comparisons and arrows are not settings.
        if (mustBeQuoted || quote == '=' || quote == '>' || quote == '~') {
            return "";
        }
        int end = start;
        while (end < bound && !endsValue(text.charAt(end))) {
            end++;
        }
        return text.substring(start, end);
    }

    private static boolean endsValue(char c) {
        return c == ';' || c == '&' || c == ',' || isBreak(c);
    }
}
