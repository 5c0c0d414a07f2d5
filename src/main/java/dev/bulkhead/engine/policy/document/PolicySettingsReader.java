package dev.bulkhead.engine.policy.document;

import dev.bulkhead.engine.policy.Policy.PolicySettings;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.RuleSettings;
import dev.bulkhead.engine.workload.Field;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads a policy's settings for hardening, within the bounds that the API server accepts. */
final class PolicySettingsReader {
    private static final Pattern QUANTITY = Pattern.compile("[1-9][0-9]{0,14}(Ki|Mi|Gi|Ti|k|M|G|T)?");
    private static final Pattern DNS_SUBDOMAIN =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

    private final StrictReader read;

    PolicySettingsReader(StrictReader read) {
        this.read = read;
    }

    /** The keys that a policy may set for that rule. */
    static String[] keysOf(Rule rule) {
        return switch (rule.id()) {
            case "readOnlyRootFilesystem" -> new String[] {"action", "allow", "scratch"};
            case "runAsNonRoot" -> new String[] {"action", "allow", "unknownUser"};
            case "sandboxRuntime" -> new String[] {"action", "allow", "classes"};
            default -> new String[] {"action", "allow"};
        };
    }

    PolicySettings read(Field user, Field images, Optional<Field> rules) {
        return new PolicySettings(
                setting(rules, "readOnlyRootFilesystem", "scratch").flatMap(this::scratch),
                user(user),
                setting(rules, "sandboxRuntime", "classes").map(this::classes),
                images.isAbsent() ? Optional.empty() : Optional.of(new ImageSettingsReader(read).read(images)),
                setting(rules, "runAsNonRoot", "unknownUser").flatMap(this::unknownUser));
    }

    /** That setting of a rule, if the policy has it. */
    private static Optional<Field> setting(Optional<Field> rules, String rule, String name) {
        return rules.map(of -> of.get(rule))
                .filter(settings -> settings.node().isObject())
                .map(settings -> settings.get(name))
                .filter(Field::isPresent);
    }

    private Optional<RuleSettings.UnknownUser> unknownUser(Field field) {
        String text = read.text(field).orElse("");
        for (RuleSettings.UnknownUser choice : RuleSettings.UnknownUser.values()) {
            if (choice.name().toLowerCase(Locale.ROOT).equals(text)) {
                return Optional.of(choice);
            }
        }
        if (field.node().isTextual()) {
            read.problem(field, "expected warn, deny or harden, found \"" + text + "\"");
        }
        return Optional.empty();
    }

    private Optional<RuleSettings.Scratch> scratch(Field scratch) {
        read.known(scratch, "paths", "medium", "sizeLimit");
        if (!scratch.node().isObject()) {
            return Optional.empty();
        }
        List<String> paths = read.mountPaths(scratch.get("paths"));
        String medium = read.text(scratch.get("medium")).orElse("");
        if (!medium.isEmpty() && !medium.equals("Memory")) {
            read.problem(
                    scratch.get("medium"), "expected Memory, or \"\" for the node's disk, found \"" + medium + "\"");
        }
        String size = read.text(scratch.get("sizeLimit")).orElse(RuleSettings.Scratch.DEFAULT.sizeLimit());
        if (!QUANTITY.matcher(size).matches()) {
            read.problem(scratch.get("sizeLimit"), "expected a size such as 64Mi, found \"" + size + "\"");
        }
        return Optional.of(new RuleSettings.Scratch(
                scratch.get("paths").isAbsent() ? RuleSettings.Scratch.DEFAULT.paths() : paths, medium, size));
    }

    private Optional<RuleSettings.User> user(Field user) {
        if (user.isAbsent()) {
            return Optional.empty();
        }
        read.known(user, "id", "group", "fsGroup", "perNamespace");
        if (!user.node().isObject()) {
            return Optional.empty();
        }
        if (user.get("id").isPresent() == user.get("perNamespace").isPresent()) {
            read.problem(user, "expected either id, or perNamespace with first and last");
            return Optional.empty();
        }
        if (user.get("id").isPresent()) {
            Optional<Long> id = read.id(user.get("id"));
            Optional<Long> group = user.get("group").isPresent() ? read.id(user.get("group")) : id;
            Optional<Long> fsGroup = user.get("fsGroup").isPresent() ? read.id(user.get("fsGroup")) : group;
            return id.flatMap(uid ->
                    group.flatMap(gid -> fsGroup.map(volumes -> new RuleSettings.User.Fixed(uid, gid, volumes))));
        }
        for (String group : List.of("group", "fsGroup")) {
            if (user.get(group).isPresent()) {
                read.problem(user.get(group), "goes with id; the groups of perNamespace have the user's number");
            }
        }
        Field range = user.get("perNamespace");
        read.known(range, "first", "last");
        if (!range.node().isObject()) {
            return Optional.empty();
        }
        Optional<Long> first = read.id(range.get("first"));
        Optional<Long> last = read.id(range.get("last"));
        if (first.isPresent() && last.isPresent() && last.get() < first.get()) {
            read.problem(range.get("last"), "last is below first");
        }
        return first.flatMap(from -> last.map(to -> new RuleSettings.User.PerNamespace(from, to)));
    }

    private List<String> classes(Field list) {
        List<String> classes = List.copyOf(read.texts(list));
        if (classes.isEmpty()) {
            read.problem(list, "expected at least one RuntimeClass");
        }
        for (String name : classes) {
            if (!DNS_SUBDOMAIN.matcher(name).matches()) {
                read.problem(list, "\"" + name + "\" is not the name of a RuntimeClass");
            }
        }
        return classes;
    }
}
