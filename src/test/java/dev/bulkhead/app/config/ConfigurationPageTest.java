package dev.bulkhead.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.WithDefault;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What {@code docs/configuration.md} says of the keys is so. */
class ConfigurationPageTest {
    private static final Path PAGE = Path.of("docs/configuration.md");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(bulkhead\\.[a-z.-]+)` \\| (\\S+) \\| (.+) \\|$");
    private static final Pattern METRIC = Pattern.compile("(?m)^\\| `(bulkhead_[a-z_]+)` \\| (.+) \\|$");

    @Test
    void namesEveryKeyWithItsDefaultAndNoOther() throws IOException {
        Map<String, String> told = ROW.matcher(Files.readString(PAGE))
                .results()
                .collect(Collectors.toMap(
                        row -> row.group(1), row -> row.group(2).replace("`", ""), (a, b) -> a + b, TreeMap::new));

        assertThat(told).isEqualTo(keys("bulkhead", GateConfig.class, platformDefaults()));
    }

    @Test
    void namesEveryDecisionThatMayBeLogged() throws IOException {
        String page = Files.readString(PAGE);

        for (GateConfig.Log.Decisions decisions : GateConfig.Log.Decisions.values()) {
            assertThat(page).contains("`" + decisions.name().toLowerCase(Locale.ROOT) + "`");
        }
    }

    @Test
    void listsEachMetricOnce() throws IOException {
        assertThat(METRIC.matcher(Files.readString(PAGE)).results().map((MatchResult row) -> row.group(1)))
                .hasSizeGreaterThanOrEqualTo(9)
                .doesNotHaveDuplicates();
    }

    private static Map<String, String> keys(String prefix, Class<?> group, Properties defaults) {
        Map<String, String> keys = new TreeMap<>();
        for (Method method : group.getDeclaredMethods()) {
            String key =
                    prefix + "." + method.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
            Class<?> type = method.getReturnType();
            if (type.isInterface() && type.getEnclosingClass() == GateConfig.class) {
                keys.putAll(keys(key, type, defaults));
            } else {
                String value = Optional.ofNullable(method.getAnnotation(WithDefault.class))
                        .map(WithDefault::value)
                        .or(() -> Optional.ofNullable(defaults.getProperty(key)))
                        .orElse("none");
                assertThat(value.equals("none"))
                        .as("%s has a default unless it is optional", key)
                        .isEqualTo(type == Optional.class);
                keys.put(key, value);
            }
        }
        return keys;
    }

    private static Properties platformDefaults() throws IOException {
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(Path.of("src/main/resources/application.properties"))) {
            properties.load(in);
        }
        return properties;
    }
}
