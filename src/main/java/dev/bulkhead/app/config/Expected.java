package dev.bulkhead.app.config;

import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What a setting takes.
 *
 * @param what in words, as they follow "expected"
 * @param accepts whether a text is of that kind
 */
record Expected(String what, Predicate<String> accepts) {
    static final Expected ANYTHING = new Expected("a text", text -> true);
    static final Expected TIME = time(duration -> duration.compareTo(Duration.ZERO) > 0);
    static final Expected TIME_OR_NONE = time(duration -> !duration.isNegative());
    static final Expected SIZE = size(Long.MAX_VALUE, "");
    static final Expected SMALL_SIZE = size(Integer.MAX_VALUE, ", below 2G");
    static final Expected ADDRESS =
            new Expected("an http or https address, such as http://localhost:4317", parsed(text -> {
                URI address = URI.create(text);
                return address.getHost() != null
                        && Set.of("http", "https").contains(String.valueOf(address.getScheme()));
            }));

    private static final int HIGHEST_PORT = 65_535;
    private static final Expected PORT = number("a port, from 0 to " + HIGHEST_PORT, 0, HIGHEST_PORT);
    private static final Expected FILE =
            new Expected("a file that can be read", parsed(text -> Files.isReadable(Path.of(text))));

    /** What is read as a truth value without being rejected, where anything else would be read as false. */
    private static final Set<String> TRUTH_VALUES =
            Set.of("true", "false", "yes", "no", "on", "off", "1", "0", "y", "n", "t", "f");

    /** What a setting of that type takes, if nothing else is known of it. */
    static Expected ofType(String key, Class<?> type) {
        if (type == int.class) {
            return key.endsWith(".port") ? PORT : count(1);
        } else if (type == boolean.class) {
            return new Expected("true or false", text -> TRUTH_VALUES.contains(text.toLowerCase(Locale.ROOT)));
        } else if (type == Duration.class) {
            return TIME;
        } else if (type == MemorySize.class) {
            return SIZE;
        } else if (type == Path.class) {
            return FILE;
        } else if (type.isEnum()) {
            return oneOf(Arrays.stream(type.getEnumConstants())
                    .map(constant ->
                            ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-'))
                    .toList());
        }
        throw new IllegalStateException(key + ": nothing says what is expected there");
    }

    /** What a reader accepts that throws an {@link IllegalArgumentException} otherwise. */
    static Expected readable(String what, Function<String, ?> reader) {
        return new Expected(what, parsed(text -> reader.apply(text) != null));
    }

    static Expected count(int least) {
        return number("a number, " + least + " or more", least, Integer.MAX_VALUE);
    }

    static Expected oneOf(List<String> words) {
        String last = words.get(words.size() - 1);
        return new Expected(
                String.join(", ", words.subList(0, words.size() - 1)) + " or " + last,
                text -> words.stream().anyMatch(text::equalsIgnoreCase));
    }

    static Expected pattern(String what, String pattern) {
        return new Expected(what, Pattern.compile(pattern).asMatchPredicate());
    }

    private static Expected number(String what, int least, int most) {
        return new Expected(what, parsed(text -> {
            int number = Integer.parseInt(text);
            return number >= least && number <= most;
        }));
    }

    private static Expected time(Predicate<Duration> accepts) {
        return new Expected(
                "a time, such as 500ms, 10s, 5m, 2h or 90d",
                parsed(text -> accepts.test(DurationConverter.parseDuration(text.strip()))));
    }

    private static Expected size(long most, String limit) {
        return new Expected("a size, such as 512K or 32M" + limit, parsed(text -> {
            MemorySize size = new MemorySizeConverter().convert(text.strip());
            return size != null && size.asLongValue() > 0 && size.asLongValue() <= most;
        }));
    }

    private static Predicate<String> parsed(Predicate<String> accepts) {
        return text -> {
            try {
                return accepts.test(text);
            } catch (IllegalArgumentException | ArithmeticException e) {
                return false;
            }
        };
    }
}
