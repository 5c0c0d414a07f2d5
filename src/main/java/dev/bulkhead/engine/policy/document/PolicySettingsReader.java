package dev.bulkhead.engine.policy.document;

import dev.bulkhead.engine.policy.Policy.PolicySettings;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.RuleSettings;
import dev.bulkhead.engine.workload.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Reads a policy's settings for hardening, within the bounds that the API server accepts. */
final class PolicySettingsReader {
    /** UIDs and GIDs in a pod, as the API server validates them. */
    private static final long HIGHEST_ID = Integer.MAX_VALUE;

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
            case "sandboxRuntime" -> new String[] {"action", "allow", "classes"};
            default -> new String[] {"action", "allow"};
        };
    }

    PolicySettings read(Field user, Optional<Field> rules) {
        Optional<Field> scratch = rules.map(of -> of.get("readOnlyRootFilesystem"))
                .filter(rule -> rule.node().isObject())
                .map(rule -> rule.get("scratch"))
                .filter(Field::isPresent);
        Optional<Field> classes = rules.map(of -> of.get("sandboxRuntime"))
                .filter(rule -> rule.node().isObject())
                .map(rule -> rule.get("classes"))
                .filter(Field::isPresent);
        return new PolicySettings(scratch.flatMap(this::scratch), user(user), classes.map(this::classes));
    }

    private Optional<RuleSettings.Scratch> scratch(Field scratch) {
        read.known(scratch, "paths", "medium", "sizeLimit");
        if (!scratch.node().isObject()) {
            return Optional.empty();
        }
        List<String> paths = new ArrayList<>();
        for (Field item : read.items(scratch.get("paths"))) {
            read.text(item).ifPresent(path -> {
                if (!RuleSettings.Scratch.isMountable(path)) {
                    read.problem(item, "expected an absolute path without \"..\" and \":\", found \"" + path + "\"");
                }
                paths.add(path);
            });
        }
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
        read.known(user, "id", "perNamespace");
        if (!user.node().isObject()) {
            return Optional.empty();
        }
        if (user.get("id").isPresent() == user.get("perNamespace").isPresent()) {
            read.problem(user, "expected either id, or perNamespace with first and last");
            return Optional.empty();
        }
        if (user.get("id").isPresent()) {
            return id(user.get("id")).map(RuleSettings.User.Fixed::new);
        }
        Field range = user.get("perNamespace");
        read.known(range, "first", "last");
        if (!range.node().isObject()) {
            return Optional.empty();
        }
        Optional<Long> first = id(range.get("first"));
        Optional<Long> last = id(range.get("last"));
        if (first.isPresent() && last.isPresent() && last.get() < first.get()) {
            read.problem(range.get("last"), "last is below first");
        }
        return first.flatMap(from -> last.map(to -> new RuleSettings.User.PerNamespace(from, to)));
    }

    private Optional<Long> id(Field field) {
        OptionalLong id = read.integer(field);
        if (id.isEmpty()) {
            if (field.isAbsent()) {
                read.problem(field, "\"" + field.name() + "\" is required");
            }
            return Optional.empty();
        }
        if (id.getAsLong() < 1 || id.getAsLong() > HIGHEST_ID) {
            read.problem(field, "expected a user id from 1 to " + HIGHEST_ID + ", found " + id.getAsLong());
            return Optional.empty();
        }
        return Optional.of(id.getAsLong());
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
