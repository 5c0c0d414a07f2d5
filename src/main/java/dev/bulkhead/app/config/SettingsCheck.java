package dev.bulkhead.app.config;

import static java.util.Map.entry;

import dev.bulkhead.app.admission.Guidance;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.RuleInfo;
import dev.bulkhead.engine.text.SafeText;
import dev.bulkhead.engine.workload.WorkloadKinds;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.eclipse.microprofile.config.ConfigValue;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * Says what is wrong with the settings before anything starts: the setting by the name under which it was set, what is
 * expected there, and what was found. What two settings say together is checked where they are used.
 */
public final class SettingsCheck {
    private static final String PREFIX = "bulkhead";
    private static final int ENVIRONMENT_ORDINAL = 300;
    private static final int PROPERTIES_ORDINAL = 400;
    private static final int QUOTED = 80;

    private static final Expected LABEL = Expected.pattern(
            "the name of a Kubernetes object, such as bulkhead-system", "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    private static final Expected NAME = Expected.pattern(
            "the name of a Kubernetes object, such as bulkhead", "[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");

    private static final Expected LABEL_KEY = Expected.pattern(
            "the key of a label, such as app.kubernetes.io/part-of",
            "([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");

    private static final Expected HEADER =
            Expected.pattern("the name of a header, such as X-Forwarded-User", "[A-Za-z0-9-]{1,100}");

    /** What is expected of texts, and where more than the type is expected of others. */
    private static final Map<String, Expected> BY_KEY = Map.ofEntries(
            entry("bulkhead.admission.drain", Expected.TIME_OR_NONE),
            entry("bulkhead.admission.exit-timeout", Expected.TIME_OR_NONE),
            entry("bulkhead.admission.warm-up", Expected.count(0)),
            entry("bulkhead.admission.max-body", Expected.SMALL_SIZE),
            entry("bulkhead.api.host", Expected.pattern("a host name or an IP address", "[A-Za-z0-9.:%_-]+")),
            entry("bulkhead.api.max-body", Expected.SMALL_SIZE),
            entry("bulkhead.api.waiting", Expected.count(0)),
            entry("bulkhead.cluster.images", NAME),
            entry("bulkhead.cluster.harmless-webhooks", NAME),
            entry("bulkhead.cluster.lease", NAME),
            entry("bulkhead.cluster.namespace", LABEL),
            entry("bulkhead.cluster.pod", NAME),
            entry("bulkhead.cluster.second-layer", Expected.count(0)),
            entry("bulkhead.cluster.service", LABEL),
            entry("bulkhead.cluster.webhook-configuration", NAME),
            entry(
                    "bulkhead.console.context",
                    Expected.pattern("the name of a context of the kubeconfig", "[^\\p{Cntrl}]+")),
            entry("bulkhead.console.namespace", LABEL),
            entry("bulkhead.console.proxy.groups-header", HEADER),
            entry("bulkhead.console.proxy.user-header", HEADER),
            entry(
                    "bulkhead.contact",
                    Expected.readable(
                            "one line of at most 200 characters, without control characters",
                            Guidance.DEFAULT::withContact)),
            entry(
                    "bulkhead.docs.url",
                    Expected.readable(
                            "an http or https address without user name, of at most 200 characters, such as "
                                    + RuleInfo.PAGES,
                            Guidance.DEFAULT::withPages)),
            entry("bulkhead.exemptions.namespaces", LABEL),
            entry("bulkhead.home", Expected.ANYTHING),
            entry("bulkhead.log.level", Expected.oneOf(List.of("DEBUG", "INFO", "WARN", "ERROR"))),
            entry(
                    "bulkhead.policy.profile",
                    new Expected(Profile.NAMES, text -> Profile.parse(text).isPresent())),
            entry("bulkhead.scan.excluded-namespaces", LABEL),
            entry("bulkhead.scan.node-stats.account", LABEL),
            entry("bulkhead.scan.owner-labels", LABEL_KEY),
            // It may come later.
            entry("bulkhead.tls.ca", Expected.readable("a file", Path::of)),
            entry("bulkhead.tls.ca-propagation-delay", Expected.TIME_OR_NONE),
            entry("bulkhead.tls.secret", NAME),
            entry("bulkhead.tracing.endpoint", Expected.ADDRESS),
            entry("bulkhead.tracing.protocol", Expected.oneOf(List.of("grpc", "http/protobuf"))),
            entry(
                    "bulkhead.workloads.kinds",
                    Expected.readable(
                            "GROUP/KIND=/PATH/TO/TEMPLATE, such as argoproj.io/Rollout=/spec/template",
                            text -> WorkloadKinds.builtIn().with(List.of(text)))));

    private final ConfigSource properties;
    private final SmallRyeConfig given;
    private final UnaryOperator<String> suggestion;

    /**
     * Reads the settings as the server will: system properties first, then environment variables.
     *
     * @param suggestion what to say beside a property that no setting has; may be empty
     */
    public SettingsCheck(
            Map<String, String> environment, Map<String, String> properties, UnaryOperator<String> suggestion) {
        this.suggestion = suggestion;
        this.properties = new PropertiesConfigSource(properties, "system", PROPERTIES_ORDINAL);
        this.given = new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withSources(new EnvConfigSource(environment, ENVIRONMENT_ORDINAL), this.properties)
                .build();
    }

    /** The keys of all settings, sorted. */
    public static List<String> keys() {
        return List.copyOf(leaves().keySet());
    }

    /** One line for each setting that cannot be used, none if all can. */
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        SortedMap<String, Method> leaves = leaves();
        leaves.forEach((key, leaf) -> check(key, leaf.getGenericReturnType(), problems));
        for (String property : new TreeSet<>(properties.getPropertyNames())) {
            if (property.startsWith(PREFIX + ".") && !leaves.containsKey(property.replaceFirst("\\[\\d+]$", ""))) {
                problems.add(property + ": there is no such setting" + suggestion.apply(property));
            }
        }
        return List.copyOf(problems);
    }

    private void check(String key, Type type, List<String> problems) {
        boolean optional = raw(type) == Optional.class;
        Type inner = optional ? argument(type) : type;
        boolean list = raw(inner) == List.class;
        Expected expected = Optional.ofNullable(BY_KEY.get(key))
                .orElseGet(() -> Expected.ofType(key, raw(list ? argument(inner) : inner)));
        ConfigValue value = given.getConfigValue(key);
        Optional<String> text = Optional.ofNullable(value.getRawValue());
        if (text.isPresent() && text.get().isEmpty()) {
            if (!optional) {
                problems.add(line(key, value, expected, ""));
            }
            return;
        }
        for (String item : items(key, list, text)) {
            if (!expected.accepts().test(item)) {
                problems.add(line(key, value, expected, item));
            }
        }
    }

    /** What was set: the items of a list, or the one value. One that refers to a property that is not there stays as it is. */
    private List<String> items(String key, boolean list, Optional<String> text) {
        List<String> items = list
                ? given.getOptionalValues(key, String.class).orElse(List.of())
                : given.getOptionalValue(key, String.class).stream().toList();
        return items.isEmpty() ? text.stream().toList() : items;
    }

    private static String line(String key, ConfigValue value, Expected expected, String found) {
        String name = EnvConfigSource.NAME.equals(value.getSourceName()) ? variable(key) : key;
        return name + ": expected " + expected.what() + ", found \"" + SafeText.line(found, QUOTED) + '"';
    }

    /** The name of the environment variable for a key. */
    public static String variable(String key) {
        return key.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }

    private static SortedMap<String, Method> leaves() {
        SortedMap<String, Method> leaves = new TreeMap<>();
        addLeaves(PREFIX, GateConfig.class, leaves);
        return leaves;
    }

    private static void addLeaves(String prefix, Class<?> group, SortedMap<String, Method> leaves) {
        for (Method method : group.getDeclaredMethods()) {
            if (method.isSynthetic()) {
                continue;
            }
            String key =
                    prefix + "." + method.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
            Class<?> type = method.getReturnType();
            if (type.isInterface() && type.getEnclosingClass() == GateConfig.class) {
                addLeaves(key, type, leaves);
            } else {
                leaves.put(key, method);
            }
        }
    }

    private static Class<?> raw(Type type) {
        return (Class<?>) (type instanceof ParameterizedType generic ? generic.getRawType() : type);
    }

    private static Type argument(Type type) {
        return ((ParameterizedType) type).getActualTypeArguments()[0];
    }
}
