package dev.bulkhead.manifest.syntax;

import dev.bulkhead.manifest.syntax.YamlScalar.Fraction;
import dev.bulkhead.manifest.syntax.YamlScalar.Nothing;
import dev.bulkhead.manifest.syntax.YamlScalar.Text;
import dev.bulkhead.manifest.syntax.YamlScalar.Truth;
import dev.bulkhead.manifest.syntax.YamlScalar.Whole;
import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Resolves a plain scalar exactly as kubectl does. <p>Kubernetes reads YAML with a fork of go-yaml v2, whose rules are
 * neither those of YAML 1.1 nor of 1.2: {@code yes} is true, {@code 0644} and {@code 0o644} are octal, {@code 08} is
 * 8, {@code 12:30} is text. See {@code resolve.go} in {@code sigs.k8s.io/yaml/goyaml.v2}.
 */
final class ScalarResolver {
    private static final Map<String, YamlScalar> NAMED = Stream.of(
                    named(new Truth(true), "y Y yes Yes YES true True TRUE on On ON"),
                    named(new Truth(false), "n N no No NO false False FALSE off Off OFF"),
                    named(new Nothing(), "~ null Null NULL"),
                    named(new Fraction(Double.NaN), ".nan .NaN .NAN"),
                    named(new Fraction(Double.POSITIVE_INFINITY), ".inf .Inf .INF +.inf +.Inf +.INF"),
                    named(new Fraction(Double.NEGATIVE_INFINITY), "-.inf -.Inf -.INF"))
            .flatMap(Function.identity())
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));

    private static final Pattern FRACTION =
            Pattern.compile("[-+]?(?:\\.[0-9]++|[0-9]++(?:\\.[0-9]*+)?)(?:[eE][-+]?[0-9]++)?");

    /** Go's own syntax of numbers, which go-yaml falls back on where a point comes first. */
    private static final Pattern POINT_FIRST =
            Pattern.compile("\\.[0-9]++(?:_[0-9]++)*+(?:[eE][-+]?[0-9]++(?:_[0-9]++)*+)?");

    private static final Map<Integer, Pattern> DIGITS = Map.of(
            2, Pattern.compile("[01]++"),
            8, Pattern.compile("[0-7]++"),
            10, Pattern.compile("[0-9]++"),
            16, Pattern.compile("[0-9a-fA-F]++"));

    private static final Map<Character, Integer> PREFIXES = Map.of('b', 2, 'B', 2, 'o', 8, 'O', 8, 'x', 16, 'X', 16);

    private static final int ALWAYS_A_LONG = 15;
    private static final int NEVER_A_LONG = 65;

    private ScalarResolver() {}

    private static Stream<Map.Entry<String, YamlScalar>> named(YamlScalar scalar, String names) {
        return Stream.of(names.split(" ", -1)).map(name -> Map.entry(name, scalar));
    }

    static YamlScalar resolve(String text) {
        if (text.isEmpty()) {
            return new Nothing();
        }
        YamlScalar named = NAMED.get(text);
        if (named != null) {
            return named;
        }
        char first = text.charAt(0);
        if (first == '.') {
            return fraction(POINT_FIRST, text).orElseGet(() -> new Text(text));
        }
        if ((first >= '0' && first <= '9') || first == '-' || first == '+') {
            return number(text.replace("_", "")).orElseGet(() -> new Text(text));
        }
        return new Text(text);
    }

    private static Optional<YamlScalar> number(String text) {
        return whole(text).or(() -> fraction(FRACTION, text)).or(() -> signedBinary(text));
    }

    private static Optional<YamlScalar> fraction(Pattern pattern, String text) {
        if (!pattern.matcher(text).matches()) {
            return Optional.empty();
        }
        double value = Double.parseDouble(text.replace("_", ""));
        return Double.isInfinite(value) ? Optional.empty() : Optional.of(new Fraction(value));
    }

    private static Optional<YamlScalar> whole(String text) {
        String sign = text.startsWith("-") || text.startsWith("+") ? text.substring(0, 1) : "";
        String digits = text.substring(sign.length());
        if (digits.length() < 2 || digits.charAt(0) != '0') {
            return whole(sign, digits, 10);
        }
        int radix = PREFIXES.getOrDefault(digits.charAt(1), 0);
        return radix == 0 ? whole(sign, digits.substring(1), 8) : whole(sign, digits.substring(2), radix);
    }

    /** Also {@code 0b-11}, which go-yaml reads as -3. */
    private static Optional<YamlScalar> signedBinary(String text) {
        return text.startsWith("0b-") || text.startsWith("0b+")
                ? whole(text.substring(2, 3), text.substring(3), 2)
                : Optional.empty();
    }

    private static Optional<YamlScalar> whole(String sign, String digits, int radix) {
        if (!DIGITS.getOrDefault(radix, FRACTION).matcher(digits).matches()) {
            return Optional.empty();
        }
        if (digits.length() <= ALWAYS_A_LONG) {
            return Optional.of(new Whole(Long.parseLong(sign + digits, radix)));
        }
        String significant = significant(digits);
        // Megabytes of digits would take BigInteger hours.
        if (significant.length() >= NEVER_A_LONG) {
            return Optional.empty();
        }
        BigInteger value = new BigInteger(sign + significant, radix);
        if (value.bitLength() < Long.SIZE) {
            return Optional.of(new Whole(value.longValue()));
        }
        // Go still reads an unsigned 64-bit number exactly, but the API server keeps it as a fraction.
        return sign.isEmpty() && value.bitLength() == Long.SIZE
                ? Optional.of(new Fraction(value.doubleValue()))
                : Optional.empty();
    }

    private static String significant(String digits) {
        int zeros = 0;
        while (zeros < digits.length() - 1 && digits.charAt(zeros) == '0') {
            zeros++;
        }
        return digits.substring(zeros);
    }
}
