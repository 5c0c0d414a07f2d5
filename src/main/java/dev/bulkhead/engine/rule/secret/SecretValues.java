package dev.bulkhead.engine.rule.secret;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * Recognises credentials by their form, whatever the variable's name, also in Base64.
 *
 * <p>Linear in the value's length. Reads its first 128 KiB only: Linux starts no program with a longer variable.
 */
public final class SecretValues {
    /** MAX_ARG_STRLEN of Linux. */
    private static final int LONGEST = 128 * 1024;

    /** How often Base64 is decoded: Secrets in Kubernetes are Base64, sometimes encoded twice. */
    private static final int DEPTH = 2;

    private static final int LONGEST_LOGIN = 1024;
    private static final int SHORTEST_BASE64 = 24;
    private static final int SHORTEST_KEY = 40;

    /** The beginning of "-----BEGIN " in Base64. */
    private static final String BEGIN_IN_BASE64 = "LS0tLS1CRUdJTi";

    private SecretValues() {}

    /** The kind of credential that the value is or contains, with its article. */
    public static Optional<String> find(String value) {
        return find(value.length() > LONGEST ? value.substring(0, LONGEST) : value, DEPTH);
    }

    private static Optional<String> find(String text, int depth) {
        if (hasPrivateKey(text) || hasEncodedPrivateKey(text)) {
            return Optional.of("a private key");
        }
        Optional<String> token = KnownTokens.find(text);
        if (token.isPresent()) {
            return token;
        }
        if (hasHttpLogin(text)) {
            return Optional.of("an HTTP login");
        }
        if (hasAzureClientSecret(text)) {
            return Optional.of("an Azure client secret");
        }
        Optional<String> azureKey = AzureKeys.find(text);
        if (azureKey.isPresent()) {
            return azureKey;
        }
        Optional<String> connection = ConnectionStringSecrets.find(text);
        if (connection.isPresent() || depth == 0) {
            return connection;
        }
        byte[] decoded = decode(text.strip());
        if (isPrivateKey(decoded)) {
            return Optional.of("a private key");
        }
        return isText(decoded) ? find(new String(decoded, StandardCharsets.UTF_8), depth - 1) : Optional.empty();
    }

    /** The kind of credential, where both name and value are needed to recognise it. */
    public static Optional<String> findFor(String name, String value) {
        String text = value.length() > LONGEST ? value.substring(0, LONGEST) : value.strip();
        if (SecretNames.endsWith(name, "AUTH")
                && ((isLogin(text) && !isHostAndPort(text)) || ConnectionStringSecrets.isRandom(text))) {
            return Optional.of("a login");
        }
        if (SecretNames.endsWith(name, "KEY")) {
            if (text.startsWith("base64:") && text.length() >= SHORTEST_KEY && isBase64(text, "base64:".length())) {
                return Optional.of("a key in Base64");
            }
            if ((SecretNames.contains(name, "AWS") || SecretNames.contains(name, "S3")) && isAwsSecret(text)) {
                return Optional.of("an AWS secret access key");
            }
        }
        return Optional.empty();
    }

    /** Any key in PEM that is marked as private, with at least the beginning of its body. */
    private static boolean hasPrivateKey(String text) {
        if (text.contains("---- BEGIN SSH2 ENCRYPTED PRIVATE KEY")) {
            return true;
        }
        String mark = "-----BEGIN ";
        for (int begin = text.indexOf(mark); begin >= 0; begin = text.indexOf(mark, begin + 1)) {
            int label = begin + mark.length();
            int end = text.indexOf("-----", label);
            if (end >= 0 && end - label <= 64 && text.substring(label, end).contains("PRIVATE KEY")) {
                int body = end + 5;
                // Line ends, also escaped ones.
                while (body < text.length() && " \r\n\t\\".indexOf(text.charAt(body)) >= 0) {
                    body += text.charAt(body) == '\\' ? 2 : 1;
                }
                if (body + 16 <= text.length() && Character.isLetterOrDigit(text.charAt(body))) {
                    return true;
                }
            }
        }
        return false;
    }

    /** A private key in PEM in Base64, as in kubeconfig files. */
    private static boolean hasEncodedPrivateKey(String text) {
        int begin = text.indexOf(BEGIN_IN_BASE64);
        for (; begin >= 0; begin = text.indexOf(BEGIN_IN_BASE64, begin + 1)) {
            byte[] decoded = decode(run(text, begin, 88));
            if (new String(decoded, StandardCharsets.ISO_8859_1).contains("PRIVATE KEY-----")) {
                return true;
            }
        }
        return false;
    }

    /** {@code Bearer} or {@code Basic} and what follows them in an Authorization header. */
    private static boolean hasHttpLogin(String text) {
        for (int space = text.indexOf(' '); space >= 0; space = text.indexOf(' ', space + 1)) {
            if (endsWithIgnoringCase(text, space, "bearer")) {
                String credential = run(text, space + 1, LONGEST_LOGIN);
                if (credential.length() >= 16 && credential.chars().anyMatch(Character::isDigit)) {
                    return true;
                }
            } else if (endsWithIgnoringCase(text, space, "basic")) {
                String login = new String(decode(run(text, space + 1, LONGEST_LOGIN), 4), StandardCharsets.ISO_8859_1);
                if (isLogin(login)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean endsWithIgnoringCase(String text, int end, String word) {
        int start = end - word.length();
        return start >= 0
                && text.regionMatches(true, start, word, 0, word.length())
                && (start == 0 || !Character.isLetterOrDigit(text.charAt(start - 1)));
    }

    /** The text from there up to a character that no token contains, within a bound. */
    private static String run(String text, int start, int longest) {
        int end = start;
        int bound = Math.min(text.length(), start + longest);
        while (end < bound && (isBase64Character(text.charAt(end)) || "._~=".indexOf(text.charAt(end)) >= 0)) {
            end++;
        }
        return text.substring(start, end);
    }

    /** Three characters, a digit, {@code Q~}, and 31 or more. */
    private static boolean hasAzureClientSecret(String text) {
        for (int mark = text.indexOf("Q~"); mark >= 0; mark = text.indexOf("Q~", mark + 1)) {
            if (mark >= 4
                    && Character.isDigit(text.charAt(mark - 1))
                    && run(text, mark - 4, LONGEST_LOGIN).length() >= 4 + 2 + 31) {
                return true;
            }
        }
        return false;
    }

    /** {@code user:password}. */
    private static boolean isLogin(String text) {
        int colon = text.indexOf(':');
        return colon > 0
                && text.length() <= LONGEST_LOGIN
                && !text.startsWith("//", colon + 1)
                && text.chars().noneMatch(c -> c <= ' ' || c >= 127)
                && !Placeholders.isPlaceholder(text.substring(colon + 1));
    }

    /** {@code host:6379}. */
    private static boolean isHostAndPort(String text) {
        return text.substring(text.indexOf(':') + 1).chars().allMatch(Character::isDigit);
    }

    /** 40 characters of Base64 that look random; a hexadecimal hash has no capitals. */
    private static boolean isAwsSecret(String text) {
        return text.length() == SHORTEST_KEY
                && isBase64(text, 0)
                && text.chars().anyMatch(Character::isUpperCase)
                && text.chars().anyMatch(Character::isLowerCase)
                && text.chars().anyMatch(Character::isDigit);
    }

    private static boolean isBase64(String text, int start) {
        return text.chars().skip(start).allMatch(c -> isBase64Character((char) c) || c == '=');
    }

    private static boolean isBase64Character(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '+'
                || c == '/'
                || c == '-'
                || c == '_';
    }

    private static byte[] decode(String text) {
        return decode(text, SHORTEST_BASE64);
    }

    /** The bytes that the text encodes in Base64 of either alphabet; empty if it is not Base64 throughout. */
    private static byte[] decode(String text, int shortest) {
        int start = text.startsWith("data:") ? text.indexOf(";base64,") + ";base64,".length() : 0;
        StringBuilder characters = new StringBuilder(text.length());
        boolean ended = false;
        for (int i = start; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '=') {
                ended = true;
            } else if (isBase64Character(c) && !ended) {
                characters.append(c == '-' ? '+' : c == '_' ? '/' : c);
            } else if (!Character.isWhitespace(c)) {
                return new byte[0];
            }
        }
        if (characters.length() < shortest) {
            return new byte[0];
        }
        // A single last character encodes no byte.
        characters.setLength(characters.length() - (characters.length() % 4 == 1 ? 1 : 0));
        return Base64.getDecoder().decode(characters.toString());
    }

    private static boolean isText(byte[] bytes) {
        for (byte b : bytes) {
            if (b >= 0 && b < ' ' && b != '\n' && b != '\r' && b != '\t') {
                return false;
            }
        }
        return bytes.length > 0;
    }

    /** PKCS #1, PKCS #8 or SEC 1 in DER: a sequence of just that length that begins with version 0 or 1. */
    private static boolean isPrivateKey(byte[] der) {
        if (der.length < SHORTEST_KEY || der[0] != 0x30) {
            return false;
        }
        int lengthBytes = der[1] >= 0 ? 0 : der[1] & 0x7f;
        if (lengthBytes > 2) {
            return false;
        }
        int length = lengthBytes == 0 ? der[1] : 0;
        for (int i = 0; i < lengthBytes; i++) {
            length = (length << 8) | (der[2 + i] & 0xff);
        }
        int content = 2 + lengthBytes;
        return content + length == der.length
                && der[content] == 2
                && der[content + 1] == 1
                && (der[content + 2] == 0 || der[content + 2] == 1);
    }
}
