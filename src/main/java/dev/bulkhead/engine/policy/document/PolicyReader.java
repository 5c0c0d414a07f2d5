package dev.bulkhead.engine.policy.document;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.engine.policy.Exemption;
import dev.bulkhead.engine.policy.LabelSelector;
import dev.bulkhead.engine.policy.Mode;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.Policy.Match;
import dev.bulkhead.engine.policy.Policy.NamespaceLabels;
import dev.bulkhead.engine.policy.Policy.PolicySettings;
import dev.bulkhead.engine.policy.Policy.RuleOverride;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.HardeningRule;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.workload.Field;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads {@code LeastPrivilegePolicy} and {@code Exemption} documents of {@code bulkhead.dev/v1alpha1}, strictly:
 * unknown fields and names are rejected, and all problems of a document are reported at once.
 */
public final class PolicyReader {
    public static final String API_VERSION = "bulkhead.dev/v1alpha1";
    public static final String POLICY_KIND = "LeastPrivilegePolicy";
    public static final String EXEMPTION_KIND = "Exemption";

    /** How far ahead an exemption may expire where nothing else is set. */
    public static final Duration LONGEST_EXEMPTION = Duration.ofDays(365);

    private final StrictReader read = new StrictReader();
    private final Instant now;
    private final Duration longestExemption;

    private PolicyReader(Instant now, Duration longestExemption) {
        this.now = now;
        this.longestExemption = longestExemption;
    }

    /** What a document holds: a policy, an exemption, or problems. */
    public sealed interface Reading {
        record OfPolicy(Policy policy) implements Reading {}

        record OfExemption(Exemption exemption) implements Reading {}

        record Refused(List<DocumentProblem> problems) implements Reading {
            public Refused {
                problems = List.copyOf(problems);
            }
        }
    }

    /**
     * Reads one document.
     *
     * @param longestExemption how far ahead of now an exemption may expire at most
     */
    public static Reading read(JsonNode document, Instant now, Duration longestExemption) {
        return new PolicyReader(now, longestExemption).read(Field.root(document));
    }

    private Reading read(Field document) {
        if (!document.node().isObject()) {
            read.problem(document, "expected a " + POLICY_KIND + " or an " + EXEMPTION_KIND);
            return new Reading.Refused(read.problems());
        }
        read.known(document, "apiVersion", "kind", "metadata", "spec", "status");
        String apiVersion = read.required(document.get("apiVersion"));
        if (!apiVersion.isEmpty() && !apiVersion.equals(API_VERSION)) {
            read.problem(document.get("apiVersion"), "expected " + API_VERSION + ", found \"" + apiVersion + "\"");
        }
        String kind = read.required(document.get("kind"));
        if (!document.get("metadata").isAbsent()
                && !document.get("metadata").node().isObject()) {
            read.problem(document.get("metadata"), "expected an object");
            return new Reading.Refused(read.problems());
        }
        String name = read.required(document.get("metadata").get("name"));
        Field spec = document.get("spec");
        if (spec.isAbsent() || !spec.node().isObject()) {
            read.problem(spec, "\"spec\" is required, an object");
            return new Reading.Refused(read.problems());
        }
        Reading reading = switch (kind) {
            case POLICY_KIND -> new Reading.OfPolicy(policy(name, spec));
            case EXEMPTION_KIND ->
                new Reading.OfExemption(new ExemptionReader(read, now, longestExemption).read(document, name, spec));
            default -> {
                if (!kind.isEmpty()) {
                    read.problem(
                            document.get("kind"),
                            "expected " + POLICY_KIND + " or " + EXEMPTION_KIND + ", found \"" + kind + "\"");
                }
                yield new Reading.Refused(List.of());
            }
        };
        return read.problems().isEmpty() ? reading : new Reading.Refused(read.problems());
    }

    private Policy policy(String name, Field spec) {
        read.known(spec, "match", "profile", "mode", "namespaceLabels", "podSecurityLabels", "rules", "user", "images");
        Profile profile = read.text(spec.get("profile"))
                .map(text -> Profile.parse(text).orElseGet(() -> {
                    read.problem(spec.get("profile"), "expected " + Profile.NAMES + ", found \"" + text + "\"");
                    return Profile.LEAST_PRIVILEGE;
                }))
                .orElse(Profile.LEAST_PRIVILEGE);
        Mode mode = choice(spec.get("mode"), Mode.values(), Mode.ENFORCE);
        NamespaceLabels labels = choice(spec.get("namespaceLabels"), NamespaceLabels.values(), NamespaceLabels.TIGHTEN);
        return new Policy(
                name,
                match(spec.get("match")),
                profile,
                mode,
                labels,
                read.flag(spec.get("podSecurityLabels")),
                rules(spec),
                settings(spec));
    }

    private Match match(Field match) {
        read.known(match, "namespaceSelector", "workloadSelector", "excludeNamespaces");
        if (isNoObject(match)) {
            return Match.EVERYTHING;
        }
        return new Match(
                selector(match.get("namespaceSelector")),
                selector(match.get("workloadSelector")),
                read.names(match.get("excludeNamespaces"), NameSyntax.NAMESPACE));
    }

    private LabelSelector selector(Field selector) {
        read.known(selector, "matchLabels", "matchExpressions");
        if (isNoObject(selector)) {
            return LabelSelector.EVERYTHING;
        }
        List<LabelSelector.Expression> expressions = new ArrayList<>();
        for (Field item : read.items(selector.get("matchExpressions"))) {
            read.known(item, "key", "operator", "values");
            if (!isNoObject(item)) {
                expression(item).ifPresent(expressions::add);
            }
        }
        for (Field label : read.members(selector.get("matchLabels"))) {
            read.checkName(label, label.name(), NameSyntax.LABEL_KEY);
            if (label.node().isTextual()) {
                read.checkName(label, label.textOrEmpty(), formOf(label.name()));
            }
        }
        return new LabelSelector(read.textMap(selector.get("matchLabels")), expressions);
    }

    /** Every namespace carries its name in this label, which cannot be changed. */
    private static NameSyntax formOf(String labelKey) {
        return labelKey.equals(Namespace.NAME_LABEL) ? NameSyntax.NAMESPACE : NameSyntax.LABEL_VALUE;
    }

    private Optional<LabelSelector.Expression> expression(Field item) {
        String key = read.required(item.get("key"));
        String label = read.required(item.get("operator"));
        if (!key.isEmpty()) {
            read.checkName(item.get("key"), key, NameSyntax.LABEL_KEY);
        }
        Set<String> values = read.names(item.get("values"), formOf(key));
        for (LabelSelector.Operator operator : LabelSelector.Operator.values()) {
            if (operator.label().equals(label)) {
                boolean wantsValues =
                        operator == LabelSelector.Operator.IN || operator == LabelSelector.Operator.NOT_IN;
                if (wantsValues == values.isEmpty()) {
                    read.problem(
                            item.get("values"), wantsValues ? label + " needs values" : label + " takes no values");
                }
                return Optional.of(new LabelSelector.Expression(key, operator, values));
            }
        }
        if (!label.isEmpty()) {
            read.problem(item.get("operator"), "expected In, NotIn, Exists or DoesNotExist, found \"" + label + "\"");
        }
        return Optional.empty();
    }

    private Map<String, RuleOverride> rules(Field spec) {
        Map<String, RuleOverride> overrides = new LinkedHashMap<>();
        for (Field entry : read.members(spec.get("rules"))) {
            Optional<Rule> rule = read.rule(entry, entry.name());
            if (rule.isEmpty() || !read.isObject(entry)) {
                continue;
            }
            read.known(entry, PolicySettingsReader.keysOf(rule.get()));
            Optional<Action> action = read.text(entry.get("action")).flatMap(text -> {
                Optional<Action> named = Action.named(text);
                if (named.isEmpty()) {
                    read.problem(
                            entry.get("action"), "expected harden, deny, warn, audit or off, found \"" + text + "\"");
                } else if (named.get() == Action.HARDEN && !(rule.get() instanceof HardeningRule)) {
                    read.problem(
                            entry.get("action"),
                            rule.get().id() + " has nothing to fill in: use deny, warn, audit or off");
                }
                return named;
            });
            overrides.put(entry.name(), new RuleOverride(action, read.texts(entry.get("allow"))));
        }
        return overrides;
    }

    private PolicySettings settings(Field spec) {
        Field rules = spec.get("rules");
        return new PolicySettingsReader(read)
                .read(spec.get("user"), spec.get("images"), isNoObject(rules) ? Optional.empty() : Optional.of(rules));
    }

    private static boolean isNoObject(Field field) {
        return !field.node().isObject();
    }

    private <E extends Enum<E>> E choice(Field field, E[] choices, E otherwise) {
        Optional<String> text = read.text(field);
        if (text.isEmpty()) {
            return otherwise;
        }
        List<String> labels = new ArrayList<>();
        for (E choice : choices) {
            String label = choice.name().toLowerCase(Locale.ROOT);
            if (label.equals(text.get())) {
                return choice;
            }
            labels.add(label);
        }
        read.problem(field, "expected " + String.join(", ", labels) + ", found \"" + text.get() + "\"");
        return otherwise;
    }
}
